"""The published recipe: librosa's own functions, called one by one on the samples with their defaults."""

import librosa
import numpy as np

from pipeline.clip import SAMPLE_RATE_HZ


def published(y):
    """Compute the 57 values as the makers of the public tables did, by name."""
    sr = SAMPLE_RATE_HZ
    harmony, perceptr = librosa.effects.hpss(y)
    descriptors = {
        "chroma_stft": librosa.feature.chroma_stft(y=y, sr=sr),
        "rms": librosa.feature.rms(y=y),
        "spectral_centroid": librosa.feature.spectral_centroid(y=y, sr=sr),
        "spectral_bandwidth": librosa.feature.spectral_bandwidth(y=y, sr=sr),
        "rolloff": librosa.feature.spectral_rolloff(y=y, sr=sr),
        "zero_crossing_rate": librosa.feature.zero_crossing_rate(y),
        "harmony": harmony,
        "perceptr": perceptr,
    }
    descriptors |= {f"mfcc{i}": values for i, values in enumerate(librosa.feature.mfcc(y=y, sr=sr), start=1)}
    values = {f"{name}_mean": np.mean(values) for name, values in descriptors.items()}
    values |= {f"{name}_var": np.var(values) for name, values in descriptors.items()}
    (tempo_bpm,) = np.atleast_1d(librosa.beat.beat_track(y=y, sr=sr)[0])
    return values | {"tempo": tempo_bpm}
