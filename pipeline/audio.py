"""Decode a file to one mono signal at one rate, and cut it into windows."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

import librosa
import numpy as np
import soundfile

from pipeline.clip import CLIP_S, SAMPLE_RATE_HZ
from pipeline.errors import AudioError

LONGEST_WHOLE_S = 1.1 * CLIP_S
"""A file up to this long is analysed whole; of a longer one, the middle `CLIP_S` are, as in the FMA corpus."""

SHORTEST_SHARE = 0.95
"""A clip may be this share of `CLIP_S` and still count as one: published 30-second clips last 29.7 to 30.6 s."""

SILENCE = 1e-4
"""A signal whose samples span less than this (-80 dB of full scale) is silent."""

LOUDEST = 1e10
"""Samples beyond this multiple of full scale are no audio (32-bit integers stored as floats reach 2e9)."""


@dataclass(frozen=True)
class Clip:
    """The part of a file that stands for its track.

    Attributes
    ----------
    samples : np.ndarray [shape=(n,), dtype=float32]
        mono, at 22 050 Hz
    duration_s : float
        of the whole file
    sample_rate_hz, channels : int
        as stored in the file
    """

    samples: np.ndarray
    duration_s: float
    sample_rate_hz: int
    channels: int

    @property
    def content_hash(self) -> str:
        """SHA-256 of the decoded samples: equal for tracks that sound the same to the last bit."""
        return hashlib.sha256(self.samples.tobytes()).hexdigest()


@dataclass(frozen=True)
class Window:
    """A stretch of a clip.

    Attributes
    ----------
    start_s : float
        from the start of the clip
    samples : np.ndarray [shape=(n,), dtype=float32]
    """

    start_s: float
    samples: np.ndarray


def decode(path: Path) -> Clip:
    """Decode, mix down (mean of the channels) and resample (soxr, high quality) as ``librosa.load`` does.

    Raises
    ------
    AudioError
        ``unreadable``, ``undecodable``, ``empty``, ``not_finite``, ``out_of_range`` or ``silent``
    """
    try:
        if path.stat().st_size == 0:
            raise AudioError("empty", "the file has 0 bytes")
        with path.open("rb"), soundfile.SoundFile(path) as file:  # the system's own error, where it can't be opened
            rate_hz, channels = file.samplerate, file.channels
            frames, duration_s = _read(file, file.frames)
    except OSError as error:
        raise AudioError("unreadable", f"cannot read the file: {error.strerror or error}") from error
    except soundfile.LibsndfileError as error:
        raise AudioError("undecodable", f"not audio that can be decoded: {error.error_string}") from error
    if len(frames) == 0:
        raise AudioError("empty", "the file holds no samples")
    if not np.isfinite(frames).all():
        raise AudioError("not_finite", "the samples hold NaN or infinite values")
    peak = float(np.abs(frames).max())
    if peak > LOUDEST:
        raise AudioError("out_of_range", f"a sample is {peak:.3g} times full scale")
    samples = librosa.to_mono(frames.T)
    if np.ptp(samples) < SILENCE:
        raise AudioError("silent", "the signal never moves by more than -80 dB of full scale")
    if rate_hz != SAMPLE_RATE_HZ:
        samples = librosa.resample(samples, orig_sr=rate_hz, target_sr=SAMPLE_RATE_HZ)
    return Clip(np.ascontiguousarray(samples, dtype=np.float32), duration_s, rate_hz, channels)


def _read(file: soundfile.SoundFile, n_frames: int) -> tuple[np.ndarray, float]:
    """Read the clip of a file that says it holds `n_frames`; return it and how long the file is, in seconds.

    A damaged file may end before it says it does: then what is there counts.
    """
    start, wanted = 0, n_frames
    if n_frames > LONGEST_WHOLE_S * file.samplerate:
        wanted = round(CLIP_S * file.samplerate)
        start = (n_frames - wanted) // 2
    if start:
        file.seek(start)
    frames = file.read(wanted, dtype="float32", always_2d=True)
    if len(frames) == wanted:
        return frames, n_frames / file.samplerate
    if start:
        file.seek(0)
        return _read(file, start + len(frames))
    return frames, len(frames) / file.samplerate


def cut(samples: np.ndarray, window_s: float) -> list[Window]:
    """Cut a clip into whole windows, side by side from its start, no more than ``CLIP_S / window_s`` of them.

    A window of `CLIP_S` is the clip itself, whole, even where it is a little shorter or longer.

    Parameters
    ----------
    samples : np.ndarray [shape=(n,)]
    window_s : float
        0 < window_s <= CLIP_S

    Returns
    -------
    list of Window
        empty where the clip is shorter than one window
    """
    if window_s == CLIP_S:
        long_enough = len(samples) >= SHORTEST_SHARE * CLIP_S * SAMPLE_RATE_HZ
        return [Window(0.0, samples)] if long_enough else []
    length = round(window_s * SAMPLE_RATE_HZ)
    n_windows = min(len(samples) // length, int(CLIP_S / window_s))
    return [Window(round(i * window_s, 6), samples[i * length : (i + 1) * length]) for i in range(n_windows)]
