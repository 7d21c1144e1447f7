"""``spectral-v1``: the 57 values of the public GTZAN tables, as librosa's defaults define them."""

from typing import TYPE_CHECKING

import numpy as np

from pipeline.features.bands import N_MFCC
from pipeline.features.registry import FeatureSet

if TYPE_CHECKING:
    from pipeline.features.signal import Signal

_BEFORE_TEMPO = {
    "chroma_stft": "chroma",
    "rms": "rms",
    "spectral_centroid": "spectral_centroid",
    "spectral_bandwidth": "spectral_bandwidth",
    "rolloff": "rolloff",
    "zero_crossing_rate": "zero_crossing_rate",
    "harmony": "harmonic",
    "perceptr": "percussive",
}
"""Name in the tables → property of a signal."""

_IN_HERTZ = ("spectral_centroid", "spectral_bandwidth", "rolloff")
_AFTER_TEMPO = tuple(f"mfcc{i}" for i in range(1, N_MFCC + 1))


def _columns(names) -> tuple[str, ...]:
    return tuple(f"{name}_{statistic}" for name in names for statistic in ("mean", "var"))


def spectral_v1(signal: "Signal") -> np.ndarray:
    """Compute mean and population variance over frames of each descriptor, and the tempo.

    Parameters
    ----------
    signal : Signal

    Returns
    -------
    np.ndarray [shape=(57,), dtype=float64]
        in the order of ``SPECTRAL_V1.columns``; centroid, bandwidth and roll-off in Hz, tempo in BPM
    """
    from pipeline.features.moments import mean_and_variance

    before_tempo = [mean_and_variance(getattr(signal, name).reshape(1, -1)) for name in _BEFORE_TEMPO.values()]
    return np.concatenate([*before_tempo, [signal.tempo_bpm], mean_and_variance(signal.mfcc)])


SPECTRAL_V1 = FeatureSet(
    "spectral-v1",
    (*_columns(_BEFORE_TEMPO), "tempo", *_columns(_AFTER_TEMPO)),
    spectral_v1,
    units={"tempo": "beats per minute"}
    | {f"{name}_mean": "Hz" for name in _IN_HERTZ}
    | {f"{name}_var": "Hz²" for name in _IN_HERTZ},
    level=frozenset({*_columns(("rms", "harmony", "perceptr")), "mfcc1_mean"}),
    title="handcrafted features",
)
