"""What is heard of a file: its features, and what a picture of it needs. Knows no model and no database."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from pipeline.audio import cut, decode
from pipeline.audio_file import open_audio
from pipeline.clip import SAMPLE_RATE_HZ
from pipeline.errors import AudioError
from pipeline.features import Signal, Wanted, get_feature_set
from pipeline.listen.errors import SongError

LONGEST_S = 15 * 60.0
"""A file may last this long; 30 seconds from its middle are heard."""

MOST_CHANNELS = 8
"""7.1 surround; what has more is a session or a measurement, not a song."""

MISSING_S = 1.0
"""A file may end this much before its header says: some encoders round up to whole frames."""

N_COLUMNS = 600
"""Columns of the waveform's envelope and of the mel spectrogram."""

MEL_RANGE_DB = 80.0
"""Quieter than the loudest by this much counts as silence in the picture."""


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
        start of each window in the clip, by feature set and window length
    vectors : dict of np.ndarray [shape=(n_windows, n_columns)]
        features, under the same keys; of sets of sequences [shape=(n_windows, n_frames, n_columns)] in half precision,
        as they are stored
    y : np.ndarray [shape=(n,), dtype=int16]
        the clip that was heard: mono, 22 050 Hz
    envelope : np.ndarray [shape=(N_COLUMNS, 2), dtype=float32]
        lowest and highest sample of each stretch, full scale = 1
    mel : np.ndarray [shape=(128, <= N_COLUMNS), dtype=uint8]
        mel spectrogram, lowest band first: 255 the loudest, 0 quieter by `MEL_RANGE_DB` or more
    """

    duration_s: float
    sample_rate_hz: int
    channels: int
    starts_s: dict[Wanted, np.ndarray]
    vectors: dict[Wanted, np.ndarray]
    y: np.ndarray
    envelope: np.ndarray
    mel: np.ndarray

    @property
    def clip_s(self) -> float:
        """Length of the clip, seconds."""
        return len(self.y) / SAMPLE_RATE_HZ


def hear(path: Path, wanted: Sequence[Wanted]) -> Heard:
    """Decode a file and compute features just as the extraction does, and refuse what no song is.

    Parameters
    ----------
    path : Path
    wanted : sequence of (str, float)
        feature sets and window lengths; where a clip is shorter than a window it has none of that length

    Raises
    ------
    SongError
        where the file is no song, breaks off, or gives no usable audio
    """
    try:
        claimed_s = _check(path)
        clip = decode(path)
    except AudioError as error:
        raise SongError.of(error) from error
    _check_length(clip.duration_s)
    if clip.duration_s < claimed_s - MISSING_S:
        raise SongError(
            "cut_off",
            f"The file says it lasts {claimed_s:.1f} s, and ends after {clip.duration_s:.1f} s. Upload the whole file.",
        )
    signals = {0.0: Signal(clip.y)}
    starts_s, vectors = {}, {}
    for name, window_s in wanted:
        feature_set, windows = get_feature_set(name), cut(clip.y, window_s)
        starts_s[name, window_s] = np.array([window.start_s for window in windows])
        rows = [
            feature_set.compute(signals[0.0] if len(window.y) == len(clip.y) else Signal(window.y))
            for window in windows
        ]
        vectors[name, window_s] = np.array(rows, dtype=np.float16 if feature_set.is_sequence else np.float64)
        if not np.isfinite(vectors[name, window_s]).all():
            raise SongError.of(AudioError("not_finite", "a feature of this music is not finite"))
    return Heard(
        duration_s=clip.duration_s,
        sample_rate_hz=clip.sample_rate_hz,
        channels=clip.channels,
        starts_s=starts_s,
        vectors=vectors,
        y=(np.clip(clip.y, -1, 1) * np.iinfo(np.int16).max).astype(np.int16),
        envelope=_envelope(clip.y),
        mel=_mel_picture(signals[0.0]),
    )


def _check(path: Path) -> float:
    """Return how long a file says it is, seconds, before anything of it is decoded; 0 where it does not say."""
    stream = open_audio(path)
    if stream.channels > MOST_CHANNELS:
        raise SongError(
            "too_many_channels",
            f"The file has {stream.channels} channels, and {MOST_CHANNELS} are the most. Mix it down.",
        )
    claimed_s = (stream.claimed_frames or 0) / stream.sample_rate_hz
    _check_length(claimed_s)
    return claimed_s


def _check_length(duration_s: float) -> None:
    if duration_s > LONGEST_S:
        raise SongError(
            "too_long",
            f"The file lasts {duration_s / 60:.0f} minutes, and {LONGEST_S / 60:.0f} are the most. Upload one song.",
        )


def _envelope(y: np.ndarray) -> np.ndarray:
    edges = np.linspace(0, len(y), N_COLUMNS, endpoint=False).astype(int)
    return np.stack([np.minimum.reduceat(y, edges), np.maximum.reduceat(y, edges)], axis=1)


def _mel_picture(signal: Signal) -> np.ndarray:
    decibel = signal.mel_db
    if decibel.shape[1] > N_COLUMNS:
        edges = np.linspace(0, decibel.shape[1], N_COLUMNS, endpoint=False).astype(int)
        decibel = np.maximum.reduceat(decibel, edges, axis=1)
    share = 1 + (decibel - decibel.max()) / MEL_RANGE_DB
    return (np.clip(share, 0, 1) * 255).astype(np.uint8)
