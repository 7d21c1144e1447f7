"""Harmonic/percussive separation, as ``librosa.decompose.hpss`` defines it by default, many times faster."""

import librosa
import numpy as np

from pipeline.features.median import median_filter


def separate(stft: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Split a spectrum into what holds on over time and what spreads over frequency (Fitzgerald 2010).

    Medians of length 31 along time and along frequency are compared by soft masks of power 2.

    Parameters
    ----------
    stft : np.ndarray [shape=(n_bins, n_frames), dtype=complex64]

    Returns
    -------
    harmonic, percussive : np.ndarray [shape=(n_bins, n_frames), dtype=complex64]
        their sum is `stft`
    """
    magnitude = np.abs(stft)
    along_time = median_filter(np.ascontiguousarray(magnitude.T)).T
    along_frequency = median_filter(np.ascontiguousarray(magnitude))
    harmonic = stft * librosa.util.softmask(along_time, along_frequency, power=2.0, split_zeros=True)
    return harmonic, stft - harmonic
