"""What an entry of the zoo is."""

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.util import find_spec
from typing import Any

from sklearn.pipeline import Pipeline

from pipeline.errors import InputError
from pipeline.settings import how_to_install

Builder = Callable[[int], Pipeline]

EXTRAS = {"deep": ("torch", "skorch")}
"""What each optional extra of the project brings."""


def say_missing(extra: str) -> str:
    """Say how to install an extra that is not; empty where it is, or `extra` is."""
    if all(find_spec(name) for name in EXTRAS.get(extra, ())):
        return ""
    return f"needs the extra {extra}: {how_to_install(extra)}"


MOST_ROWS = 1_000_000
"""Rows that any model learns from at most: a gigabyte of features with the copy that is scaled."""

MOST_CELLS = 10_000_000
"""Rows times genres that any model learns from at most: there is a number for each in what it computes."""

KERNEL_ROWS = 20_000
"""The same for models of which fitting takes the square of the rows, or predicting compares each row with all others.
"""


@dataclass(frozen=True)
class ZooEntry:
    """A model of the zoo.

    Attributes
    ----------
    build : callable
        seed -> unfitted scikit-learn pipeline; its docstring says where the model comes from and what it costs
    title : str
        its name in words; by default that of the builder
    kind : str
        what it takes: ``vectors``, any table of features; ``gaussian`` or ``frames``, rows of feature sets of that kind
    space : mapping
        values to search, by scikit-learn's ``step__parameter``; empty where there is nothing to search
    extra : str
        optional extra of the project that must be installed
    baseline : bool
        it looks at no feature: others are measured by it, and it is never chosen
    guesses : bool
        its answers are drawn by its probabilities: scores are those of all draws on average
    by_distance : bool
        it answers by the nearest rows, all features standardised
    minimises : str
        what fitting minimises, in words
    most_rows, most_cells : int
        rows, and rows times genres, beyond which it learns from a sample of whole tracks: the time or memory that it
        takes grows faster than they do, or is too much; `rows_of`
    stored_types : tuple of str
        types in a stored model of this kind that skops does not trust by itself: our own, and inner ones of
        scikit-learn's
    """

    build: Builder
    title: str = ""
    kind: str = "vectors"
    space: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    extra: str = ""
    baseline: bool = False
    guesses: bool = False
    by_distance: bool = False
    minimises: str = "nothing"
    most_rows: int = MOST_ROWS
    most_cells: int = MOST_CELLS
    stored_types: tuple[str, ...] = ()

    def rows_of(self, n_genres: int) -> int:
        """Return how many rows of so many genres it learns from at most."""
        return min(self.most_rows, self.most_cells // n_genres)

    def takes(self, kind: str) -> bool:
        """Tell whether the model takes rows of a ``FeatureSet.kind``; a packed Gaussian is a vector too."""
        return kind == self.kind or (self.kind, kind) == ("vectors", "gaussian")

    @property
    def about(self) -> str:
        """The first paragraph of the builder's docstring, on one line."""
        return " ".join((inspect.getdoc(self.build) or "").split("\n\n")[0].split())

    @property
    def missing(self) -> str:
        """Say how to install what this model needs and this environment lacks; empty where nothing is missing."""
        return say_missing(self.extra)

    def checked_build(self, name: str, seed: int) -> Pipeline:
        """Build the model.

        Raises
        ------
        InputError
            where what it needs is not installed
        """
        if self.missing:
            raise InputError(f"model {name!r} {self.missing}")
        return self.build(seed)
