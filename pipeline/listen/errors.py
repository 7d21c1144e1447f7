"""Why a song gets no answer."""

from pipeline.errors import AudioError, GenrelabError
from pipeline.reasons import REASONS

OWN_REASONS = {
    "too_long": "the file plays for longer than a song",
    "too_many_channels": "the file has more channels than a song",
    "cut_off": "the file ends before its header says: the upload or the copy broke off",
    "too_slow": "decoding took too long, and was stopped",
    "crashed": "the decoder broke down on this file",
}
"""Codes beyond those of `pipeline.reasons`: what a batch run puts up with, and a stranger's upload may not do."""

DECODER_REASONS = (
    "empty", "undecodable", "bad_rate", "no_samples", "too_short", "not_finite", "out_of_range", "silent", "constant",
)  # fmt: skip
"""Codes of `pipeline.reasons` that content can give."""


class SongError(GenrelabError):
    """A song that can't be answered for.

    Parameters
    ----------
    code : str
        a key of `OWN_REASONS` or of `pipeline.reasons.REASONS`
    detail : str
        one sentence for a person
    """

    def __init__(self, code: str, detail: str):
        super().__init__(detail)
        self.code = code
        self.detail = detail

    @classmethod
    def of(cls, error: AudioError) -> "SongError":
        """Return what a person is told of an error of the decoder."""
        parts = (error.detail, f"what to do: {REASONS[error.reason].mend}")
        return cls(error.reason, " ".join(_sentence(each) for each in parts))


class HearingError(GenrelabError):
    """A worker failed for a reason that is ours to mend; its own words are in the server's log."""


class BusyError(GenrelabError):
    """All workers are taken, and were so for a while."""


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:] + ("" if text.endswith(".") else ".")
