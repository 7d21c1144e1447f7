"""A stage whose inputs are missing says which stage makes them, and changes nothing."""

import pytest

from pipeline.runner import STAGES


@pytest.mark.parametrize(
    ("stage", "begun", "first"),
    [
        ("02_extract", "01_catalogue", "run 01_catalogue on it first"),
        ("03_explore", "02_extract", "run 02_extract first"),
        ("04_compare", "02_extract", "run 02_extract first"),
        ("05_optimise", "02_extract", "run 02_extract first"),
        ("06_holdout", "05_optimise", "run 05_optimise first"),
        ("07_export", "02_extract", "run 02_extract first"),
    ],
)
def test_it_names_the_stage_to_run_first(scene, stage, begun, first):
    scene.restore(begun)
    played = scene.play(stage)
    assert played.status == 2, played.said
    assert first in played.said.splitlines()[-1]
    earlier = list(STAGES)[list(STAGES).index(begun) - 1] if begun != STAGES[0] else None
    if earlier:
        assert scene.state() == scene.expected(earlier)
