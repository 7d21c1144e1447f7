"""Signal in, named and versioned feature vectors out."""

from pipeline.errors import InputError
from pipeline.features.registry import FeatureSet
from pipeline.features.signal import Signal
from pipeline.features.spectral import SPECTRAL_V1

FEATURE_SETS = {feature_set.name: feature_set for feature_set in (SPECTRAL_V1,)}


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


__all__ = ["FEATURE_SETS", "FeatureSet", "Signal", "get_feature_set"]
