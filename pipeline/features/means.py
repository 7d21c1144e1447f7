"""The means of a feature set without its other statistics, as a feature set of its own."""

from collections.abc import Sequence

SUFFIX = "-means"
"""Ends the name of such a set: ``spectral-v1-means``."""

OTHER_STATISTICS = ("_var", "_cov", "_std", "_sd", "_min", "_max", "_median")
"""How the columns end that it leaves out."""


def means_set(feature_set: str) -> str:
    """Return the name of the set that is a set's means alone."""
    return feature_set + SUFFIX


def base_set(feature_set: str) -> str:
    """Return the set that is computed where this one is asked for: itself, or the one whose means it is."""
    return feature_set.removesuffix(SUFFIX)


def mean_columns(columns: Sequence[str]) -> list[int]:
    """Return which columns are left, by place: all but other statistics; none where names don't tell any mean."""
    kept = [place for place, name in enumerate(columns) if not name.endswith(OTHER_STATISTICS)]
    has_means = len(kept) < len(columns) and any(columns[place].endswith("_mean") for place in kept)
    return kept if has_means else []
