"""The batch: the notebooks of the stages executed one after the other by papermill, each recorded in ``runs``."""

from pipeline.runner.batch import run
from pipeline.runner.errors import StageError, StageInputError, StageInterrupted
from pipeline.runner.progress import Progress, usual_progress

__all__ = ["Progress", "StageError", "StageInputError", "StageInterrupted", "run", "usual_progress"]
