"""Where the energy of each frame lies: centroid, bandwidth and roll-off in one pass over its magnitudes."""

import numpy as np
from numba import njit

ROLL_PERCENT = 0.85
_TINY = np.finfo(np.float32).tiny


@njit(cache=True, nogil=True, fastmath={"contract"}, error_model="numpy")
def spectral_shape(magnitude, bin_hz):
    """Compute what librosa's ``spectral_centroid``, ``spectral_bandwidth`` and ``spectral_rolloff`` do by default.

    With the magnitudes of a frame scaled to sum to one, the centroid is the mean frequency, the bandwidth the
    standard deviation about it (Klapuri and Davy 2006, ch. 5), and the roll-off the lowest frequency below which
    85 % of the sum lies.

    Parameters
    ----------
    magnitude : np.ndarray [shape=(n_bins, n_frames), dtype=float32]
    bin_hz : float
        distance of two bins

    Returns
    -------
    np.ndarray [shape=(3, n_frames), dtype=float64]
        centroid, bandwidth, roll-off, Hz; zeros where the frame is silent
    """
    n_bins, n_frames = magnitude.shape
    total, first, second = np.zeros(n_frames), np.zeros(n_frames), np.zeros(n_frames)
    for k in range(n_bins):
        for frame in range(n_frames):
            value = np.float64(magnitude[k, frame])
            total[frame] += value
            first[frame] += value * k
            second[frame] += value * (k * k)
    shape = np.zeros((3, n_frames))
    roll_off = _roll_off(magnitude)
    for frame in range(n_frames):
        if total[frame] >= _TINY:
            centroid = first[frame] / total[frame]
            shape[0, frame] = centroid * bin_hz
            shape[1, frame] = np.sqrt(max(second[frame] / total[frame] - centroid * centroid, 0.0)) * bin_hz
            shape[2, frame] = roll_off[frame] * bin_hz
    return shape


@njit(cache=True, nogil=True)
def _roll_off(magnitude):
    """Return the bin; summed up in single precision and in order, as librosa does, for then ties fall as there."""
    n_bins, n_frames = magnitude.shape
    threshold, total = np.zeros(n_frames, np.float32), np.zeros(n_frames, np.float32)
    for k in range(n_bins):
        for frame in range(n_frames):
            threshold[frame] += magnitude[k, frame]
    threshold *= np.float32(ROLL_PERCENT)
    n_below = np.zeros(n_frames, np.int32)
    for k in range(n_bins):
        for frame in range(n_frames):
            total[frame] += magnitude[k, frame]
            n_below[frame] += total[frame] < threshold[frame]
    return n_below
