"""The same run twice: the second has nothing to extract, and finds what the first found."""

import pytest

from pipeline.store.connection import connected
from pipeline.store.runs import start_run
from tests.faults.scene import DATASET, NAMES, PARAMETERS


@pytest.mark.faults
def test_the_same_run_again_extracts_nothing_and_finds_the_same(scene):
    scene.restore("end")
    with connected(scene.settings) as database:
        again = start_run(database, DATASET, PARAMETERS).run_id
    assert again != scene.run_id
    played = {stage: scene.play(stage, run_id=again) for stage in NAMES}
    assert {each.status for each in played.values()} == {0}, played
    assert "nothing to extract: " in played["extract"].said
    assert again.encode() in (scene.settings.exports / "scores.csv").read_bytes()
    assert scene.read_exports() == scene.exports
