"""``melspec-frames-v1`` and ``mfcc-frames-v1``: one row a frame, for recurrent models.

A frame every 512 samples (23 ms), librosa's default: 130 rows for 3 seconds, 1292 for 30. Half precision, in which
frames are stored, keeps 11 significant bits: a band is then off by at most 0.031 dB, a coefficient by 1 part in 2048.
"""

from typing import TYPE_CHECKING

import numpy as np

from pipeline.features.bands import N_MELS
from pipeline.features.registry import FeatureSet

if TYPE_CHECKING:
    from pipeline.features.signal import Signal

N_COEFFICIENTS = 13
"""What published recurrent models of GTZAN's 3-second segments take: 130 frames of 13 coefficients."""


def melspec_frames_v1(signal: "Signal") -> np.ndarray:
    """Return the mel spectrogram, dB.

    The reference is a power of 1, not the window's peak: loudness stays in. No band lies more than 80 dB below the
    window's loudest.

    Parameters
    ----------
    signal : Signal

    Returns
    -------
    np.ndarray [shape=(n_frames, 128), dtype=float32]
        C-contiguous; lowest band first
    """
    return _rows(signal.mel_db)


def mfcc_frames_v1(signal: "Signal") -> np.ndarray:
    """Return the first 13 mel-frequency cepstral coefficients.

    Parameters
    ----------
    signal : Signal

    Returns
    -------
    np.ndarray [shape=(n_frames, 13), dtype=float32]
        C-contiguous; the level, about -1100 in silence, first
    """
    return _rows(signal.mfcc[:N_COEFFICIENTS])


def _rows(by_frame: np.ndarray) -> np.ndarray:
    return np.ascontiguousarray(by_frame.T, dtype=np.float32)


MELSPEC_FRAMES_V1 = FeatureSet(
    "melspec-frames-v1",
    tuple(f"mel{i + 1}" for i in range(N_MELS)),
    melspec_frames_v1,
    kind="frames",
    level=frozenset(f"mel{i + 1}" for i in range(N_MELS)),
    title="mel spectrogram, frame by frame",
)
MFCC_FRAMES_V1 = FeatureSet(
    "mfcc-frames-v1",
    tuple(f"mfcc{i + 1}" for i in range(N_COEFFICIENTS)),
    mfcc_frames_v1,
    kind="frames",
    level=frozenset({"mfcc1"}),
    title="timbre, frame by frame",
)
