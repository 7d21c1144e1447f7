"""How a batch can fail, and what the names of errors in its kernels mean.

Of an error in a kernel only the name of its class is known here, and this process need not have imported the class.
"""

from pipeline.errors import GenrelabError, InputError

CUT_OFF = frozenset({"UnreachableError"})
"""MongoDB went away."""

OF_INPUT = CUT_OFF | {"InputError", "StoreError", "NoModelError", "BrokenFileError", "StageInputError"}
"""The classes of `InputError`: the input is to blame."""

ON_PURPOSE = OF_INPUT | {
    "GenrelabError", "AudioError", "WorkerError", "WorkerDied", "LeaseLostError", "UnusableModelError", "TagError",
    "HearingError", "BusyError", "SongError", "ExportError", "RefusedError",
    "StageError", "StageCutOffError", "StageInterrupted",
}  # fmt: skip
"""The classes of `GenrelabError`. Their message says all; of others the kind tells whoever mends the program more."""


class StageError(GenrelabError):
    """A notebook failed.

    Parameters
    ----------
    message : str
    stage : str
        name of the stage to resume at
    """

    def __init__(self, message: str, stage: str):
        super().__init__(message)
        self.stage = stage


class StageInputError(InputError, StageError):
    """A notebook failed for what the user gave it."""


class StageCutOffError(StageError):
    """MongoDB went away while a notebook was at work; it may be executed again."""


class StageInterrupted(StageError):  # noqa: N818 - nobody made an error
    """Somebody stopped the run."""

    exit_status = 130
