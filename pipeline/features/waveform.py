"""Descriptors that need no spectrum: loudness and sign changes of overlapping frames, summed hop by hop."""

import numpy as np

from pipeline.features.fourier import HOP_LENGTH, N_FFT, count_frames

_HOPS = N_FFT // HOP_LENGTH
_NEAR_ZERO = 1e-10


def root_mean_square(y: np.ndarray) -> np.ndarray:
    """``librosa.feature.rms(y=y)`` [shape=(1, n_frames)]: frames of 2048 samples, zeros about the signal."""
    return np.sqrt(_sum_frames(np.pad(y**2, N_FFT // 2), len(y)) / N_FFT)


def zero_crossing_rate(y: np.ndarray) -> np.ndarray:
    """``librosa.feature.zero_crossing_rate(y)`` [shape=(1, n_frames)], share of the 2048 samples of a frame.

    Samples within 1e-10 of zero count as positive; the frame's first sample never counts as a crossing.
    """
    negative = np.pad(y < -_NEAR_ZERO, N_FFT // 2, mode="edge")
    crosses = np.diff(negative, prepend=negative[0])
    first = crosses[: count_frames(len(y)) * HOP_LENGTH : HOP_LENGTH]
    return (_sum_frames(crosses, len(y)) - first) / N_FFT


def _sum_frames(padded: np.ndarray, n_samples: int) -> np.ndarray:
    n_frames = count_frames(n_samples)
    hops = padded[: (n_frames + _HOPS - 1) * HOP_LENGTH].reshape(-1, HOP_LENGTH).sum(axis=1, dtype=np.float64)
    return sum(hops[i : i + n_frames] for i in range(_HOPS))[np.newaxis]
