"""Two runs at once on one dataset: one does the work, the other says that it is being done."""

import pytest

from tests.faults.command import Command


@pytest.mark.faults
def test_of_two_runs_started_at_once_one_refuses_with_a_sentence_and_one_finishes(scene):
    scene.restore("extract")
    both = [Command(scene, "--from", "2", "--to", "2"), Command(scene, "--from", "2", "--to", "2")]
    ends = {command.end(): command for command in both}
    assert set(ends) == {0, 2}, ends
    told = ends[2].said.splitlines()[-1]
    assert told.startswith("genrelab: another run is at work on dataset 'faults': process ")
    assert told.endswith("wait for it, or stop it, and run the same command again")
    assert scene.state()["segments"] == scene.expected("extract")["segments"]
