"""What a picture of a song needs: its waveform's envelope and its mel spectrogram, each excerpt in its place."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pipeline.clip import SAMPLE_RATE_HZ
from pipeline.features.signal import Signal

N_COLUMNS = 600
"""Columns of the waveform's envelope and of the mel spectrogram."""

MEL_RANGE_DB = 80.0
"""Quieter than the loudest by this much counts as silence in the picture."""


@dataclass(frozen=True)
class Pictured:
    """An excerpt as it is drawn.

    Attributes
    ----------
    start_s, end_s : float
    envelope : np.ndarray [shape=(<= N_COLUMNS, 2), dtype=float32]
        lowest and highest sample of each stretch, full scale = 1
    mel_db : np.ndarray [shape=(128, <= N_COLUMNS)]
        mel spectrogram, lowest band first
    """

    start_s: float
    end_s: float
    envelope: np.ndarray
    mel_db: np.ndarray


def picture_of(start_s: float, signal: Signal) -> Pictured:
    """Return what is drawn of an excerpt."""
    y, mel_db = signal.y, signal.mel_db
    n = min(N_COLUMNS, len(y))
    edges = _edges(len(y), n)
    envelope = np.stack([np.minimum.reduceat(y, edges), np.maximum.reduceat(y, edges)], axis=1)
    return Pictured(start_s, start_s + len(y) / SAMPLE_RATE_HZ, envelope, _fewer_columns(mel_db, N_COLUMNS))


def draw(pictures: Sequence[Pictured], shown_s: float) -> tuple[np.ndarray, np.ndarray]:
    """Put excerpts in their places of a picture of `shown_s` seconds.

    Returns
    -------
    envelope : np.ndarray [shape=(N_COLUMNS, 2), dtype=float32]
        0 where nothing was heard
    mel : np.ndarray [shape=(128, <= N_COLUMNS), dtype=uint8]
        255 the loudest of all, 0 quieter by `MEL_RANGE_DB` or more, or not heard
    """
    loudest = max(float(picture.mel_db.max()) for picture in pictures)
    levels = [_levels(picture.mel_db, loudest) for picture in pictures]
    if len(pictures) == 1 and pictures[0].start_s == 0.0 and pictures[0].end_s >= shown_s:
        return pictures[0].envelope, levels[0]
    envelope = np.zeros((N_COLUMNS, 2), dtype=np.float32)
    mel = np.zeros((len(levels[0]), N_COLUMNS), dtype=np.uint8)
    for picture, level in zip(pictures, levels, strict=True):
        first = min(int(picture.start_s / shown_s * N_COLUMNS), N_COLUMNS - 1)
        last = min(max(round(picture.end_s / shown_s * N_COLUMNS), first + 1), N_COLUMNS)
        edges = _edges(len(picture.envelope), last - first)
        envelope[first:last, 0] = np.minimum.reduceat(picture.envelope[:, 0], edges)
        envelope[first:last, 1] = np.maximum.reduceat(picture.envelope[:, 1], edges)
        columns = _fewer_columns(level, last - first)
        mel[:, first:last] = columns[:, _edges(columns.shape[1], last - first)]
    return envelope, mel


def _edges(n: int, n_parts: int) -> np.ndarray:
    return np.linspace(0, n, n_parts, endpoint=False).astype(int)


def _fewer_columns(levels: np.ndarray, most: int) -> np.ndarray:
    n = levels.shape[1]
    return np.maximum.reduceat(levels, _edges(n, most), axis=1) if n > most else levels


def _levels(mel_db: np.ndarray, loudest: float) -> np.ndarray:
    share = 1 + (mel_db - loudest) / MEL_RANGE_DB
    return (np.clip(share, 0, 1) * 255).astype(np.uint8)
