"""What a feature set is: a name with a version, its columns, and how to compute them."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from pipeline.features.signal import Signal


@dataclass(frozen=True)
class FeatureSet:
    """A named, versioned view of a signal: one vector, or one vector a frame.

    Attributes
    ----------
    name : str
        ends in a version, which changes when a value does
    columns : tuple of str
        names of the values, in order
    compute : callable
        of a `Signal`: a vector [shape=(n_columns,), dtype=float64], or frames [shape=(n_frames, n_columns),
        dtype=float32] where `is_sequence`
    is_sequence : bool
        one row a frame, for recurrent models; other models pass it by
    """

    name: str
    columns: tuple[str, ...]
    compute: Callable[[Signal], np.ndarray]
    is_sequence: bool = False
