"""Notebook or database killed at the start of a stage, in its middle, at its last write: the same again ends well."""

import pytest

from tests.faults.play import Disturbance
from tests.faults.scene import NAMES

MOMENTS = ("start", "middle", "last write")
EVERY = [(stage, target, at) for stage in NAMES for target in ("kernel", "mongod") for at in MOMENTS]

pytestmark = pytest.mark.faults


def moment(n_writes: int, name: str) -> int:
    """Return the number of a write, counted from 1; the one after the last is the end of the stage."""
    return {"start": 1, "middle": (n_writes + 1) // 2, "last write": n_writes - 1}[name]


@pytest.mark.parametrize(("stage", "target", "at"), EVERY)
def test_killed_it_is_finished_by_the_same_again(scene, stage, target, at):
    scene.restore(stage)
    played = scene.play(stage, Disturbance(target, moment(scene.n_writes[stage], at)))
    if target == "kernel":
        assert played.status == -9, played.said
    elif stage != "export":  # which has read all before it writes, and needs no server then
        assert played.status in (2, 3), played.said
    again = scene.play(stage)
    assert again.status == 0, again.said
    assert scene.state() == scene.expected(stage)
    if stage == "export":
        assert scene.read_exports() == scene.exports
