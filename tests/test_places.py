"""Executed notebooks tell nobody's home: paths are relative to the project or to ~, and pictures stay as they are."""

from pathlib import Path

import nbformat
import pytest

from pipeline.runner.places import _hidden, _patterns, hide_places
from pipeline.settings import PROJECT_DIR


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("/home/ann/lab/exports/a.csv", "exports/a.csv"),
        ("/home/ann/lab.old/x and /home/ann/lab-2", "~/lab.old/x and ~/lab-2"),
        ("music is in /home/ann/music.", "music is in ~/music."),
        ("written to '/home/ann/lab'", "written to '.'"),
        ("/home/ann/music/jazz", "~/music/jazz"),
        ("/home/ann", "~"),
        ("/home/anna/music", "/home/anna/music"),
        ("/backup/home/ann/music", "/backup/home/ann/music"),
        ('File "/home/ann/lab/.venv/lib/x.py", line 1', 'File ".venv/lib/x.py", line 1'),
    ],
)
def test_project_and_home_are_left_out_of_a_path_and_nothing_else_is(text, told):
    assert _hidden({"a": [text]}, _patterns(Path("/home/ann/lab"), Path("/home/ann"))) == {"a": [told]}


def test_who_has_no_home_keeps_paths():
    assert _hidden("/data/music", _patterns(Path("/srv/lab"), Path("/"))) == "/data/music"


def test_a_picture_stays_as_it_is():
    cell = nbformat.v4.new_code_cell(f"look('{PROJECT_DIR}/x')")
    cell.outputs = [
        nbformat.v4.new_output("display_data", {"image/png": f"{PROJECT_DIR}/", "text/plain": f"{PROJECT_DIR}/x"})
    ]
    [hidden] = hide_places(nbformat.v4.new_notebook(cells=[cell])).cells
    assert hidden.source == "look('x')"
    assert hidden.outputs[0].data == {"image/png": f"{PROJECT_DIR}/", "text/plain": "x"}
