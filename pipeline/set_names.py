"""How a combination of feature sets is named: by its parts."""

COMBINE = "+"
"""Stands between the names of feature sets that are read as one."""


def parts_of(feature_set: str) -> list[str]:
    """Return the sets that are stored of a set: itself, or those that a combination is made of."""
    return feature_set.split(COMBINE)


def is_combined(feature_set: str) -> bool:
    """Tell whether a name is that of a combination of sets, like ``spectral-v1+musicnn-msd-v1``."""
    return COMBINE in feature_set
