"""Mel bands of a magnitude spectrum."""

import librosa
import numpy as np
from numba import njit

from pipeline.clip import SAMPLE_RATE_HZ
from pipeline.features.fourier import N_FFT

N_MELS = 128

_BANK = librosa.filters.mel(sr=SAMPLE_RATE_HZ, n_fft=N_FFT, n_mels=N_MELS)
_FIRST = (_BANK > 0).argmax(axis=1)
_END = _BANK.shape[1] - (_BANK[:, ::-1] > 0).argmax(axis=1)


def melspectrogram(magnitude: np.ndarray) -> np.ndarray:
    """Sum power by triangles on the mel scale: ``librosa.feature.melspectrogram(S=magnitude.T**2).T``.

    Parameters
    ----------
    magnitude : np.ndarray [shape=(n_frames, 1025), dtype=float32]

    Returns
    -------
    np.ndarray [shape=(n_frames, 128), dtype=float32]
    """
    return _sum_bands(magnitude, _BANK, _FIRST, _END)


@njit(cache=True, nogil=True, fastmath={"reassoc", "contract"})
def _sum_bands(magnitude, bank, first, end):
    """Weigh the squares of each frame by the bins of each band that are not zero."""
    bands = np.empty((len(magnitude), len(bank)), np.float32)
    power = np.empty(magnitude.shape[1], np.float32)
    for frame in range(len(magnitude)):
        for k in range(len(power)):
            power[k] = magnitude[frame, k] * magnitude[frame, k]
        for band in range(len(bank)):
            total = np.float32(0)
            for k in range(first[band], end[band]):
                total += bank[band, k] * power[k]
            bands[frame, band] = total
    return bands
