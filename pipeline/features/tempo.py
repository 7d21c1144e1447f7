"""Tempo of a mel spectrogram, as ``librosa.beat.beat_track`` reports it, without tracking the beats."""

import numpy as np
import scipy.fft

from pipeline.clip import SAMPLE_RATE_HZ
from pipeline.features.fourier import HOP_LENGTH, N_FFT, hann

START_BPM = 120.0
FASTEST_BPM = 320.0
WINDOW_S = 8.0

_N_LAGS = int(WINDOW_S * SAMPLE_RATE_HZ / HOP_LENGTH)
_N_PADDED = scipy.fft.next_fast_len(2 * _N_LAGS - 1, real=True)
_WINDOW = hann(_N_LAGS)
_TINY = np.finfo(np.float64).tiny
_BLOCK = 64
"""Windows that are transformed together: they fit the second cache."""
_BPM = np.concatenate([[np.inf], 60 * SAMPLE_RATE_HZ / (HOP_LENGTH * np.arange(1.0, _N_LAGS))])
"""Tempo by the lag at which onsets repeat, frames."""


def _log_prior() -> np.ndarray:
    with np.errstate(invalid="ignore"):
        prior = -0.5 * (np.log2(_BPM) - np.log2(START_BPM)) ** 2
    prior[_BPM >= FASTEST_BPM] = -np.inf
    return prior


_LOG_PRIOR = _log_prior()


def onset_strength(mel_db: np.ndarray) -> np.ndarray:
    """Take the median rise over mel bands from frame to frame: ``librosa.onset.onset_strength(aggregate=np.median)``.

    Parameters
    ----------
    mel_db : np.ndarray [shape=(n_mels, n_frames)]

    Returns
    -------
    np.ndarray [shape=(n_frames,)]
    """
    rise = np.maximum(np.diff(np.ascontiguousarray(mel_db.T), axis=0), 0)
    rise.sort(axis=1)
    n_mels = rise.shape[1]
    median = (rise[:, (n_mels - 1) // 2] + rise[:, n_mels // 2]) / 2
    lag = 1 + N_FFT // (2 * HOP_LENGTH)  # of the difference, and of centred frames
    return np.pad(median, (lag, 0))[: mel_db.shape[1]]


def estimate_tempo(onsets: np.ndarray) -> float:
    """Find the lag at which onsets repeat, with a log-normal prior about 120 BPM (Ellis 2007).

    The autocorrelation of 8-second windows about every frame, each scaled by its own energy, is averaged. The mean of
    inverse transforms is the inverse transform of the mean, so that one does for all windows.

    Parameters
    ----------
    onsets : np.ndarray [shape=(n_frames,)]
        onset strength

    Returns
    -------
    float
        beats a minute; 0 where there is no onset
    """
    if not onsets.any():
        return 0.0
    padded = np.pad(onsets, _N_LAGS // 2, mode="linear_ramp")
    windows = np.lib.stride_tricks.sliding_window_view(padded, _N_LAGS)[: len(onsets)]
    total_power = np.zeros(_N_PADDED // 2 + 1)
    for first in range(0, len(windows), _BLOCK):
        block = windows[first : first + _BLOCK] * _WINDOW
        energy = np.einsum("ij,ij->i", block, block)
        spectra = scipy.fft.rfft(block, n=_N_PADDED)
        scale = 1 / np.where(energy < _TINY, 1, energy)
        total_power += scale @ (spectra.real**2 + spectra.imag**2)
    autocorrelation = scipy.fft.irfft(total_power / len(windows), n=_N_PADDED)[:_N_LAGS]
    return float(_BPM[np.argmax(np.log1p(1e6 * autocorrelation) + _LOG_PRIOR)])
