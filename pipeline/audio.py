"""Decode a file to one mono signal at one rate, and cut it into windows."""

import hashlib
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import soxr

from pipeline.audio_file import Middle, read_middle, read_stretches
from pipeline.clip import CLIP_S, SAMPLE_RATE_HZ
from pipeline.errors import AudioError
from pipeline.excerpts import LONGEST_WHOLE_S, MIDDLE, middle_of, plan

SHORTEST_SHARE = 0.95
"""A clip may be this share of `CLIP_S` and still count as one: published 30-second clips last 29.7 to 30.6 s."""

SILENCE = 1e-4
"""A signal whose samples span less than this (-80 dB of full scale) is silent."""

SHORTEST_S = 0.5
"""A file shorter than this has not one window: it is the shortest that can be asked for."""


@dataclass(frozen=True)
class Clip:
    """The part of a file that stands for its track.

    Attributes
    ----------
    y : np.ndarray [shape=(n,), dtype=float32]
        mono, at 22 050 Hz
    duration_s : float
        of the whole file
    sample_rate_hz, channels : int
        as stored in the file
    stored : np.ndarray [shape=(m,), dtype=float32]
        the same at the file's own rate; empty where the clip was put together
    """

    y: np.ndarray
    duration_s: float
    sample_rate_hz: int
    channels: int
    stored: np.ndarray = field(default_factory=lambda: np.empty(0, dtype=np.float32))

    @property
    def content_hash(self) -> str:
        """SHA-256 of the decoded samples: equal for tracks that sound the same to the last bit."""
        return hashlib.sha256(self.y.tobytes()).hexdigest()


@dataclass(frozen=True)
class Excerpt:
    """A stretch of a file that is analysed.

    Attributes
    ----------
    start_s : float
        from the start of the file; 0 where the middle was asked for, whose times count from its own start
    y : np.ndarray [shape=(n,), dtype=float32]
        mono, at 22 050 Hz
    """

    start_s: float
    y: np.ndarray


@dataclass(frozen=True)
class Window:
    """A stretch of a clip.

    Attributes
    ----------
    start_s : float
        as its `Excerpt`'s, or from the start of the clip
    y : np.ndarray [shape=(n,), dtype=float32]
    """

    start_s: float
    y: np.ndarray


def decode(path: Path) -> Clip:
    """Decode, mix down (mean of the channels) and resample (soxr, high quality) as ``librosa.load`` does.

    Raises
    ------
    AudioError
        ``too_short``, ``silent``, ``constant``, or what `read_middle` raises
    """
    return _clip(read_middle(path))


def decode_pieces(paths: Sequence[Path]) -> tuple[Clip, dict[Path, AudioError]]:
    """Decode a track that was cut into files, and put it together again.

    Returns
    -------
    Clip
        of the pieces one behind the other; its rate and channels are those of the first
    dict of AudioError
        the pieces that could not be used, and are left out

    Raises
    ------
    AudioError
        as `decode` does, of the whole; ``unreadable``, where one piece is: it may be there another time
    """
    clip, damaged, _ = _put_together(paths)
    return clip, damaged


def decode_excerpts(
    paths: Sequence[Path], excerpts: str = MIDDLE
) -> tuple[Clip, dict[Path, AudioError], Iterator[Excerpt]]:
    """Decode a track, and give what is analysed of it: one excerpt after the other, each decoded when it is asked for.

    Parameters
    ----------
    paths : sequence of Path
        its files
    excerpts : str
        one of `pipeline.excerpts.EXCERPTS`

    Returns
    -------
    Clip, dict of AudioError
        what stands for the track, and tells it from others, whichever excerpts are taken: as `decode_pieces` returns
        them
    iterator of Excerpt
        the clip alone where the track is short, or its middle was asked for; silent excerpts are left out. Each may
        raise what `decode_pieces` does

    Raises
    ------
    AudioError
        as `decode_pieces` does
    """
    clip, damaged, joined = _put_together(paths)
    if excerpts == MIDDLE or clip.duration_s <= LONGEST_WHOLE_S:
        return clip, damaged, iter([Excerpt(0.0, clip.y)])
    if joined is not None:
        stretches = plan(len(joined), SAMPLE_RATE_HZ, excerpts)
        found = (Excerpt(start / SAMPLE_RATE_HZ, joined[start : start + n]) for start, n in stretches)
        return clip, damaged, _that_sound(found)
    (path,) = [path for path in paths if path not in damaged]
    return clip, damaged, _that_sound(_excerpts(path, clip, excerpts))


