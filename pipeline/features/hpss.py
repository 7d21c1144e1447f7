"""Harmonic/percussive separation, as ``librosa.decompose.hpss`` defines it by default."""

from collections.abc import Iterator

import numpy as np
from numba import njit

from pipeline.features.median import median_filter

_BLOCK = 128
_TINY = np.finfo(np.float32).tiny


def harmonic_blocks(spectra: np.ndarray, magnitude: np.ndarray) -> Iterator[np.ndarray]:
    """Keep what holds on over time, and leave out what spreads over frequency (Fitzgerald 2010).

    Medians of length 31 along time and along frequency are compared by a soft mask of power 2. The masks of the two
    parts sum to one, so that the percussive part is the rest.

    Parameters
    ----------
    spectra : np.ndarray [shape=(n_frames, 1025), dtype=complex64]
    magnitude : np.ndarray [shape=(n_frames, 1025), dtype=float32]
        absolute values of `spectra`

    Yields
    ------
    np.ndarray [shape=(n_block, 1025), dtype=complex64]
        the harmonic part of the next frames, few enough to fit the second cache
    """
    along_time = median_filter(magnitude)
    for first in range(0, len(spectra), _BLOCK):
        block = slice(first, first + _BLOCK)
        along_frequency = median_filter(magnitude[block].T).T
        yield _mask(spectra[block], along_time[block], along_frequency)


@njit(cache=True, nogil=True, error_model="numpy")
def _mask(spectra, harmonic, percussive):
    """Weigh each bin by ``harmonic² / (harmonic² + percussive²)``; by a half where both are zero."""
    masked = np.empty_like(spectra)
    for frame in range(spectra.shape[0]):
        for k in range(spectra.shape[1]):
            h, p = harmonic[frame, k], percussive[frame, k]
            larger = h if h > p else p
            scale = np.float32(1) / (larger if larger >= _TINY else np.float32(1))
            h, p = h * scale, p * scale
            h, p = h * h, p * p
            weight = h / (h + p) if larger >= _TINY else np.float32(0.5)
            value = spectra[frame, k]
            masked[frame, k] = complex(value.real * weight, value.imag * weight)
    return masked
