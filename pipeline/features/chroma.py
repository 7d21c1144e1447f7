"""Pitch classes of a power spectrum, tuned to the music, as ``librosa.feature.chroma_stft`` finds them."""

from functools import lru_cache

import librosa
import numpy as np
from numba import njit

from pipeline.clip import SAMPLE_RATE_HZ
from pipeline.features.fourier import N_FFT

LOWEST_HZ, HIGHEST_HZ = 150.0, 4000.0
THRESHOLD = 0.1
"""A peak below this share of its frame's maximum is no pitch."""

_BIN_HZ = SAMPLE_RATE_HZ / N_FFT
_FIRST_BIN, _END_BIN = int(np.ceil(LOWEST_HZ / _BIN_HZ)), int(np.ceil(HIGHEST_HZ / _BIN_HZ))


def chroma_stft(power: np.ndarray, tuning: float) -> np.ndarray:
    """Sum the power of each pitch class.

    Parameters
    ----------
    power : np.ndarray [shape=(1025, n_frames), dtype=float32]
    tuning : float
        deviation from A4 = 440 Hz, semitones

    Returns
    -------
    np.ndarray [shape=(12, n_frames), dtype=float32]
        the maximum of each frame is 1; zeros where it is silent
    """
    return librosa.util.normalize(_filter_bank(tuning) @ power, norm=np.inf, axis=0)


def estimate_tuning(power_by_frame: np.ndarray) -> float:
    """Find how far the stronger half of the spectral peaks lies from equal temperament.

    Peaks are interpolated by parabolas (Smith, "Sinusoidal peak interpolation"), as ``librosa.piptrack`` does.

    Parameters
    ----------
    power_by_frame : np.ndarray [shape=(n_frames, 1025), dtype=float32]

    Returns
    -------
    float
        -0.5 to 0.49 semitones, in steps of 0.01; 0 where there is no peak
    """
    pitch_hz, strength = _find_peaks(power_by_frame, _BIN_HZ)
    if not len(pitch_hz):
        return 0.0
    strong = pitch_hz[strength >= np.median(strength)]
    return float(librosa.pitch_tuning(strong, resolution=0.01, bins_per_octave=12))


@lru_cache(maxsize=128)
def _filter_bank(tuning: float) -> np.ndarray:
    return librosa.filters.chroma(sr=SAMPLE_RATE_HZ, n_fft=N_FFT, tuning=tuning)


@njit(cache=True, nogil=True, error_model="numpy")
def _find_peaks(power, bin_hz):
    """Return frequency and height of the local maxima of each frame between the lowest and the highest pitch."""
    n_frames, n_bins = power.shape
    pitch_hz = np.empty(n_frames * ((_END_BIN - _FIRST_BIN) // 2 + 1), np.float32)
    strength = np.empty_like(pitch_hz)
    n_peaks = 0
    for frame in range(n_frames):
        row = power[frame]
        largest = row[0]
        for k in range(n_bins):
            largest = row[k] if row[k] > largest else largest
        threshold = np.float32(THRESHOLD) * largest
        for k in range(_FIRST_BIN, _END_BIN):
            left, centre, right = row[k - 1], row[k], row[k + 1]
            if not centre > threshold or centre < right or (centre <= left and left > threshold):
                continue
            slope, curvature = (right - left) / 2, right + left - 2 * centre
            shift = np.float32(-slope / curvature) if abs(slope) < abs(curvature) else np.float32(0)
            pitch_hz[n_peaks] = (k + shift) * bin_hz
            strength[n_peaks] = centre + np.float32(0.5) * slope * shift
            n_peaks += 1
    return pitch_hz[:n_peaks], strength[:n_peaks]
