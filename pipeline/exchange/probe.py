"""Whether features come out here as they did where a champion was made: the same sound, measured on both sides."""

import hashlib
from collections.abc import Mapping, Sequence

import numpy as np

from pipeline.clip import SAMPLE_RATE_HZ
from pipeline.features import FeatureSet
from pipeline.features.signal import Signal

PROBE_S = 6
TOLERANCE = 1e-3
"""Of a value: rounding on another processor stays far below, another definition far above."""


def measure(feature_set: FeatureSet) -> list[float]:
    """Return the set's values of the probe, of frames their means."""
    values = np.asarray(feature_set.compute(Signal(_sound())), dtype=np.float64)
    return values.mean(axis=0).tolist() if feature_set.is_sequence else values.tolist()


def say_difference(feature_set: FeatureSet, there: Sequence[float], versions: Mapping[str, str]) -> str:
    """Say which of the set's values differ most from those `there`; empty where they are the same.

    Parameters
    ----------
    feature_set : FeatureSet
    there : sequence of float [shape=(n_columns,)]
        what `measure` gave there
    versions : mapping
        of packages there
    """
    here, known = np.array(measure(feature_set)), np.array(there, dtype=np.float64)
    if here.shape != known.shape:
        return f"{feature_set.name!r} has {len(here)} values here, and had {len(known)} where the champion was made"
    apart = np.abs(here - known) / np.maximum(np.abs(known), 1e-6)
    worst = int(apart.argmax())
    if apart[worst] <= TOLERANCE:
        return ""
    return (
        f"features of {feature_set.name!r} come out otherwise here than where the champion was made "
        f"({feature_set.columns[worst]}: {known[worst]:.6g} there, {here[worst]:.6g} here; made by genrelab "
        f"{versions.get('genrelab')}, librosa {versions.get('librosa')}): its answers may differ"
    )


def _sound() -> np.ndarray:
    """Return noise in beats [shape=(n,), dtype=float32], the same wherever it is made: numbers from a hash, divided."""
    n = PROBE_S * SAMPLE_RATE_HZ
    noise = np.frombuffer(hashlib.shake_256(b"genrelab probe").digest(2 * n), dtype="<i2")
    fading = SAMPLE_RATE_HZ // 2 - np.arange(n) % (SAMPLE_RATE_HZ // 2)
    return (noise.astype(np.float64) / 2**16 * fading / (SAMPLE_RATE_HZ // 2)).astype(np.float32)
