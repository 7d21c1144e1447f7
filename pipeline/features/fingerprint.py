"""What a recording is known by, whatever its level or format: the peaks of its spectrum, and hashes of their pairs.

Landmarks after Wang (2003, "An industrial-strength audio search algorithm"), on bands of a quarter tone, so that a
recording that runs 1 % faster still has many hashes in common. Nothing depends on the level: peaks are compared with
what is around them, and with the loudest.
"""

import numpy as np
import scipy.fft
from scipy.ndimage import maximum_filter

from pipeline.clip import SAMPLE_RATE_HZ
from pipeline.features.fourier import hann

N_FFT, HOP_LENGTH = 2048, 1024
BANDS_PER_OCTAVE, N_OCTAVES, LOWEST_HZ = 24, 4, 220.0
"""From 220 to 3520 Hz: what MP3 at a low bit rate, and a file of 8 kHz, still have."""

AROUND = 3
"""A peak is the largest of so many frames and bands to each side."""

QUIETEST = 12.0
"""Peaks farther below the loudest are noise (natural logarithm of power; 52 dB)."""

MOST_PEAKS = 2000
FAN_OUT, LONGEST_GAP, WIDEST_STEP = 8, 32, 30
"""A peak is paired with those of the next 8 that come within 32 frames (1.5 s) and 30 bands."""

HASHES_A_BAND = (2 * WIDEST_STEP + 1) * LONGEST_GAP
"""Hashes of pairs that start in one band; the same pair a band higher is so many more."""

SAMPLED = 4

PEAK = np.dtype([("frame", "<u2"), ("band", "u1")])

_BLOCK = 64
_N_BANDS = BANDS_PER_OCTAVE * N_OCTAVES
_WINDOW = hann(N_FFT).astype(np.float32)


def _band_weights() -> np.ndarray:
    """Return triangles, a band's width to each side of its centre, that cover one bin at least [shape=(bins, 96)]."""
    hz = np.fft.rfftfreq(N_FFT, 1 / SAMPLE_RATE_HZ)
    centres = LOWEST_HZ * 2 ** (np.arange(_N_BANDS) / BANDS_PER_OCTAVE)
    widths = np.maximum(centres * (2 ** (1 / BANDS_PER_OCTAVE) - 1), SAMPLE_RATE_HZ / N_FFT)
    weights = np.maximum(0, 1 - np.abs(hz[:, None] - centres) / widths)
    return weights[: 1 + np.flatnonzero(weights.any(axis=1))[-1]].astype(np.float32)


_WEIGHTS = _band_weights()


def fingerprint(y: np.ndarray) -> bytes:
    """Return the peaks of a signal's spectrum, three bytes each.

    Parameters
    ----------
    y : np.ndarray [shape=(n,), dtype=float32]
        mono, 22 050 Hz

    Returns
    -------
    bytes
        an array of `PEAK`: frames of 46 ms from the start, bands of a quarter tone from 220 Hz; in the order of frames
    """
    frames = np.lib.stride_tricks.sliding_window_view(np.pad(y, N_FFT // 2), N_FFT)[::HOP_LENGTH]
    power = np.empty((len(frames), _N_BANDS), dtype=np.float32)
    for first in range(0, len(frames), _BLOCK):
        spectra = scipy.fft.rfft(frames[first : first + _BLOCK] * _WINDOW)[:, : len(_WEIGHTS)]
        power[first : first + _BLOCK] = (spectra.real**2 + spectra.imag**2) @ _WEIGHTS
    loudest = power.max(initial=0)
    if not loudest > 0:
        return b""
    level = power / loudest
    highest = maximum_filter(level, size=2 * AROUND + 1)
    frame, band = np.nonzero((level == highest) & (level > np.exp(-QUIETEST)))
    if len(frame) > MOST_PEAKS:
        kept = np.sort(np.argsort(-level[frame, band], kind="stable")[:MOST_PEAKS])
        frame, band = frame[kept], band[kept]
    peaks = np.empty(len(frame), dtype=PEAK)
    peaks["frame"], peaks["band"] = frame, band
    return peaks.tobytes()


def pair_hashes(peaks: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Hash pairs of peaks: both bands, and the frames between them.

    Parameters
    ----------
    peaks : np.ndarray [shape=(n,), dtype=PEAK]

    Returns
    -------
    hashes : np.ndarray of int64 [shape=(m,)]
        below 2 ** 19
    frames : np.ndarray of int64 [shape=(m,)]
        of the earlier peak
    """
    first, second = _pairs(peaks)
    frame, band = peaks["frame"].astype(np.int64), peaks["band"].astype(np.int64)
    return _hash(frame, band, first, second), frame[first]


def quad_hashes(peaks: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Hash a peak with three that follow; much rarer than a pair, so that few recordings share one by chance.

    Of all triples that quads begin with, one in `SAMPLED` counts; which ones depends on the triple alone, so it is the
    same ones in every recording.

    Returns
    -------
    hashes : np.ndarray of uint32 [shape=(m,)]
    frames : np.ndarray of int64 [shape=(m,)]
        of the earliest peak
    """
    first, second = _pairs(peaks)
    frame, band = peaks["frame"].astype(np.int64), peaks["band"].astype(np.int64)
    order = np.argsort(first, kind="stable")
    first, second = first[order], second[order]
    pairs = _hash(frame, band, first, second)
    to_anchor = pairs % HASHES_A_BAND  # where a peak stands, seen from the first
    hashes, anchors = [np.empty(0, dtype=np.int64)], [np.empty(0, dtype=np.int64)]
    for third in range(1, FAN_OUT - 1):
        at = np.flatnonzero(first[third:] == first[:-third])
        triples = pairs[at] * HASHES_A_BAND + to_anchor[at + third]
        chosen = _mixed(triples) < 2**32 // SAMPLED
        at, triples = at[chosen], triples[chosen]
        for fourth in range(third + 1, FAN_OUT):
            there = at + fourth < len(first)
            at, triples = at[there], triples[there]
            same = first[at + fourth] == first[at]
            at, triples = at[same], triples[same]
            hashes.append(triples * HASHES_A_BAND + to_anchor[at + fourth])
            anchors.append(first[at])
    return _mixed(np.concatenate(hashes)), frame[np.concatenate(anchors)]


def _mixed(numbers: np.ndarray) -> np.ndarray:
    """Spread numbers evenly over 32 bits [dtype=uint32]: Knuth's multiplicative hash."""
    return (numbers.astype(np.uint64) * np.uint64(11400714819323198485) >> np.uint64(32)).astype(np.uint32)


def _pairs(peaks: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    frame, band = peaks["frame"].astype(np.int64), peaks["band"].astype(np.int64)
    ends = []
    for ahead in range(1, FAN_OUT + 1):
        gap, step = frame[ahead:] - frame[:-ahead], band[ahead:] - band[:-ahead]
        first = np.flatnonzero((gap > 0) & (gap < LONGEST_GAP) & (np.abs(step) <= WIDEST_STEP))
        ends.append((first, first + ahead))
    return np.concatenate([first for first, _ in ends]), np.concatenate([second for _, second in ends])


def _hash(frame: np.ndarray, band: np.ndarray, first: np.ndarray, second: np.ndarray) -> np.ndarray:
    step = band[second] - band[first] + WIDEST_STEP
    return band[first] * HASHES_A_BAND + step * LONGEST_GAP + frame[second] - frame[first]
