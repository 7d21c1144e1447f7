"""The batch: the numbered notebooks executed one after the other by papermill, each stage recorded in ``runs``."""

from pipeline.runner.batch import run
from pipeline.runner.errors import StageError, StageInputError, StageInterrupted
from pipeline.runner.stages import STAGES, Stage, check_parameters, choose_stages

__all__ = [
    "STAGES",
    "Stage",
    "StageError",
    "StageInputError",
    "StageInterrupted",
    "check_parameters",
    "choose_stages",
    "run",
]
