"""What a feature set is: a name with a version, its columns, and how to compute them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

import numpy as np

if TYPE_CHECKING:
    from pipeline.features.signal import Signal

Wanted = tuple[str, float]
"""What is measured of music: a feature set, in windows of a length [seconds]."""


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
        dtype=float32] where the kind is ``frames``
    kind : str
        what models may take it for: ``vectors``, by any model of vectors; ``gaussian``, vectors that hold a mean and a
        covariance, by models of such and by any model of vectors; ``frames``, one row a frame, by recurrent models
    units : mapping
        of the columns that have one
    level : frozenset of str
        columns that follow the level of a recording: they change where all of it is made louder
    title : str
        what it is, in words that a sentence can go on with; by default its name
    trained_on : str
        the music that a network learned from, where the values are a network's; empty where nothing was learned
    say_missing : callable
        says what is not installed here that the set needs, and how to get it; empty where nothing is missing
    """

    name: str
    columns: tuple[str, ...]
    compute: Callable[["Signal"], np.ndarray]
    kind: Literal["vectors", "gaussian", "frames"] = "vectors"
    units: Mapping[str, str] = field(default_factory=dict)
    level: frozenset[str] = frozenset()
    title: str = ""
    trained_on: str = ""
    say_missing: Callable[[], str] = lambda: ""

    @property
    def is_here(self) -> bool:
        """Whether all that it needs is installed."""
        return not self.say_missing()

    @property
    def is_sequence(self) -> bool:
        """Whether it has one row a frame."""
        return self.kind == "frames"
