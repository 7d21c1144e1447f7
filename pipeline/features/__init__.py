"""Signal in, named and versioned feature vectors out; README.md beside this file lists the sets."""

from pipeline.errors import InputError
from pipeline.features.frames import MELSPEC_FRAMES_V1, MFCC_FRAMES_V1
from pipeline.features.gaussian import MFCC_GAUSSIAN_V1
from pipeline.features.perceptual import PERCEPTUAL_V1
from pipeline.features.registry import FeatureSet
from pipeline.features.signal import Signal
from pipeline.features.spectral import SPECTRAL_V1
from pipeline.features.stats4 import SPECTRAL_STATS4

FEATURE_SETS = {
    feature_set.name: feature_set
    for feature_set in (
        SPECTRAL_V1,
        SPECTRAL_STATS4,
        MFCC_GAUSSIAN_V1,
        MELSPEC_FRAMES_V1,
        MFCC_FRAMES_V1,
        PERCEPTUAL_V1,
    )
}


def get_feature_set(name: str) -> FeatureSet:
    """Return the feature set called `name`.

    Raises
    ------
    InputError
        where there is none of that name
    """
    try:
        return FEATURE_SETS[name]
    except KeyError:
        raise InputError(f"no feature set {name!r}; there are: {', '.join(FEATURE_SETS)}") from None


def sets_of_kind(kind: str) -> list[str]:
    """Return the names of the feature sets of a ``FeatureSet.kind``."""
    return [name for name, known in FEATURE_SETS.items() if known.kind == kind]


def feature_unit(column: str) -> str:
    """Return the unit of a feature, by its name in any set; empty where it has none or is not ours to know."""
    return next((known.units[column] for known in FEATURE_SETS.values() if column in known.units), "")


__all__ = ["FEATURE_SETS", "FeatureSet", "Signal", "feature_unit", "get_feature_set", "sets_of_kind"]
