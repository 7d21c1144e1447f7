"""The errors that a user can meet; every message names the thing, the value and the mend."""

from pipeline.reasons import known


class GenrelabError(Exception):
    """Root of all errors raised on purpose. The command line prints the message as one line and ends with status 1."""

    exit_status = 1


class InputError(GenrelabError):
    """The user's input is wrong. The command line ends with status 2, and a notebook shows one line."""

    exit_status = 2

    def _render_traceback_(self) -> list[str]:
        """Say what IPython shows instead of a traceback, which would be of no use."""
        return [str(self)]


class StoreError(InputError):
    """MongoDB cannot be reached, or refuses. ``MONGODB_URI`` is the user's input."""


class UnreachableError(StoreError):
    """MongoDB does not answer, or no longer; what was going on may be tried again once it does."""


class WorkerError(GenrelabError):
    """A worker can't go on, though what it works on may be fine."""


class WorkerDied(WorkerError):  # noqa: N818 - what happened, not what was wrong
    """A worker process ended in the middle of its work, as for want of memory."""


class AudioError(GenrelabError):
    """A file gives no usable audio.

    Parameters
    ----------
    reason : str
        short code of `pipeline.reasons`, as in ``rejects.csv``
    detail : str
        one sentence for a person
    """

    def __init__(self, reason: str, detail: str):
        super().__init__(f"{reason}: {detail}")
        self.reason = known(reason)
        self.detail = detail
