"""``perceptual-v1``: estimates of what listeners would say, under the names that Spotify's audio features made known.

Spotify's own formulas are not public; these are others, and none was fitted to listeners' answers. README.md beside
this file defines each column and says what was left out.
"""

import os
from functools import cache
from importlib.util import find_spec
from types import ModuleType
from typing import TYPE_CHECKING

import numpy as np

from pipeline.clip import SAMPLE_RATE_HZ
from pipeline.errors import InputError
from pipeline.features.danceability import danceability
from pipeline.features.registry import FeatureSet

if TYPE_CHECKING:
    from pipeline.features.signal import Signal

SONARA_VERSION = "0.3.6"
"""Whose values these are; another one's would be ``perceptual-v2``."""

_PITCH_CLASSES = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")
_FROM_SONARA = ("energy", "valence", "acousticness", "instrumentalness")


def perceptual_v1(signal: "Signal") -> np.ndarray:
    """Estimate ten Spotify-like descriptors.

    Parameters
    ----------
    signal : Signal

    Returns
    -------
    np.ndarray [shape=(10,), dtype=float64]
        in the order of ``PERCEPTUAL_V1.columns``

    Raises
    ------
    InputError
        where sonara is not installed, or in another version
    """
    heard = _sonara().analyze_signal(
        np.ascontiguousarray(signal.y, dtype=np.float32), sr=SAMPLE_RATE_HZ, features=["key", *_FROM_SONARA]
    )
    pitch_class, mode = heard["key"].split(" ")
    return np.array(
        [
            signal.tempo_bpm,
            _PITCH_CLASSES.index(pitch_class),
            mode == "major",
            heard["key_confidence"],
            heard["loudness_lufs"],
            danceability(signal.y),
            *(heard[name] for name in _FROM_SONARA),
        ],
        dtype=np.float64,
    )


def _say_missing() -> str:
    if find_spec("sonara") is not None:
        return ""
    mend = f"pip install sonara=={SONARA_VERSION}"
    return f"the package sonara, not installed here (it has no wheel for Linux on ARM): {mend}"


@cache
def _sonara() -> ModuleType:
    """Import sonara, in the version whose values these are."""
    # Its thread pool reads its size here, once. Files are what runs in parallel, not the frames of one.
    os.environ.setdefault("RAYON_NUM_THREADS", "1")
    if missing := _say_missing():
        raise InputError(f"feature set perceptual-v1 needs {missing}; or choose another set with --features")
    import sonara

    if sonara.__version__ != SONARA_VERSION:
        raise InputError(
            f"feature set perceptual-v1 is defined by sonara {SONARA_VERSION}, but {sonara.__version__} is installed: "
            f"pip install sonara=={SONARA_VERSION}"
        )
    return sonara


PERCEPTUAL_V1 = FeatureSet(
    "perceptual-v1",
    (
        "estimated_tempo_bpm",
        "estimated_key",
        "estimated_mode",
        "estimated_key_confidence",
        "estimated_loudness_lufs",
        "estimated_danceability",
        *(f"estimated_{name}" for name in _FROM_SONARA),
    ),
    perceptual_v1,
    level=frozenset({"estimated_loudness_lufs", "estimated_energy"}),
    units={"estimated_tempo_bpm": "beats per minute", "estimated_loudness_lufs": "LUFS"},
    say_missing=_say_missing,
    title="estimates of tempo, key and mood",
)
