from .batch import find_resumed, run
from .errors import StageError, StageInputError, StageInterrupted
from .progress import Progress, usual_progress
from .unchanged import Kept, exports_folder, find_done, find_kept, stage_keys

__all__ = [
    "Kept",
    "Progress",
    "StageError",
    "StageInputError",
    "StageInterrupted",
    "exports_folder",
    "find_done",
    "find_kept",
    "find_resumed",
    "run",
    "stage_keys",
    "usual_progress",
]
