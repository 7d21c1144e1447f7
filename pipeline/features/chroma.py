"""Pitch classes of a power spectrum, tuned to the music, as ``librosa.feature.chroma_stft`` finds them."""

from functools import lru_cache

import numpy as np
from numba import njit

from pipeline.clip import SAMPLE_RATE_HZ
from pipeline.features.dft import N_BINS, N_FFT

LOWEST_HZ, HIGHEST_HZ = 150.0, 4000.0
THRESHOLD = 0.1
"""A peak below this share of its frame's maximum is no pitch."""

LOWEST_A_HZ = 440 / 16
N_CLASSES = 12

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
    by_class = filter_bank(tuning) @ power
    largest = by_class.max(axis=0)
    return by_class / np.where(largest < np.finfo(np.float32).tiny, np.float32(1), largest)


def estimate_tuning(power: np.ndarray) -> float:
    """Find how far the stronger half of the spectral peaks lies from equal temperament.

    Peaks are interpolated by parabolas (Smith, "Sinusoidal peak interpolation"), as ``librosa.piptrack`` does.

    Parameters
    ----------
    power : np.ndarray [shape=(1025, n_frames), dtype=float32]

    Returns
    -------
    float
        -0.5 to 0.49 semitones, in steps of 0.01; 0 where there is no peak
    """
    pitch_hz, strength = _find_peaks(power, _BIN_HZ)
    if not len(pitch_hz):
        return 0.0
    strong = pitch_hz[strength >= np.median(strength)]
    deviation = np.mod(N_CLASSES * np.log2(strong / LOWEST_A_HZ), 1)
    deviation[deviation >= 0.5] -= 1
    counts, edges = np.histogram(deviation, np.linspace(-0.5, 0.5, 101))
    return float(edges[np.argmax(counts)])


@lru_cache(maxsize=128)
def filter_bank(tuning: float) -> np.ndarray:
    """Return how much each bin counts for each pitch class, C first: ``librosa.filters.chroma`` (Ellis 2007).

    A bell about each pitch class, as wide as a semitone or the bin; the squares of a bin's weights sum to one before
    another bell, about the fifth octave, makes less of what is low and high.

    Parameters
    ----------
    tuning : float
        deviation from A4 = 440 Hz, semitones

    Returns
    -------
    np.ndarray [shape=(12, 1025), dtype=float32]
    """
    semitone = N_CLASSES * np.log2(np.arange(1, N_BINS + 1) * _BIN_HZ / LOWEST_A_HZ) - tuning
    semitone = np.concatenate([semitone[:1] - 1.5 * N_CLASSES, semitone])  # for 0 Hz: 1.5 octaves below bin 1
    width = np.maximum(np.diff(semitone), 1)
    semitone = semitone[:-1]
    half = N_CLASSES / 2
    away = np.mod(semitone - np.arange(N_CLASSES)[:, np.newaxis] + half, N_CLASSES) - half
    bells = np.exp(-0.5 * (2 * away / width) ** 2)
    bells *= np.exp(-0.5 * ((semitone / N_CLASSES - 5) / 2) ** 2) / np.sqrt((bells**2).sum(axis=0))
    from_a_to_c = 3
    return np.roll(bells, -from_a_to_c, axis=0).astype(np.float32)


@njit(cache=True, nogil=True, error_model="numpy")
def _find_peaks(power, bin_hz):
    """Return frequency and height of the local maxima of all frames between the lowest and the highest pitch."""
    n_bins, n_frames = power.shape
    pitch_hz = np.empty(n_frames * ((_END_BIN - _FIRST_BIN) // 2 + 1), np.float32)
    strength = np.empty_like(pitch_hz)
    threshold = np.zeros(n_frames, np.float32)
    for k in range(n_bins):
        for frame in range(n_frames):
            threshold[frame] = power[k, frame] if power[k, frame] > threshold[frame] else threshold[frame]
    threshold *= np.float32(THRESHOLD)
    n_peaks = 0
    for k in range(_FIRST_BIN, _END_BIN):
        for frame in range(n_frames):
            left, centre, right = power[k - 1, frame], power[k, frame], power[k + 1, frame]
            if not centre > threshold[frame] or centre < right or (centre <= left and left > threshold[frame]):
                continue
            slope, curvature = (right - left) / 2, right + left - 2 * centre
            shift = np.float32(-slope / curvature) if abs(slope) < abs(curvature) else np.float32(0)
            pitch_hz[n_peaks] = (k + shift) * bin_hz
            strength[n_peaks] = centre + np.float32(0.5) * slope * shift
            n_peaks += 1
    return pitch_hz[:n_peaks], strength[:n_peaks]
