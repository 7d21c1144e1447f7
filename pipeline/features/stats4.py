"""``spectral-stats4``: four statistics of every frame-wise descriptor, 681 values.

The 4 counts the statistics. A change of a value would make ``spectral-stats4-v2``.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from pipeline.features.bands import N_MELS
from pipeline.features.registry import FeatureSet

if TYPE_CHECKING:
    from pipeline.features.signal import Signal

_STATISTICS: dict[str, Callable[..., np.ndarray]] = {"mean": np.mean, "std": np.std, "min": np.min, "max": np.max}


def _numbered(name: str, n: int) -> list[str]:
    return [f"{name}{i}" for i in range(1, n + 1)]


_DESCRIPTORS = (
    *_numbered("mfcc", 20),
    *_numbered("mel", N_MELS),
    "harmonic_rms",
    "percussive_rms",
    "spectral_centroid",
    *_numbered("chroma", 12),
    *_numbered("tonnetz", 6),
    "rms",
)

_UNITS = dict.fromkeys(_numbered("mel", N_MELS), "dB") | {"spectral_centroid": "Hz"}


def spectral_stats4(signal: "Signal") -> np.ndarray:
    """Compute mean, population standard deviation, minimum and maximum over frames of each descriptor, and the tempo.

    Mel bands are in dB, as MFCCs and published spectrogram models take them: bands of power span ten decades, so that
    their statistics would be those of the loudest frame. As librosa's default has it, no band lies more than 80 dB
    below the window's loudest; a minimum is often this floor. Harmonic and percussive energy are the root mean squares
    of the two separated signals in each frame. A value that ``spectral-v1`` has too bears its name and equals it.

    Parameters
    ----------
    signal : Signal

    Returns
    -------
    np.ndarray [shape=(681,), dtype=float64]
        in the order of ``SPECTRAL_STATS4.columns``; mel bands in dB, centroid in Hz, tempo in BPM
    """
    from pipeline.features.waveform import root_mean_square

    frames = np.vstack(
        [
            signal.mfcc,
            signal.mel_db,
            root_mean_square(signal.harmonic),
            root_mean_square(signal.percussive),
            signal.spectral_centroid,
            signal.chroma,
            signal.tonnetz,
            signal.rms,
        ]
    ).astype(np.float64)
    values = np.stack([statistic(frames, axis=1) for statistic in _STATISTICS.values()], axis=1)
    return np.array([*values.ravel(), signal.tempo_bpm])


SPECTRAL_STATS4 = FeatureSet(
    "spectral-stats4",
    (*(f"{name}_{statistic}" for name in _DESCRIPTORS for statistic in _STATISTICS), "tempo"),
    spectral_stats4,
    units={"tempo": "beats per minute"}
    | {f"{name}_{statistic}": unit for name, unit in _UNITS.items() for statistic in _STATISTICS},
    level=frozenset(
        {f"{name}_{statistic}" for name in ("harmonic_rms", "percussive_rms", "rms") for statistic in _STATISTICS}
        | {f"{name}_{kind}" for name in ("mfcc1", *_numbered("mel", N_MELS)) for kind in ("mean", "min", "max")}
    ),
    title="handcrafted features with four statistics",
)
