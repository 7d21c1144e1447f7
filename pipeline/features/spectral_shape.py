"""Where the energy of each frame lies: centroid, bandwidth and roll-off in one pass over its magnitudes."""

import numpy as np
from numba import njit

ROLL_PERCENT = 0.85
_TINY = np.finfo(np.float32).tiny


@njit(cache=True, nogil=True, fastmath={"reassoc", "contract"}, error_model="numpy")
def spectral_shape(magnitude, bin_hz):
    """Compute what librosa's ``spectral_centroid``, ``spectral_bandwidth`` and ``spectral_rolloff`` do by default.

    With the magnitudes of a frame scaled to sum to one, the centroid is the mean frequency, the bandwidth the
    standard deviation about it (Klapuri and Davy 2006, ch. 5), and the roll-off the lowest frequency below which
    85 % of the sum lies.

    Parameters
    ----------
    magnitude : np.ndarray [shape=(n_frames, n_bins), dtype=float32]
    bin_hz : float
        distance of two bins

    Returns
    -------
    np.ndarray [shape=(3, n_frames), dtype=float64]
        centroid, bandwidth, roll-off, Hz; zeros where the frame is silent
    """
    n_frames, n_bins = magnitude.shape
    shape = np.zeros((3, n_frames))
    for frame in range(n_frames):
        row = magnitude[frame]
        total, first, second = 0.0, 0.0, 0.0
        for k in range(n_bins):
            value, position = np.float64(row[k]), np.float64(k)
            total += value
            first += value * position
            second += value * (position * position)
        if total < _TINY:
            continue
        centroid = first / total
        shape[0, frame] = centroid * bin_hz
        shape[1, frame] = np.sqrt(max(second / total - centroid * centroid, 0.0)) * bin_hz
        shape[2, frame] = _roll_off(row) * bin_hz
    return shape


@njit(cache=True, nogil=True, inline="always")
def _roll_off(row):
    """Return the bin; summed up in single precision and in order, as librosa does, for then ties fall as there."""
    cumulated = np.empty_like(row)
    total = np.float32(0)
    for k in range(len(row)):
        total += row[k]
        cumulated[k] = total
    return np.searchsorted(cumulated, np.float32(ROLL_PERCENT) * total)
