"""The script of the dashboard is put together once for a version of what carries it."""

import pytest

from pipeline.report.preview import library
from pipeline.settings import get_settings


@pytest.fixture
def made(monkeypatch, tmp_path):
    """What vl-convert is asked for, in a home of its own; forgetting what this process has read."""
    asked = []
    monkeypatch.setattr(library.vl_convert, "javascript_bundle", lambda: asked.append(1) or "let é = '</script>'")
    monkeypatch.setenv("GENRELAB_HOME", str(tmp_path / "home"))
    get_settings.cache_clear()
    yield asked
    get_settings.cache_clear()


def text() -> str:
    return library.library.__wrapped__()


def test_the_next_process_finds_the_same_script_and_nothing_beside_it(made):
    assert text() == text() == "let é = '<\\/script>'"
    assert made == [1]
    (script,) = (get_settings().home / "scripts").iterdir()
    assert script.stat().st_mode & 0o022 == 0


def test_another_version_s_script_is_not_taken(made, monkeypatch):
    text()
    monkeypatch.setattr(library, "version", lambda package: "0.0")
    text()
    assert made == [1, 1]


def test_where_nothing_can_be_kept_it_is_made_all_the_same(made, monkeypatch):
    get_settings().home.write_text("no folder")
    assert text() == "let é = '<\\/script>'"


def test_a_disk_that_is_full_leaves_no_part_of_it(made, monkeypatch):
    def full(*_, **__):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(library.Path, "replace", full)
        assert text() == "let é = '<\\/script>'"
    assert list((get_settings().home / "scripts").iterdir()) == []
