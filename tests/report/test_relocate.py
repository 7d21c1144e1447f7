"""A workbook that moves with its folder: only the directories change."""

import re
import shutil
from pathlib import Path

import pytest
from lxml import etree

from pipeline.errors import InputError
from pipeline.report.workbook import relocate
from pipeline.report.workbook.relocate import rebind

ODD = 'moved, it\'s "here" & <there> Ω'
"""A folder whose name needs all the escapes that there are."""


def directories(path) -> set[str]:
    return {text.get("directory") for text in etree.parse(path).iter("connection") if text.get("class") == "textscan"}


def without_directories(content: bytes) -> bytes:
    return re.sub(rb"""directory=("[^"]*"|'[^']*')""", b"directory", content)


@pytest.fixture
def moved(written, tmp_path):
    """Return a copy of a set of exports in a folder of an odd name."""
    return shutil.copytree(written.folder, tmp_path / ODD)


def test_every_source_reads_the_new_folder_and_no_other_byte_changes(moved, written):
    (path,) = relocate(moved)
    assert directories(path) == {str(moved)}
    before, after = (written.folder / path.name).read_bytes(), path.read_bytes()
    assert before != after
    assert without_directories(after) == without_directories(before)


def test_doing_it_again_changes_nothing(moved):
    (path,) = relocate(moved)
    content, changed = path.read_bytes(), path.stat().st_mtime_ns
    relocate(moved)
    assert (path.read_bytes(), path.stat().st_mtime_ns) == (content, changed)


def test_a_relative_folder_is_written_in_full(moved, monkeypatch):
    monkeypatch.chdir(moved.parent)
    (path,) = relocate(moved.relative_to(moved.parent))
    assert directories(path) == {str(moved)}


def test_a_source_of_the_users_own_keeps_its_directory(moved):
    own = b"<connection class='textscan' directory='/their/data' filename='theirs.csv'/>"
    path = moved / "genrelab.twb"
    path.write_bytes(path.read_bytes().replace(b"<named-connections>", b"<named-connections>" + own, 1))
    relocate(moved)
    assert directories(path) == {"/their/data", str(moved)}
    assert own in path.read_bytes()


def test_a_directory_in_a_text_or_comment_is_none(moved):
    content = b"""<w a="&gt;"><!-- directory='x' --><t>directory='x'</t>
    <connection caption='a > b, directory=x' class='textscan' filename="scores.csv" directory = '/old' /></w>"""
    after = rebind(content, moved, "own.twb")
    assert after.count(b"directory='x'") == 2
    assert b"caption='a > b, directory=x'" in after
    (connection,) = etree.fromstring(after).iter("connection")
    assert connection.get("directory") == str(moved)


@pytest.mark.realdata
def test_a_workbook_that_tableau_saved_is_rebound_too(real_data, tmp_path):
    sample = real_data.parent / "tableau" / "sample_textscan_workbook.twb"
    if not sample.is_file():
        pytest.skip("the sample workbook is not beside the project")
    before = sample.read_bytes()
    (tmp_path / "saved.twb").write_bytes(before)
    (tmp_path / "ABG_Motors_Combined_Market_Data.csv").write_text("ID\n")
    relocate(tmp_path)
    after = (tmp_path / "saved.twb").read_bytes()
    assert directories(tmp_path / "saved.twb") == {str(tmp_path)}
    assert without_directories(after) == without_directories(before)


def test_a_folder_without_a_workbook_is_refused(tmp_path):
    with pytest.raises(InputError, match=r"there is no workbook \(\.twb\) in"):
        relocate(tmp_path)


def test_a_workbook_without_its_csvs_is_refused_and_left_alone(written, tmp_path):
    path = Path(shutil.copy(written.folder / "genrelab.twb", tmp_path))
    before = path.read_bytes()
    with pytest.raises(InputError, match="uses none of the CSVs"):
        relocate(tmp_path)
    assert path.read_bytes() == before


def test_what_is_no_workbook_is_refused_and_left_alone(moved):
    (moved / "genrelab.twb").write_bytes(b"<workbook>")
    with pytest.raises(InputError, match=r"genrelab.twb is no workbook: no element found.*; export it anew"):
        relocate(moved)
    assert (moved / "genrelab.twb").read_bytes() == b"<workbook>"
