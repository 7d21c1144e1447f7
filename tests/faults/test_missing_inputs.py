"""A stage whose inputs are missing says which stage makes them, and changes nothing."""

import pytest

from tests.faults.scene import NAMES


@pytest.mark.parametrize(
    ("stage", "begun", "first"),
    [
        ("extract", "catalogue", "run 01_catalogue on it first"),
        ("explore", "extract", "run 02_extract first"),
        ("compare", "extract", "run 02_extract first"),
        ("optimise", "extract", "run 04_compare first"),
        ("holdout", "optimise", "run 05_optimise first"),
        ("export", "extract", "run 02_extract first"),
    ],
)
def test_it_names_the_stage_to_run_first(scene, stage, begun, first):
    scene.restore(begun)
    played = scene.play(stage)
    assert played.status == 2, played.said
    assert first in played.said.splitlines()[-1]
    earlier = NAMES[NAMES.index(begun) - 1] if begun != NAMES[0] else None
    if earlier:
        assert scene.state() == scene.expected(earlier)
