"""Notebook or database killed at the start of a stage, in its middle, at its last write: the same again ends well."""

import pytest

from pipeline.runner import STAGES
from tests.faults.play import Disturbance

MOMENTS = ("start", "middle", "last write")


def moment(n_writes: int, name: str) -> int:
    """Return the number of a write; the one after the last is the end of the stage."""
    return {"start": 1, "middle": (n_writes + 1) // 2, "last write": max(1, n_writes - 1)}[name]


@pytest.mark.parametrize("at", MOMENTS)
@pytest.mark.parametrize("target", ["kernel", "mongod"])
@pytest.mark.parametrize("stage", STAGES)
def test_killed_it_is_finished_by_the_same_again(scene, stage, target, at):
    scene.restore(stage)
    played = scene.play(stage, Disturbance(target, moment(scene.n_writes[stage], at)))
    assert played.status != 0, played.said
    if target == "kernel":
        assert played.status == -9
    again = scene.play(stage)
    assert again.status == 0, again.said
    assert scene.state() == scene.expected(stage)
    if stage == STAGES[-1]:
        assert scene.read_exports() == scene.exports
