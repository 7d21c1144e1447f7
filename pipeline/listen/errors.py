"""Why a song gets no answer."""

from pipeline.errors import AudioError, GenrelabError

OWN_REASONS = {
    "too_long": "the file plays for longer than is heard at once",
    "too_many_channels": "the file has more channels than a song",
    "cut_off": "the file ends before its header says: the upload or the copy broke off",
    "too_slow": "decoding took too long, and was stopped",
    "crashed": "the decoder broke down on this file",
}
"""Codes beyond those of `pipeline.reasons`: what a batch run puts up with, and a stranger's upload may not do."""

ADVICE = {
    "empty": "Choose the file again. If that does not help, fetch or copy it again.",
    "undecodable": "Convert the song to MP3, FLAC or WAV, and send that.",
    "bad_rate": "Convert the song to 44 100 Hz, and send that.",
    "no_samples": "Choose another file: there is no sound in this one.",
    "too_short": "Send a longer piece of the song.",
    "not_finite": "Export the song again, as 16-bit WAV, FLAC or MP3.",
    "out_of_range": "Export the song again, as 16-bit WAV, FLAC or MP3.",
    "silent": "Choose a piece that can be heard. Where both channels cancel each other out, export the song in mono.",
    "constant": "Choose another file: there is no sound in this one.",
}
"""What a visitor can do: `pipeline.reasons` advises who keeps the files."""

DECODER_REASONS = tuple(ADVICE)
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
        return cls(error.reason, f"{_sentence(error.detail)} {ADVICE[error.reason]}")


class HearingError(GenrelabError):
    """A worker failed for a reason that is ours to mend; its own words are in the server's log."""


class BusyError(GenrelabError):
    """All workers are taken, and were so for a while."""


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:] + ("" if text.endswith(".") else ".")
