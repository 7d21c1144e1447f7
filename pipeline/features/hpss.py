"""Harmonic/percussive separation, as ``librosa.decompose.hpss`` defines it by default."""

import numpy as np
from numba import njit

from pipeline.features.median import median_filter

_TINY = np.finfo(np.float32).tiny


def harmonic_share(magnitude: np.ndarray) -> np.ndarray:
    """Return how much of each bin holds on over time, and does not spread over frequency (Fitzgerald 2010).

    Medians of length 31 along time and along frequency are compared by a soft mask of power 2. The shares of the two
    parts sum to one, so that the percussive part is the rest.

    Parameters
    ----------
    magnitude : np.ndarray [shape=(1025, n_frames), dtype=float32]

    Returns
    -------
    np.ndarray [shape=(1025, n_frames), dtype=float32]
        0 to 1
    """
    return _soft_mask(median_filter(magnitude.T).T, median_filter(magnitude))


@njit(cache=True, nogil=True, error_model="numpy")
def _soft_mask(harmonic, percussive):
    """Return ``harmonic² / (harmonic² + percussive²)``, in the place of `harmonic`; a half where both are zero."""
    for k in range(harmonic.shape[0]):
        for frame in range(harmonic.shape[1]):
            h, p = harmonic[k, frame], percussive[k, frame]
            larger = h if h > p else p
            scale = np.float32(1) / (larger if larger >= _TINY else np.float32(1))
            h, p = h * scale, p * scale
            h, p = h * h, p * p
            harmonic[k, frame] = h / (h + p) if larger >= _TINY else np.float32(0.5)
    return harmonic
