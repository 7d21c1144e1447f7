"""Read the middle of an audio file, or other stretches of it, in bounded memory, whatever its header claims."""

import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile

from pipeline.clip import CLIP_S
from pipeline.decoders import Stream, open_stream
from pipeline.errors import AudioError
from pipeline.excerpts import middle_of, plan

ROUNDED_S = 1.0
"""A file may end this much before its header says: some encoders round up to whole frames."""

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
    with _told_of():
        return _read_middle(stream)


@dataclass(frozen=True)
class Stretch:
    """A stretch of a file, as stored but for being mixed down.

    Attributes
    ----------
    start : int
        its first frame
    y : np.ndarray [shape=(n,), dtype=float32]
        mean of the channels; shorter than planned where the file is damaged there
    """

    start: int
    y: np.ndarray


def read_stretches(path: Path, n_frames: int, excerpts: str) -> Iterator[Stretch]:
    """Read the stretches that `plan` names, one at a time.

    A stream that can't be relied on, or has no such end as it says, is read through once, as by `read_middle`; what can
    be decoded before the damage counts.

    Parameters
    ----------
    path : Path
    n_frames : int
        of the whole file, as `read_middle` found them
    excerpts : str
        one of `pipeline.excerpts.EXCERPTS`

    Raises
    ------
    AudioError
        as `read_middle` does
    """
    stream = open_audio(path)
    stretches = plan(n_frames, stream.sample_rate_hz, excerpts)
    with _told_of():
        is_whole = stream.n_frames == n_frames
        if is_whole and not _has_end(stream, n_frames):
            stretches, is_whole = plan(stream.count(), stream.sample_rate_hz, excerpts), False
        found = stream.read_each(stretches) if is_whole else stream.read_through_each(stretches)
        for (start, _), y in zip(stretches, found, strict=True):
            if len(y):
                yield Stretch(start, y)


def _has_end(stream: Stream, n_frames: int) -> bool:
    """Tell whether the end of a file is there, but for what an encoder rounds."""
    wanted = min(round(CLIP_S * stream.sample_rate_hz), n_frames)
    return len(stream.read(n_frames - wanted, wanted)) >= wanted - ROUNDED_S * stream.sample_rate_hz


@contextmanager
def _told_of() -> Iterator[None]:
    """Tell of what goes wrong while a file is decoded."""
    try:
        yield
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
