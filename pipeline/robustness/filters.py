"""Changes of level and of the balance of frequencies: each takes the samples of a clip and gives as many."""

import numpy as np
import scipy.signal

from pipeline.clip import SAMPLE_RATE_HZ

TILT_FROM_HZ, TILT_PIVOT_HZ, TILT_TO_HZ = 100.0, 1_000.0, 10_000.0
"""Where a tilt reaches its full size, is nothing, and reaches it again the other way round."""

TILT_TAPS = 2_047
"""Of the linear-phase filter; odd, so that it delays by whole samples."""


def change_level(y: np.ndarray, *, gain_db: float) -> np.ndarray:
    """Make a signal louder or quieter; it is not clipped.

    Parameters
    ----------
    y : np.ndarray [shape=(n,)]
    gain_db : float
        decibels
    """
    return y * 10 ** (gain_db / 20)


def high_pass(y: np.ndarray, *, cutoff_hz: float, order: int) -> np.ndarray:
    """Take out what lies below a frequency, by a Butterworth filter that runs forwards and backwards: no delay.

    The cutoff is where both passes together take 6 dB. Three quarters of it is taken down by 40 dB at order 8.

    Parameters
    ----------
    y : np.ndarray [shape=(n,)]
    cutoff_hz : float
    order : int
        of one pass
    """
    sections = scipy.signal.butter(order, cutoff_hz, "highpass", fs=SAMPLE_RATE_HZ, output="sos")
    return scipy.signal.sosfiltfilt(sections, y)


def band_pass(y: np.ndarray, *, low_hz: float, high_hz: float, order: int) -> np.ndarray:
    """Keep what lies between two frequencies, by a Butterworth filter.

    Parameters
    ----------
    y : np.ndarray [shape=(n,)]
    low_hz, high_hz : float
        where 3 dB are taken
    order : int
        of either slope
    """
    sections = scipy.signal.butter(order, (low_hz, high_hz), "bandpass", fs=SAMPLE_RATE_HZ, output="sos")
    return scipy.signal.sosfilt(sections, y)


def tilt(y: np.ndarray, *, high_db: float) -> np.ndarray:
    """Raise high frequencies and lower low ones by as much, or the other way round, as a tone control does.

    The gain in decibels is a straight line over the logarithm of the frequency, from minus `high_db` at
    `TILT_FROM_HZ` through 0 at `TILT_PIVOT_HZ` to `high_db` at `TILT_TO_HZ`; beyond these it stays.

    Parameters
    ----------
    y : np.ndarray [shape=(n,)]
    high_db : float
        gain of the high end, decibels
    """
    frequencies = np.concatenate([[0.0], np.geomspace(TILT_FROM_HZ, TILT_TO_HZ, 64), [SAMPLE_RATE_HZ / 2]])
    places = np.log(np.clip(frequencies, TILT_FROM_HZ, TILT_TO_HZ) / TILT_PIVOT_HZ)
    gains = 10 ** (high_db / 20 * places / np.log(TILT_TO_HZ / TILT_PIVOT_HZ))
    taps = scipy.signal.firwin2(TILT_TAPS, frequencies, gains, fs=SAMPLE_RATE_HZ)
    return scipy.signal.oaconvolve(y, taps, mode="same")
