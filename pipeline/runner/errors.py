"""How a batch can fail."""

from pipeline.errors import GenrelabError, InputError


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
