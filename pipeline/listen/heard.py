"""What is heard of a file: its features, and what a picture of it needs. Knows no model and no database."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from pipeline.audio import cut, decode_excerpts
from pipeline.audio_file import ROUNDED_S, open_audio
from pipeline.clip import SAMPLE_RATE_HZ
from pipeline.errors import AudioError
from pipeline.excerpts import ALL, LONGEST_WHOLE_S, MIDDLE, SPREAD, middle_of
from pipeline.features import Wanted, get_feature_set
from pipeline.features.signal import Signal
from pipeline.listen.errors import SongError
from pipeline.listen.pictured import draw, picture_of

LONGEST_S = {MIDDLE: 3 * 3600.0, SPREAD: 3 * 3600.0, ALL: 15 * 60.0}
"""A file may last this long, by what is heard of it: of an hour a part is heard as quickly as of a song."""

MOST_CHANNELS = 8
"""7.1 surround; what has more is a session or a measurement, not a song."""


NEARLY_S = 1e-3
"""Starts are rounded, and a clip starts between two samples perhaps."""


@dataclass(frozen=True)
class Heard:
    """What one file gave.

    Attributes
    ----------
    duration_s : float
        of the whole file
    sample_rate_hz, channels : int
        as stored in the file
    starts_s : dict of np.ndarray [shape=(n_windows,)]
        start of each window, seconds from `start_s`, by feature set and window length
    vectors : dict of np.ndarray [shape=(n_windows, n_columns)]
        features, under the same keys; of sets of sequences [shape=(n_windows, n_frames, n_columns)] in half precision,
        as they are stored
    y : np.ndarray [shape=(n,), dtype=int16]
        the clip in the middle, whatever else was heard: mono, 22 050 Hz
    envelope : np.ndarray [shape=(N_COLUMNS, 2), dtype=float32]
        lowest and highest sample of each stretch of what is shown, full scale = 1; 0 where it was not heard
    mel : np.ndarray [shape=(128, <= N_COLUMNS), dtype=uint8]
        mel spectrogram of the same, lowest band first: 255 the loudest, 0 quieter by `MEL_RANGE_DB` or more, or not
        heard
    excerpts : np.ndarray [shape=(n_excerpts, 2)]
        start and end of what was heard, seconds of what is shown
    content_hash : str
        of the clip
    shown_s : float
        length of what is shown, seconds: the clip where it alone was heard, else the file
    clip_start_s : float
        where the clip lies in what is shown
    """

    duration_s: float
    sample_rate_hz: int
    channels: int
    starts_s: dict[Wanted, np.ndarray]
    vectors: dict[Wanted, np.ndarray]
    y: np.ndarray
    envelope: np.ndarray
    mel: np.ndarray
    excerpts: np.ndarray
    content_hash: str
    shown_s: float
    clip_start_s: float

    @property
    def heard_s(self) -> float:
        """How much of the file was heard, seconds."""
        return float((self.excerpts[:, 1] - self.excerpts[:, 0]).sum())

    def in_clip(self, wanted: Wanted) -> np.ndarray:
        """Tell which windows lie in the clip whole [shape=(n_windows,), dtype=bool]."""
        from_clip_s = self.starts_s[wanted] - self.clip_start_s
        return (from_clip_s >= -NEARLY_S) & ((from_clip_s <= NEARLY_S) | (from_clip_s + wanted[1] <= self.clip_s))

    @property
    def clip_s(self) -> float:
        """Length of the clip, seconds."""
        return len(self.y) / SAMPLE_RATE_HZ


def hear(path: Path, wanted: Sequence[Wanted], excerpts: str = MIDDLE) -> Heard:
    """Decode a file and compute features just as the extraction does, and refuse what no song is.

    Parameters
    ----------
    path : Path
    wanted : sequence of (str, float)
        feature sets and window lengths; where a clip is shorter than a window it has none of that length
    excerpts : str
        which stretches of it are heard, one of `pipeline.excerpts.EXCERPTS`

    Raises
    ------
    SongError
        where the file is no song, breaks off, or gives no usable audio
    """
    try:
        claimed_s = _check(path, excerpts)
        clip, _, found = decode_excerpts([path], excerpts)
        _check_end(clip.duration_s, claimed_s, excerpts)
        starts_s: dict[Wanted, list[float]] = {key: [] for key in wanted}
        rows: dict[Wanted, list[np.ndarray]] = {key: [] for key in wanted}
        pictures = []
        for excerpt in found:
            whole = Signal(excerpt.y)
            for name, window_s in wanted:
                for window in cut(excerpt.y, window_s, excerpt.start_s):
                    signal = whole if len(window.y) == len(excerpt.y) else Signal(window.y)
                    starts_s[name, window_s].append(window.start_s)
                    rows[name, window_s].append(get_feature_set(name).compute(signal))
            pictures.append(picture_of(excerpt.start_s, whole))
    except AudioError as error:
        raise SongError.of(error) from error
    vectors = {}
    for key in wanted:
        vectors[key] = np.array(rows[key], dtype=np.float16 if get_feature_set(key[0]).is_sequence else np.float64)
        if not np.isfinite(vectors[key]).all():
            raise SongError.of(AudioError("not_finite", "a feature of this music is not finite"))
    clip_s = len(clip.y) / SAMPLE_RATE_HZ
    is_clip = excerpts == MIDDLE or clip.duration_s <= LONGEST_WHOLE_S
    n_frames, rate_hz = round(clip.duration_s * clip.sample_rate_hz), clip.sample_rate_hz
    shown_s = clip_s if is_clip else clip.duration_s
    envelope, mel = draw(pictures, shown_s)
    return Heard(
        duration_s=clip.duration_s,
        sample_rate_hz=rate_hz,
        channels=clip.channels,
        starts_s={key: np.array(starts, dtype=np.float64) for key, starts in starts_s.items()},
        vectors=vectors,
        y=(np.clip(clip.y, -1, 1) * np.iinfo(np.int16).max).astype(np.int16),
        envelope=envelope,
        mel=mel,
        excerpts=np.array([[picture.start_s, picture.end_s] for picture in pictures]),
        content_hash=clip.content_hash,
        shown_s=shown_s,
        clip_start_s=0.0 if is_clip else middle_of(n_frames, rate_hz)[0] / rate_hz,
    )


def _check(path: Path, excerpts: str) -> float:
    """Return how long a file says it is, seconds, before anything of it is decoded; 0 where it does not say."""
    stream = open_audio(path)
    if stream.channels > MOST_CHANNELS:
        raise SongError(
            "too_many_channels",
            f"The file has {stream.channels} channels, and {MOST_CHANNELS} are the most. Mix it down.",
        )
    claimed_s = (stream.claimed_frames or 0) / stream.sample_rate_hz
    _check_length(claimed_s, excerpts)
    return claimed_s


def _check_end(duration_s: float, claimed_s: float, excerpts: str) -> None:
    """Refuse a file that turns out longer than is heard, or that breaks off."""
    _check_length(duration_s, excerpts)
    if duration_s < claimed_s - ROUNDED_S:
        raise SongError(
            "cut_off",
            f"The file says it lasts {claimed_s:.1f} s, and ends after {duration_s:.1f} s. Upload the whole file.",
        )


def _check_length(duration_s: float, excerpts: str) -> None:
    longest_s = LONGEST_S[excerpts]
    if duration_s > longest_s:
        less = " Or let only a part of it be heard." if duration_s <= LONGEST_S[SPREAD] else ""
        raise SongError(
            "too_long",
            f"The file lasts {duration_s / 60:.0f} minutes, and {longest_s / 60:.0f} are the most. "
            f"Upload one song.{less}",
        )
