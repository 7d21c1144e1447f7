"""Read the middle of an audio file, in bounded memory, whatever its header claims."""

import stat
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile

from pipeline.clip import CLIP_S
from pipeline.decoders import Stream, open_stream
from pipeline.errors import AudioError

LONGEST_WHOLE_S = 1.1 * CLIP_S
"""A file up to this long is analysed whole; of a longer one, the middle `CLIP_S` are, as in the FMA corpus."""

LOWEST_RATE_HZ, HIGHEST_RATE_HZ = 2_000, 768_000
"""From below telephone speech to the fastest converters sold; memory for one clip grows with the rate."""


@dataclass(frozen=True)
class Middle:
    """The part of a file that stands for its track, as stored but for being mixed down.

    Attributes
    ----------
    y : np.ndarray [shape=(n,), dtype=float32]
        mean of the channels
    n_frames : int
        of the whole file
    sample_rate_hz, channels : int
    """

    y: np.ndarray
    n_frames: int
    sample_rate_hz: int
    channels: int


def open_audio(path: Path) -> Stream:
    """Open the audio of a file: what it says of itself, before any of it is decoded.

    Raises
    ------
    AudioError
        ``unreadable``, ``not_a_file``, ``empty``, ``undecodable``, ``bad_rate`` or ``no_samples``
    """
    try:
        _check(path)
        stream = open_stream(path)
    except OSError as error:
        raise _unreadable(error) from error
    rate_hz = stream.sample_rate_hz
    if not LOWEST_RATE_HZ <= rate_hz <= HIGHEST_RATE_HZ:
        raise AudioError("bad_rate", f"{rate_hz} Hz is not from {LOWEST_RATE_HZ} to {HIGHEST_RATE_HZ} Hz")
    return stream


def read_middle(path: Path) -> Middle:
    """Read the whole of a short file, the middle `CLIP_S` of a long one.

    A file that is damaged, breaks off, or lies about its length counts as what can be decoded before that point. It is
    read through once to find it and once more for the middle, as seeking in such a file is not to be trusted.

    Raises
    ------
    AudioError
        what `open_audio` raises, ``not_finite`` or ``out_of_range``
    """
    stream = open_audio(path)
    try:
        return _read_middle(stream)
    except OSError as error:
        raise _unreadable(error) from error
    except soundfile.LibsndfileError as error:
        raise AudioError("undecodable", f"not audio that can be decoded: {error.error_string}") from error


def _check(path: Path) -> None:
    """See that a file can be read, for the system's own error where it can't: libsndfile keeps that to itself."""
    info = path.stat()
    if not stat.S_ISREG(info.st_mode):  # before it is opened: a pipe would wait for its other end
        raise AudioError("not_a_file", "a folder, pipe, socket or device, not a file")
    if info.st_size == 0:
        raise AudioError("empty", "the file has 0 bytes")
    with path.open("rb") as file:
        file.read(1)


def _unreadable(error: OSError) -> AudioError:
    return AudioError("unreadable", f"cannot read the file: {error.strerror or error}")


def _read_middle(stream: Stream) -> Middle:
    rate_hz, n_frames = stream.sample_rate_hz, stream.n_frames
    if n_frames is not None:
        start, wanted = middle_of(n_frames, rate_hz)
        y = stream.read(start, wanted)
        if len(y) < wanted and start == 0:
            n_frames = len(y)
        elif len(y) < wanted:
            n_frames = None
    if n_frames is None:
        n_frames = stream.count()
        y = stream.read_through(*middle_of(n_frames, rate_hz))
    if len(y) == 0:
        raise AudioError("undecodable", "not audio that can be decoded: broken from the start")
    return Middle(y, n_frames, rate_hz, stream.channels)


def middle_of(n_frames: int, rate_hz: int) -> tuple[int, int]:
    """Return the first frame of the clip of a file, and how many frames it has."""
    if n_frames <= LONGEST_WHOLE_S * rate_hz:
        return 0, n_frames
    wanted = round(CLIP_S * rate_hz)
    return (n_frames - wanted) // 2, wanted
