"""``spectral-v1``: the 57 values of the public GTZAN tables, as librosa's defaults define them."""

import warnings

import librosa
import numpy as np

from pipeline.clip import SAMPLE_RATE_HZ
from pipeline.features.hpss import separate
from pipeline.features.registry import FeatureSet

N_FFT = 2048
HOP_LENGTH = 512
N_MFCC = 20

_BEFORE_TEMPO = (
    "chroma_stft",
    "rms",
    "spectral_centroid",
    "spectral_bandwidth",
    "rolloff",
    "zero_crossing_rate",
    "harmony",
    "perceptr",
)
_AFTER_TEMPO = tuple(f"mfcc{i}" for i in range(1, N_MFCC + 1))


def _columns(names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(f"{name}_{statistic}" for name in names for statistic in ("mean", "var"))


def spectral_v1(samples: np.ndarray) -> np.ndarray:
    """Compute mean and population variance over frames of each descriptor, and the tempo.

    The short-time Fourier transform (2048-sample Hann window, hop 512) is computed once and shared.

    Parameters
    ----------
    samples : np.ndarray [shape=(n,), dtype=float32]
        mono, 22 050 Hz

    Returns
    -------
    np.ndarray [shape=(57,), dtype=float64]
        in the order of ``SPECTRAL_V1.columns``; centroid, bandwidth and roll-off in Hz, tempo in BPM
    """
    stft = librosa.stft(samples, n_fft=N_FFT, hop_length=HOP_LENGTH)
    magnitude = np.abs(stft)
    mel_db = librosa.power_to_db(librosa.feature.melspectrogram(S=magnitude**2, sr=SAMPLE_RATE_HZ))
    harmonic, percussive = separate(stft)
    with warnings.catch_warnings():  # a silent window has no tuning; its chroma are zeros
        warnings.filterwarnings("ignore", "Trying to estimate tuning from empty frequency set", UserWarning)
        chroma = librosa.feature.chroma_stft(S=magnitude**2, sr=SAMPLE_RATE_HZ)
    before_tempo = (
        chroma,
        librosa.feature.rms(y=samples),
        librosa.feature.spectral_centroid(S=magnitude, sr=SAMPLE_RATE_HZ),
        librosa.feature.spectral_bandwidth(S=magnitude, sr=SAMPLE_RATE_HZ),
        librosa.feature.spectral_rolloff(S=magnitude, sr=SAMPLE_RATE_HZ),
        librosa.feature.zero_crossing_rate(samples),
        librosa.istft(harmonic, n_fft=N_FFT, hop_length=HOP_LENGTH, length=len(samples)),
        librosa.istft(percussive, n_fft=N_FFT, hop_length=HOP_LENGTH, length=len(samples)),
    )
    mfcc = librosa.feature.mfcc(S=mel_db, n_mfcc=N_MFCC)
    onset_strength = librosa.onset.onset_strength(S=mel_db, sr=SAMPLE_RATE_HZ, aggregate=np.median)
    tempo_bpm, _ = librosa.beat.beat_track(onset_envelope=onset_strength, sr=SAMPLE_RATE_HZ)
    return np.array(
        [*_mean_and_variance(before_tempo), float(np.squeeze(tempo_bpm)), *_mean_and_variance(mfcc)], dtype=np.float64
    )


def _mean_and_variance(descriptors) -> list[float]:
    return [
        float(statistic(descriptor, dtype=np.float64)) for descriptor in descriptors for statistic in (np.mean, np.var)
    ]


SPECTRAL_V1 = FeatureSet("spectral-v1", (*_columns(_BEFORE_TEMPO), "tempo", *_columns(_AFTER_TEMPO)), spectral_v1)
