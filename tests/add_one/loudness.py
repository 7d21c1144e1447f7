"""``loudness-v1``: how loud a window is, and how much that changes."""

import numpy as np

from pipeline.features.registry import FeatureSet
from pipeline.features.signal import Signal

STATISTICS = {"mean": np.mean, "std": np.std, "max": np.max}


def loudness_v1(signal: Signal) -> np.ndarray:
    """Compute mean, standard deviation and maximum over frames of the level, dB, and of the zero crossings."""
    level = 20 * np.log10(np.maximum(signal.rms, 1e-5))
    rows = np.vstack([level, signal.zero_crossing_rate]).astype(np.float64)
    return np.array([statistic(row) for row in rows for statistic in STATISTICS.values()])


LOUDNESS_V1 = FeatureSet(
    "loudness-v1",
    tuple(f"{name}_{statistic}" for name in ("level", "crossings") for statistic in STATISTICS),
    loudness_v1,
    units={f"level_{statistic}": "dB" for statistic in STATISTICS},
)
