"""Signal in, named and versioned feature vectors out; README.md beside this file lists the sets."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from pipeline.errors import InputError
from pipeline.features.frames import MELSPEC_FRAMES_V1, MFCC_FRAMES_V1
from pipeline.features.gaussian import MFCC_GAUSSIAN_V1
from pipeline.features.musicnn import MUSICNN_MSD_EMBEDDING_V1, MUSICNN_MSD_V1
from pipeline.features.perceptual import PERCEPTUAL_V1
from pipeline.features.registry import FeatureSet, Wanted
from pipeline.features.spectral import SPECTRAL_V1
from pipeline.features.stats4 import SPECTRAL_STATS4
from pipeline.set_names import COMBINE, asked_parts
from pipeline.settings import DEMO_DATASET

if TYPE_CHECKING:
    from pipeline.features.signal import Signal

FEATURE_SETS = {
    feature_set.name: feature_set
    for feature_set in (
        SPECTRAL_V1,
        SPECTRAL_STATS4,
        MFCC_GAUSSIAN_V1,
        MELSPEC_FRAMES_V1,
        MFCC_FRAMES_V1,
        PERCEPTUAL_V1,
        MUSICNN_MSD_V1,
        MUSICNN_MSD_EMBEDDING_V1,
    )
}


TAGS = MUSICNN_MSD_V1
"""How much each word that listeners give music applies."""


def get_feature_set(name: str) -> FeatureSet:
    """Return the feature set called `name`; of names joined by ``+``, the combination of those sets.

    Raises
    ------
    InputError
        where there is none of that name, or sequences, or a set and itself, are to be combined
    """
    parts = []
    for part in asked_parts(name):
        if part not in FEATURE_SETS:
            raise InputError(f"no feature set {part!r}; there are: {', '.join(FEATURE_SETS)}")
        parts.append(FEATURE_SETS[part])
    return parts[0] if len(parts) == 1 else _combine(tuple(parts))


def find_feature_set(name: str) -> FeatureSet | None:
    """Return the feature set called `name`, or None: a table's features may be any."""
    try:
        return get_feature_set(name)
    except InputError:
        return None


def usual_features(dataset: str) -> str:
    """Return the sets that a dataset of audio is compared on where nobody says which.

    The handcrafted features, and what a network hears that learned from other music, where it is installed: each alone,
    and both together. The demo corpus is synthetic, of which the network knows nothing.
    """
    if dataset == DEMO_DATASET or not TAGS.is_here:
        return SPECTRAL_V1.name
    return ",".join([SPECTRAL_V1.name, TAGS.name, COMBINE.join([SPECTRAL_V1.name, TAGS.name])])


def trained_on(columns: Sequence[str]) -> str:
    """Return what music a network learned from whose values are among these columns; empty where none are.

    Columns tell it and no name does: a set may be part of a combination, or have come in a table.
    """
    present = set(columns)
    learned = (known for known in FEATURE_SETS.values() if known.trained_on and present.issuperset(known.columns))
    return " and ".join(dict.fromkeys(known.trained_on for known in learned))


def _combine(parts: tuple[FeatureSet, ...]) -> FeatureSet:
    """Return one set with the columns of several, each once: a name means the same in every set."""
    sequences = [part.name for part in parts if part.is_sequence]
    if sequences:
        raise InputError(f"{sequences[0]!r} has one row a frame and can't be combined with others")
    columns = list(dict.fromkeys(column for part in parts for column in part.columns))

    def compute(signal: "Signal") -> np.ndarray:
        values = {c: v for part in parts for c, v in zip(part.columns, part.compute(signal), strict=True)}
        return np.array([values[column] for column in columns], dtype=np.float64)

    units = {column: unit for part in parts for column, unit in part.units.items()}
    return FeatureSet(
        COMBINE.join(part.name for part in parts),
        tuple(columns),
        compute,
        units=units,
        level=frozenset().union(*(part.level for part in parts)),
        trained_on=" and ".join(dict.fromkeys(part.trained_on for part in parts if part.trained_on)),
        say_missing=lambda: next(filter(None, (part.say_missing() for part in parts)), ""),
    )


def sets_of_kind(kind: str) -> list[str]:
    """Return the names of the feature sets of a ``FeatureSet.kind``."""
    return [name for name, known in FEATURE_SETS.items() if known.kind == kind]


def feature_unit(column: str) -> str:
    """Return the unit of a feature, by its name in any set; empty where it has none or is not ours to know."""
    return next((known.units[column] for known in FEATURE_SETS.values() if column in known.units), "")


__all__ = [
    "FEATURE_SETS",
    "TAGS",
    "FeatureSet",
    "Signal",
    "Wanted",
    "feature_unit",
    "find_feature_set",
    "get_feature_set",
    "sets_of_kind",
    "trained_on",
    "usual_features",
]
