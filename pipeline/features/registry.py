"""What a feature set is: a name with a version, its columns, and how to compute them."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class FeatureSet:
    """A named, versioned vector of features.

    Attributes
    ----------
    name : str
        ends in a version, which changes when a value does
    columns : tuple of str
        names of the values, in order
    compute : callable
        ``compute(samples) -> np.ndarray [shape=(n_columns,), dtype=float64]`` of a mono signal at 22 050 Hz
    """

    name: str
    columns: tuple[str, ...]
    compute: Callable[[np.ndarray], np.ndarray]
