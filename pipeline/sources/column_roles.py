"""Columns of numbers that are no features, found by what they do: they count, they name, they repeat the label."""

import re
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from scipy.special import gammaln

BY_CHANCE = 0.001
"""How often a table of features may lose one of them here."""

ENOUGH_TO_TELL = 5
"""With this many rows of each genre, a column that is constant within every genre repeats the label."""

FEWEST_COUNTED = 10
"""Of fewer numbers nobody can say that they count."""

FEWEST_RISING = 20
"""Of so many rows, whole numbers that only rise are in the order in which rows were given ids."""

NEARLY_ALL = 0.9

SAME_LENGTH = 0.05
"""Clips cut to one length differ by less, as a share of it."""

NUMBERS = "number rows, tracks or artists"

_MEASURED = re.compile(r"duration|_ms$|tempo|bpm|year|popularity|loudness|streams|plays|views|likes|followers", re.I)
"""Names of what is measured in whole numbers, and by which people sort their tables."""

_ID = re.compile(r".+[\W_](?:id|Id|ID)s?|.*[a-z](?:Id|ID)s?")
"""Names of what is called so; not of what merely ends in these letters, like a centroid."""

_LENGTH = re.compile(r"(clip|audio|track|n|num)?_?(length|duration|samples)(_(s|sec|ms|samples))?", re.I)


@dataclass(frozen=True)
class Rows:
    """What the rows of a table are, beside their numbers.

    Attributes
    ----------
    track_id, genre : pd.Series [shape=(n,)]
        of the rows that have a label, in the table's order; rows that are there twice only once
    n_columns : int
        how many columns are asked about
    """

    track_id: pd.Series
    genre: pd.Series
    n_columns: int

    @cached_property
    def same_track(self) -> np.ndarray:
        """Whether a row is of the same track as the one before it [shape=(n - 1,)]."""
        names = self.track_id.to_numpy()
        return names[1:] == names[:-1]

    @property
    def rare(self) -> float:
        """The logarithm of how unlikely a thing has to be that is looked for in every column."""
        return float(np.log(BY_CHANCE / max(self.n_columns, 1)))


def find_role(name: str, numbers: pd.Series, rows: Rows) -> str | None:
    """Tell what a column does that no feature does, as a verb of many columns; None for a feature.

    Parameters
    ----------
    name : str
    numbers : pd.Series of float [shape=(n,)]
        by the index of `rows`, NaN where there is none
    rows : Rows
    """
    if _repeats_label(numbers, rows):
        return "repeat the label"
    known = numbers.dropna()
    if _LENGTH.fullmatch(name) and len(known) and _is_one_length(known):
        return "tell how long the clips were cut"
    if not (known % 1 == 0).all():
        return None
    if len(known) and _ID.fullmatch(name):
        return NUMBERS
    if _counts(numbers, rows):
        return "count the rows"
    of_tracks = known.groupby(rows.track_id[known.index], sort=False)
    if (of_tracks.nunique() == 1).all():
        known = of_tracks.first()
    if len(known) >= FEWEST_COUNTED and known.is_unique:
        if _log_chance_unique(known) < rows.rare:
            return NUMBERS
        rises = known.is_monotonic_increasing or known.is_monotonic_decreasing
        if rises and len(known) >= FEWEST_RISING and not _MEASURED.search(name):
            return NUMBERS
    return None


def _repeats_label(numbers: pd.Series, rows: Rows) -> bool:
    """Tell whether a column is constant within every genre and not over all, by more than chance."""
    if numbers.nunique() < 2:
        return False
    by_genre = numbers.groupby(rows.genre)
    if (by_genre.nunique() > 1).any():
        return False
    sizes = by_genre.count().to_numpy()
    if sizes.min() >= ENOUGH_TO_TELL:
        return True
    shares = numbers.value_counts(normalize=True).to_numpy()
    chances = (shares[:, None] ** sizes[sizes > 0]).sum(axis=0)
    return float(np.log(chances).sum()) < rows.rare


def _counts(numbers: pd.Series, rows: Rows) -> bool:
    """Tell whether nearly every row has the number after that of the row before; counts may begin anew."""
    if len(numbers) < FEWEST_COUNTED:
        return False
    steps = np.diff(numbers.to_numpy())
    within = steps[rows.same_track]
    return any(
        len(of_them) >= FEWEST_COUNTED - 1
        and (np.mean(of_them == 1) >= NEARLY_ALL or np.mean(of_them == -1) >= NEARLY_ALL)
        for of_them in (steps, within)
    )


def _log_chance_unique(known: pd.Series) -> float:
    """Return the logarithm of how likely it is that numbers drawn from their range all differ."""
    n, span = len(known), float(known.max() - known.min()) + 1
    return float(gammaln(span + 1) - gammaln(span - n + 1) - n * np.log(span)) if span < 1e12 else 0.0


def _is_one_length(known: pd.Series) -> bool:
    usual = known.median()
    return bool(usual > 0 and ((known - usual).abs() <= SAME_LENGTH * usual).mean() >= NEARLY_ALL)
