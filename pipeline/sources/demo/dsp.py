"""Signal-processing pieces that the instruments, the drums and the mixing desk share."""

from functools import lru_cache

import numpy as np
from scipy import signal

SAMPLE_RATE_HZ = 22050


def db_to_gain(level_db: float) -> float:
    """Amplitude factor of a level in decibels."""
    return float(10.0 ** (level_db / 20.0))


def rms(y: np.ndarray) -> float:
    """Root mean square of a signal [shape=(n,)]."""
    return float(np.sqrt(np.mean(np.square(y, dtype=np.float64))))


def time_s(duration_s: float) -> np.ndarray:
    """Instants of the samples of a sound [shape=(n,)], in seconds; at least two."""
    return np.arange(max(2, round(duration_s * SAMPLE_RATE_HZ))) / SAMPLE_RATE_HZ


@lru_cache(maxsize=1)
def _noise_tape() -> np.ndarray:
    tape = np.random.default_rng(0).standard_normal(2**19).astype(np.float32)
    tape.setflags(write=False)
    return tape


def noise(n: int, offset: int = 0) -> np.ndarray:
    """White Gaussian noise of unit variance [shape=(n,)], always the same for the same offset."""
    return np.take(_noise_tape(), np.arange(offset, offset + n), mode="wrap")


@lru_cache(maxsize=256)
def _butterworth(kind: str, cutoff_hz: float | tuple[float, float], order: int) -> np.ndarray:
    return signal.butter(order, cutoff_hz, kind, fs=SAMPLE_RATE_HZ, output="sos").astype(np.float32)


def lowpass(y: np.ndarray, cutoff_hz: float, order: int = 2) -> np.ndarray:
    """Butterworth low-pass."""
    return signal.sosfilt(_butterworth("lowpass", min(cutoff_hz, 10500.0), order), y)


def highpass(y: np.ndarray, cutoff_hz: float, order: int = 2) -> np.ndarray:
    """Butterworth high-pass."""
    return signal.sosfilt(_butterworth("highpass", cutoff_hz, order), y)


def bandpass(y: np.ndarray, low_hz: float, high_hz: float) -> np.ndarray:
    """Butterworth band-pass of order 2."""
    return signal.sosfilt(_butterworth("bandpass", (low_hz, min(high_hz, 10500.0)), 1), y)


def shelve(y: np.ndarray, corner_hz: float, low_db: float, high_db: float) -> np.ndarray:
    """Tilt a spectrum: `low_db` below the corner, `high_db` above it, 6 dB an octave between."""
    below = signal.sosfilt(_butterworth("lowpass", corner_hz, 1), y)
    return db_to_gain(low_db) * below + db_to_gain(high_db) * (y - below)


def saturate(y: np.ndarray, drive: float) -> np.ndarray:
    """Overdrive as of a valve amplifier: harmonics of single notes, growl of chords; the loudness stays."""
    loudness = rms(y)
    if loudness == 0.0 or drive <= 0.0:
        return y
    driven = np.tanh(y * (drive / loudness) + 0.15) - np.tanh(0.15)
    return driven * (loudness / rms(driven))


def reverberate(y: np.ndarray, room_s: float, wet: float) -> np.ndarray:
    """Add the sound of a room: decaying noise of `room_s` seconds (to −60 dB), darker than the source."""
    t = time_s(room_s)
    impulse = lowpass(noise(len(t), offset=4096), 4500.0) * np.exp(-6.9 * t / room_s)
    impulse /= np.sqrt(np.sum(impulse**2))
    return y + wet * signal.oaconvolve(y, impulse.astype(np.float32))[: len(y)]


def add_at(track: np.ndarray, sound: np.ndarray, onset_s: float, gain: float) -> None:
    """Mix a sound into a track [shape=(n,)] in place, not before its beginning and not beyond its end."""
    start = max(0, round(onset_s * SAMPLE_RATE_HZ))
    sound = sound[: max(0, len(track) - start)]
    track[start : start + len(sound)] += np.float32(gain) * sound
