"""Read the middle of an audio file, in bounded memory, whatever its header claims."""

import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile

from pipeline.clip import CLIP_S
from pipeline.errors import AudioError

FORMATS = frozenset({"WAV", "WAVEX", "RF64", "W64", "FLAC", "OGG", "MP3", "AU", "AIFF"})
"""What is decoded, as libsndfile names it. It knows a file by its content and takes a score of other, mostly extinct
formats, some of whose decoders write thousands of lines to the terminal about damage."""

LONGEST_WHOLE_S = 1.1 * CLIP_S
"""A file up to this long is analysed whole; of a longer one, the middle `CLIP_S` are, as in the FMA corpus."""

LOWEST_RATE_HZ, HIGHEST_RATE_HZ = 2_000, 768_000
"""From below telephone speech to the fastest converters sold; memory for one clip grows with the rate."""

LOUDEST = 1e10
"""Samples beyond this multiple of full scale are no audio (32-bit integers stored as floats reach 2e9)."""

BLOCK_VALUES = 2**22
"""Samples of all channels decoded at once, 16 MB. Every MP3's clip fits as a whole, and must: soundfile seeks after
each reading, and what an MP3 gives after a seek begins damaged."""

MANY_CHANNELS = 8
"""From so many on NumPy adds up numbers that lie side by side in another order, so that it has to do it itself."""


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


def read_middle(path: Path) -> Middle:
    """Read the whole of a short file, the middle `CLIP_S` of a long one.

    A file that is damaged, breaks off, or lies about its length counts as what can be decoded before that point. It is
    read through once to find it and once more for the middle, as seeking in such a file is not to be trusted.

    Raises
    ------
    AudioError
        ``unreadable``, ``not_a_file``, ``empty``, ``undecodable``, ``bad_rate``, ``no_samples``, ``not_finite`` or
        ``out_of_range``
    """
    try:
        _check(path)
        return _read_middle(path)
    except OSError as error:
        raise AudioError("unreadable", f"cannot read the file: {error.strerror or error}") from error
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


def _read_middle(path: Path) -> Middle:
    with soundfile.SoundFile(path) as file:
        if file.format not in FORMATS:
            raise AudioError("undecodable", f"{file.format} is none of the formats that are decoded here")
        rate_hz, channels, n_frames = file.samplerate, file.channels, file.frames
        if not LOWEST_RATE_HZ <= rate_hz <= HIGHEST_RATE_HZ:
            raise AudioError("bad_rate", f"{rate_hz} Hz is not from {LOWEST_RATE_HZ} to {HIGHEST_RATE_HZ} Hz")
        if n_frames == 0:
            raise AudioError("no_samples", "the file has a header and no samples")
        start, wanted = _middle_of(n_frames, rate_hz)
        y = _seek_and_mix(file, start, wanted)
    if len(y) < wanted:
        y, n_frames = _read_through(path, n_frames) if start else (y, len(y))
        if len(y) == 0:
            raise AudioError("undecodable", "not audio that can be decoded: broken from the start")
    return Middle(y, n_frames, rate_hz, channels)


def _read_through(path: Path, claimed_frames: int) -> tuple[np.ndarray, int]:
    """Return the middle of what can be decoded before the damage, and how many frames that is."""
    with soundfile.SoundFile(path) as file:
        n_frames = sum(len(block) for block in _blocks(file, claimed_frames))
    with soundfile.SoundFile(path) as file:
        start, wanted = _middle_of(n_frames, file.samplerate)
        blocks = _blocks(file, claimed_frames)  # the very same again: asked otherwise, it might answer otherwise
        return _mixed(_between(blocks, start, start + wanted)), n_frames


def _middle_of(n_frames: int, rate_hz: int) -> tuple[int, int]:
    """Return the first frame of the clip of a file, and how many frames it has."""
    if n_frames <= LONGEST_WHOLE_S * rate_hz:
        return 0, n_frames
    wanted = round(CLIP_S * rate_hz)
    return (n_frames - wanted) // 2, wanted


def _seek_and_mix(file: soundfile.SoundFile, start: int, n_frames: int) -> np.ndarray:
    try:
        if start:
            file.seek(start)
    except soundfile.LibsndfileError:  # a damaged file may not have that frame
        return np.empty(0, dtype=np.float32)
    return _mixed(_blocks(file, n_frames))


def _between(blocks: Iterable[np.ndarray], start: int, stop: int) -> Iterator[np.ndarray]:
    """Yield what of the blocks lies from frame `start` to frame `stop`."""
    at = 0
    for block in blocks:
        if start < at + len(block):
            yield block[max(start - at, 0) : stop - at]
        at += len(block)
        if at >= stop:
            return


def _mixed(blocks: Iterable[np.ndarray]) -> np.ndarray:
    """Return the mean of the channels, in one piece."""
    mixed = []
    for block in blocks:
        peak = float(np.abs(block).max())
        if not np.isfinite(peak):
            raise AudioError("not_finite", "the samples hold NaN or infinite values")
        if peak > LOUDEST:
            raise AudioError("out_of_range", f"a sample is {peak:.3g} times full scale")
        mixed.append(mix_down(block))
    if len(mixed) == 1:
        return mixed[0]
    return np.concatenate([np.empty(0, dtype=np.float32), *mixed])


def mix_down(block: np.ndarray) -> np.ndarray:
    """Return the mean of the channels, to the last bit that of ``librosa.to_mono``, at a tenth of its cost.

    Parameters
    ----------
    block : np.ndarray [shape=(n, channels), dtype=float32]

    Returns
    -------
    np.ndarray [shape=(n,), dtype=float32]
    """
    n_channels = block.shape[1]
    if n_channels >= MANY_CHANNELS:
        return block.mean(axis=1)
    y = block[:, 0].copy()
    for channel in range(1, n_channels):
        y += block[:, channel]
    y /= n_channels
    return y


def _blocks(file: soundfile.SoundFile, n_frames: int) -> Iterator[np.ndarray]:
    """Yield the next `n_frames`, [shape=(n, channels)], in large blocks; end where the file ends or is damaged."""
    most = BLOCK_VALUES // file.channels
    while n_frames > 0:
        asked = min(n_frames, most)
        block = np.full((asked, file.channels), np.nan, dtype=np.float32)
        try:
            n_read = len(file.read(out=block))
        except soundfile.LibsndfileError:  # which does not tell how much was decoded before: what is written, was
            n_read = int(np.argmax(np.append(np.isnan(block[:, -1]), True)))
        if n_read:
            yield block[:n_read]
        if n_read < asked:
            return
        n_frames -= n_read
