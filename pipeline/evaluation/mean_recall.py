"""How many tracks are named rightly, each genre counting alike, and how that differs between two collections.

Conventions
-----------
Two collections have genres in other shares, and a plain accuracy would follow these. So each genre counts alike: the
mean of the recalls, over the same genres on both sides. Intervals are those of `interval`, over tracks or artists. The
two sides have no track and no artist in common, so they are independent, and the interval of their difference is made
of theirs (Newcombe 1998; Zou and Donner 2008, the method of variance estimates recovery).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from pipeline.evaluation.interval import NO_BOUNDS, Bounds, interval_by_genre, overall_interval, share_of_one


@dataclass(frozen=True)
class Answered:
    """Answers to whole tracks of a collection.

    Attributes
    ----------
    genres : np.ndarray of str [shape=(n,)]
        what each track is
    right, n : np.ndarray [shape=(n,)]
        right answers, and answers
    units : np.ndarray of int [shape=(n,)]
        what intervals are over: its artist, or its recording
    """

    genres: np.ndarray
    right: np.ndarray
    n: np.ndarray
    units: np.ndarray

    def of(self, genres: Sequence[str]) -> "Answered":
        """Return the answers to tracks of these genres."""
        kept = np.isin(self.genres, list(genres))
        return Answered(self.genres[kept], self.right[kept], self.n[kept], self.units[kept])

    def units_of(self, genre: str) -> int:
        """Return how many units a genre has."""
        return len(np.unique(self.units[self.genres == genre]))


@dataclass(frozen=True)
class Rate:
    """A share of right answers with its 95 % interval, and the number of tracks that it rests on."""

    value: float
    ci_low: float
    ci_high: float
    n: int

    @property
    def fields(self) -> tuple[float, float, float, int]:
        """Value, bounds, and number of tracks."""
        return self.value, self.ci_low, self.ci_high, self.n

    def less(self, part: float) -> "Rate":
        """Return the rate and its interval lower by a part that is known, but not below 0."""
        value, low, high = np.maximum([self.value - part, self.ci_low - part, self.ci_high - part], 0.0).tolist()
        return Rate(value, low, high, self.n)


NO_RATE = Rate(np.nan, *NO_BOUNDS, 0)


def mean_recall(answered: Answered) -> Rate:
    """Return the mean recall of the genres that there are answers of; of a single genre its recall."""
    if not len(answered.n):
        return NO_RATE
    cells = pd.DataFrame({"genre": answered.genres, "unit": answered.units, "right": answered.right, "n": answered.n})
    cells = cells.groupby(["unit", "genre"], as_index=False).sum()
    genre, unit = pd.factorize(cells["genre"], sort=True)[0], pd.factorize(cells["unit"])[0]
    right, n = cells["right"].to_numpy(float), cells["n"].to_numpy(float)
    k = genre.max() + 1
    hits, answers = np.bincount(genre, right), np.bincount(genre, n)
    recalls = np.minimum(hits / answers, 1.0)  # a guesser's are sums of probabilities
    value = float(recalls.mean())
    left = np.maximum(answers[genre] - n, 1e-9)  # a genre of one unit has no interval anyway
    without = value - np.bincount(unit, (recalls[genre] - (hits[genre] - right) / left) / k)
    sizes = np.bincount(unit, n)
    if k == 1:
        return Rate(value, *overall_interval(value, without, share_of_one(sizes)), len(answered.n))
    largest = cells.assign(unit=unit, genre=genre).sort_values("n", kind="stable").drop_duplicates("unit", keep="last")
    main = largest.sort_values("unit")["genre"].to_numpy()
    shares = np.array([share_of_one(sizes[main == each]) for each in range(k)])
    return Rate(value, *interval_by_genre(value, without, main, shares, recalls), len(answered.n))


def difference(one: Rate, other: Rate) -> tuple[float, float, float]:
    """Return the difference of two independent rates and its 95 % interval, missing where either has none."""
    value = one.value - other.value
    down = np.hypot(one.value - one.ci_low, other.ci_high - other.value)
    up = np.hypot(one.ci_high - one.value, other.value - other.ci_low)
    bounds: Bounds = (value - down, value + up)
    return value, *bounds
