"""The run itself killed in every stage: kernel and workers end with it, and going on ends as if nothing had been."""

import os
import random
import shutil
import time

import pytest

from pipeline.stages import STAGES
from tests.faults.command import Command, executed
from tests.patience import left_behind

SEED = int(os.environ.get("GENRELAB_FAULTS_SEED", "0")) or random.SystemRandom().randrange(1, 10**6)
LONGEST_S = 1.0


@pytest.mark.faults
def test_killed_in_every_stage_it_goes_on_and_ends_like_a_run_that_nobody_disturbed(scene):
    print(f"GENRELAB_FAULTS_SEED={SEED}")
    dice = random.Random(SEED)
    runs = scene.settings.runs
    shutil.rmtree(runs, ignore_errors=True)
    scene.restore("catalogue")
    arguments = ()
    for stage in STAGES:
        command = Command(scene, *arguments)
        command.until(lambda stage=stage: executed(runs, stage.notebook))
        time.sleep(dice.uniform(0, LONGEST_S))
        assert command.process.poll() is None, command.said
        family = command.kill()
        assert left_behind(family) == []
        arguments = ("--from", stage.name)
    command = Command(scene, *arguments)
    assert command.end() == 0, command.said
    assert scene.read_exports() == scene.exports
