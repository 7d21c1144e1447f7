"""What is told of a run names no user's home, and the project only by what lies in it."""

import json
from pathlib import Path
from urllib.parse import quote

import nbformat
import papermill.iorw
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import without_places as places
from pipeline.runner import engine
from pipeline.settings import PROJECT_DIR
from pipeline.without_places import without_places

ANN = Path('/home/Änn "the" O\'Neil')


@pytest.fixture(autouse=True)
def ann(monkeypatch):
    """Make her the user."""
    monkeypatch.setenv("HOME", str(ANN))
    places._patterns.cache_clear()
    yield
    places._patterns.cache_clear()


@pytest.mark.parametrize(
    ("told", "plain"),
    [
        (f"{ANN}/music/rock", "~/music/rock"),
        (f"in {ANN}.", "in ~."),
        (f"'{ANN}'", "'~'"),
        (f"--audio={ANN}/music", "--audio=~/music"),
        (f"file://{ANN}/a.html", "file://~/a.html"),
        (f"\x1b[32m{ANN}/x.py\x1b[39m", "\x1b[32m~/x.py\x1b[39m"),
        (f"mongodb://{quote(str(ANN), safe='')}%2Fdb.sock", "mongodb://~%2Fdb.sock"),
        (f"{PROJECT_DIR}/pipeline/audio.py:77", "pipeline/audio.py:77"),
        (f"{PROJECT_DIR} is it", ". is it"),
        (f"{PROJECT_DIR}-2/x", f"{PROJECT_DIR}-2/x"),
        (f"/mnt{ANN}/x", f"/mnt{ANN}/x"),
        ("/mnt/music", "/mnt/music"),
        (f"{ANN}a/x", f"{ANN}a/x"),
    ],
)
def test_a_path_is_told_from_the_project_or_the_home_and_another_as_it_is(told, plain):
    assert without_places(told) == plain


def test_a_parameter_is_told_so_as_papermill_spells_it():
    cell = 'audio = "/home/\\xc4nn \\"the\\" O\'Neil/music"\n'
    assert without_places(cell) == 'audio = "~/music"\n'


def test_texts_are_found_wherever_they_lie_but_not_in_pictures():
    told = {"cells": [{"outputs": [{"text": [f"{ANN}/a\n", 1, None]}, {"image/png": f"+{ANN}/"}]}]}
    assert without_places(told) == {"cells": [{"outputs": [{"text": ["~/a\n", 1, None]}, {"image/png": f"+{ANN}/"}]}]}


@given(st.lists(st.sampled_from([f"{ANN}", f"{PROJECT_DIR}", "/", " ", "'", "a", "..", "\n", "%2F", ":", "~"])))
def test_a_second_look_finds_nothing_more(parts):
    once = without_places("".join(parts))
    assert without_places(once) == once


@given(
    st.sampled_from([" ", '"', "'", "(", "=", ":", "\n", "\t", "[", ",", "://", "\x1b[0;31m"]),
    st.text("a/._- é", max_size=9),
)
def test_the_home_is_in_no_text_that_named_it_as_a_path(before, after):
    assert str(ANN) not in without_places(f"{before}{ANN}/{after}")


@pytest.mark.parametrize("home", ["/", ""])
def test_a_home_that_tells_nothing_is_let_be(monkeypatch, home):
    monkeypatch.setenv("HOME", home or "/")
    places._patterns.cache_clear()
    assert json.dumps(without_places({"a": "/etc/x"})) == '{"a": "/etc/x"}'


def test_every_state_of_a_notebook_is_written_so_and_a_killed_run_leaves_no_other(tmp_path):
    assert engine.ENGINE
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(f"a = 'x'\nb = {str(PROJECT_DIR / 'y')!r}")])
    papermill.iorw.write_ipynb(notebook, str(tmp_path / "a.ipynb"))
    assert nbformat.read(tmp_path / "a.ipynb", as_version=4).cells[0].source == "a = 'x'\nb = 'y'"
    assert str(PROJECT_DIR) in notebook.cells[0].source, "what is executed knows its places"