def _excerpts(path: Path, clip: Clip, excerpts: str) -> Iterator[Excerpt]:
    rate_hz = clip.sample_rate_hz
    for stretch in read_stretches(path, round(clip.duration_s * rate_hz), excerpts):
        yield Excerpt(stretch.start / rate_hz, _resample(stretch.y, rate_hz))


def _that_sound(excerpts: Iterable[Excerpt]) -> Iterator[Excerpt]:
    n_found = 0
    for excerpt in excerpts:
        if np.ptp(excerpt.y) >= SILENCE:
            n_found += 1
            yield excerpt
    if not n_found:
        raise AudioError("silent", "no excerpt exceeds -80 dB of full scale")


def _put_together(paths: Sequence[Path]) -> tuple[Clip, dict[Path, AudioError], np.ndarray | None]:
    """Return what `decode_pieces` does, and where several pieces were joined, all of their samples."""
    middles, damaged = [], {}
    for path in paths:
        try:
            middles.append(read_middle(path))
        except AudioError as error:
            if error.reason == "unreadable" or len(paths) == 1:
                raise
            damaged[path] = error
    if not middles:
        raise damaged[paths[0]]
    if len(middles) == 1:
        return _clip(middles[0]), damaged, None
    y = np.concatenate([_resample(middle.y, middle.sample_rate_hz) for middle in middles])
    whole = _clip(Middle(y, len(y), SAMPLE_RATE_HZ, middles[0].channels))
    start, wanted = middle_of(len(y), SAMPLE_RATE_HZ)
    duration_s = sum(middle.n_frames / middle.sample_rate_hz for middle in middles)
    y = whole.y[start : start + wanted]
    return Clip(y, duration_s, middles[0].sample_rate_hz, middles[0].channels), damaged, whole.y


def _resample(y: np.ndarray, rate_hz: int) -> np.ndarray:
    """Return what ``librosa.resample`` gives: soxr's, with zeros where that is a sample short."""
    if rate_hz != SAMPLE_RATE_HZ:
        wanted = math.ceil(len(y) * (SAMPLE_RATE_HZ / rate_hz))
        y = soxr.resample(y, rate_hz, SAMPLE_RATE_HZ, quality="HQ")[:wanted]
        y = np.pad(y, (0, wanted - len(y)))
    return np.ascontiguousarray(y, dtype=np.float32)


def _clip(middle: Middle) -> Clip:
    y, rate_hz = middle.y, middle.sample_rate_hz
    duration_s = middle.n_frames / rate_hz
    if duration_s < SHORTEST_S:
        raise AudioError("too_short", f"{middle.n_frames} samples at {rate_hz} Hz are less than {SHORTEST_S:g} s")
    if np.ptp(y) < SILENCE:
        if np.abs(y).max() < SILENCE:
            raise AudioError("silent", "mixed to mono, the signal never exceeds -80 dB of full scale")
        raise AudioError("constant", f"the signal stays at {y[0]:.3g}, within -80 dB of full scale")
    return Clip(_resample(y, rate_hz), duration_s, rate_hz, middle.channels, y)


def cut(y: np.ndarray, window_s: float, start_s: float = 0.0) -> list[Window]:
    """Cut a clip into whole windows, side by side from its start, no more than ``CLIP_S / window_s`` of them.

    A window of `CLIP_S` is the clip itself, whole, even where it is a little shorter or longer.

    Parameters
    ----------
    y : np.ndarray [shape=(n,)]
    window_s : float
        0 < window_s <= CLIP_S
    start_s : float
        where the clip starts

    Returns
    -------
    list of Window
        empty where the clip is shorter than one window
    """
    if window_s == CLIP_S:
        long_enough = len(y) >= SHORTEST_SHARE * CLIP_S * SAMPLE_RATE_HZ
        return [Window(round(start_s, 6), y)] if long_enough else []
    length = round(window_s * SAMPLE_RATE_HZ)
    fitting = int(CLIP_S / window_s + 1e-9)  # 30 / (30 / 29) comes out below 29
    n_windows = min(len(y) // length, fitting)
    return [Window(round(start_s + i * window_s, 6), y[i * length : (i + 1) * length]) for i in range(n_windows)]
