"""The published recipe: the features of the public tables by librosa's own calls, one by one, with their defaults."""

import librosa
import numpy as np

from pipeline.clip import SAMPLE_RATE_HZ

CALLS = {
    "chroma_stft": lambda y: [librosa.feature.chroma_stft(y=y, sr=SAMPLE_RATE_HZ)],
    "rms": lambda y: [librosa.feature.rms(y=y)],
    "spectral_centroid": lambda y: [librosa.feature.spectral_centroid(y=y, sr=SAMPLE_RATE_HZ)],
    "spectral_bandwidth": lambda y: [librosa.feature.spectral_bandwidth(y=y, sr=SAMPLE_RATE_HZ)],
    "rolloff": lambda y: [librosa.feature.spectral_rolloff(y=y, sr=SAMPLE_RATE_HZ)],
    "zero_crossing_rate": lambda y: [librosa.feature.zero_crossing_rate(y)],
    "harmony, perceptr": lambda y: librosa.effects.hpss(y),
    "tempo": lambda y: [np.squeeze(librosa.beat.beat_track(y=y, sr=SAMPLE_RATE_HZ)[0])],
    "mfcc": lambda y: list(librosa.feature.mfcc(y=y, sr=SAMPLE_RATE_HZ)),
}
"""Descriptor → librosa's own call on the samples, giving one array a row of the tables."""


def published(y: np.ndarray) -> dict[str, float]:
    """Compute the 57 values of the public tables.

    Parameters
    ----------
    y : np.ndarray [shape=(n,)]
        mono, 22 050 Hz

    Returns
    -------
    dict of str to float
        by column name
    """
    values = {}
    for name, call in CALLS.items():
        found = call(y)
        names = [f"mfcc{i}" for i in range(1, len(found) + 1)] if name == "mfcc" else name.split(", ")
        for row_name, row in zip(names, found, strict=True):
            if row_name == "tempo":
                values["tempo"] = float(row)
            else:
                values |= {f"{row_name}_mean": float(np.mean(row)), f"{row_name}_var": float(np.var(row))}
    return values
