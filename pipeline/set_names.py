"""How a combination of feature sets is named: by its parts."""

from pipeline.errors import InputError

COMBINE = "+"
"""Stands between the names of feature sets that are read as one."""


def parts_of(feature_set: str) -> list[str]:
    """Return the sets that are stored of a set: itself, or those that a combination is made of."""
    return feature_set.split(COMBINE)


def asked_parts(feature_set: str) -> list[str]:
    """Return the parts of a set that somebody asks for.

    Raises
    ------
    InputError
        where a set is joined with itself
    """
    parts = parts_of(feature_set)
    if twice := next((part for part in parts if part and parts.count(part) > 1), None):
        raise InputError(f"{feature_set!r} joins {twice!r} with itself: name each feature set once")
    return parts


def is_combined(feature_set: str) -> bool:
    """Tell whether a name is that of a combination of sets, like ``spectral-v1+musicnn-msd-v1``."""
    return COMBINE in feature_set
