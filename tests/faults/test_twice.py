"""The same run twice: the second has nothing to extract, and finds what the first found."""

import nbformat

from tests.faults.command import Command


def test_the_same_run_again_extracts_nothing_and_finds_the_same(scene):
    scene.restore("end")
    command = Command(scene)
    assert command.end() == 0, command.said
    newest = max(scene.settings.runs.glob("run-*"))
    cells = nbformat.read(newest / "02_extract.ipynb", as_version=4).cells
    printed = "".join(output.get("text", "") for cell in cells for output in cell.get("outputs", ()))
    assert "nothing to extract: " in printed
    assert scene.read_exports() == scene.exports
