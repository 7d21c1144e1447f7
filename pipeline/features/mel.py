"""Mel bands of a magnitude spectrum."""

import numpy as np
from numba import njit

from pipeline.clip import SAMPLE_RATE_HZ
from pipeline.features.bands import N_MELS
from pipeline.features.fourier import N_FFT

FLOOR = 1e-10
RANGE_DB = 80.0
"""Power below the floor, or so far below the largest, is not told apart."""

_LINEAR_HZ, _LINEAR_MELS = 1000.0, 15.0
_MELS_AN_E_FOLD = 27 / np.log(6.4)


def mel_bank(rate_hz: float, n_fft: int, n_mels: int) -> np.ndarray:
    """Return triangles of equal area, evenly spaced on the mel scale: ``librosa.filters.mel``.

    The scale is Slaney's (Auditory Toolbox, 1998): linear up to 1000 Hz, which are 15 mels, then logarithmic.

    Returns
    -------
    np.ndarray [shape=(n_mels, 1 + n_fft // 2), dtype=float32]
    """
    highest = _LINEAR_MELS + _MELS_AN_E_FOLD * np.log(rate_hz / 2 / _LINEAR_HZ)
    mels = np.linspace(0, highest, n_mels + 2)
    above_linear = np.maximum(mels - _LINEAR_MELS, 0)
    edges_hz = np.minimum(mels / _LINEAR_MELS, 1) * _LINEAR_HZ * np.exp(above_linear / _MELS_AN_E_FOLD)
    low, centre, high = edges_hz[:-2, np.newaxis], edges_hz[1:-1, np.newaxis], edges_hz[2:, np.newaxis]
    hz = np.fft.rfftfreq(n_fft, 1 / rate_hz)
    triangles = np.minimum((hz - low) / (centre - low), (high - hz) / (high - centre))
    return (np.maximum(triangles, 0) * 2 / (high - low)).astype(np.float32)


def decibels(power: np.ndarray) -> np.ndarray:
    """Return ``librosa.power_to_db(power)``, of the same shape."""
    level = 10 * np.log10(np.maximum(power, FLOOR))
    return np.maximum(level, level.max() - RANGE_DB)


_BANK = mel_bank(SAMPLE_RATE_HZ, N_FFT, N_MELS)
_FIRST = (_BANK > 0).argmax(axis=1)
_END = _BANK.shape[1] - (_BANK[:, ::-1] > 0).argmax(axis=1)


def melspectrogram(magnitude: np.ndarray) -> np.ndarray:
    """Sum power by triangles on the mel scale: ``librosa.feature.melspectrogram(S=magnitude**2)``.

    Parameters
    ----------
    magnitude : np.ndarray [shape=(1025, n_frames), dtype=float32]

    Returns
    -------
    np.ndarray [shape=(128, n_frames), dtype=float32]
    """
    return _sum_bands(magnitude, _BANK, _FIRST, _END)


@njit(cache=True, nogil=True, fastmath={"contract"})
def _sum_bands(magnitude, bank, first, end):
    """Weigh the squares of the bins of each band that are not zero in the bank."""
    bands = np.zeros((len(bank), magnitude.shape[1]), np.float32)
    for band in range(len(bank)):
        for k in range(first[band], end[band]):
            for frame in range(magnitude.shape[1]):
                bands[band, frame] += bank[band, k] * (magnitude[k, frame] * magnitude[k, frame])
    return bands
