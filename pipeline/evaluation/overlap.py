"""How far two genres overlap in their features, and which genres are most distinct.

Conventions
-----------
The overlapping coefficient is the area that two densities share (Weitzman 1970): 1 of equal ones, 0 of ones that never
meet. It is the sum of both error rates of the best border between the two. Here the border is that of linear
discriminant analysis (Fisher 1936) with a shrunk covariance (Ledoit and Wolf 2004), and errors are counted on tracks by
artists that it had not learned from. No border is the best, so the two may overlap less than is told, and few tracks
tell it coarsely.
"""

from collections.abc import Iterable, Sequence
from itertools import combinations
from math import comb

import numpy as np
import pandas as pd
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from pipeline.evaluation.contrast import of_tracks
from pipeline.evaluation.out_of_fold import deal
from pipeline.evaluation.samples import Samples
from pipeline.evaluation.threads import on_one_core
from pipeline.tables import GENRE_OVERLAP

PAIR = ["genre_a", "genre_b", "feature_set", "overlap", "among_most_distinct", "n_a", "n_b"]
"""Columns of a table of pairs."""

N_DISTINCT = 6
"""As many as a published project kept of fourteen genres, by looking at pictures."""

N_FOLDS = 10
FEWEST_GROUPS = 3
"""Of a genre: one is left out, and of a single one nobody learns how tracks differ."""
MOST_SETS = 200_000
"""Of more sets of genres not all are tried: the best found by adding and exchanging one after the other is taken."""


@on_one_core
def overlap_genres(samples: Samples, seed: int = 0) -> pd.DataFrame:
    """Return how far each pair of genres overlaps.

    Parameters
    ----------
    samples : Samples
        vectors; the rows of a track are averaged
    seed : int
        of the folds, and of a sample of tracks where there are very many

    Returns
    -------
    pd.DataFrame
        a row a pair: ``genre_a, genre_b``, by the alphabet, ``feature_set, overlap, among_most_distinct, n_a, n_b``;
        without genres by fewer than `FEWEST_GROUPS` artists
    """
    X, y, units = of_tracks(samples, seed)
    n_groups = pd.Series(units).groupby(y).transform("nunique").to_numpy()
    X, y, units = (each[n_groups >= FEWEST_GROUPS] for each in (X, y, units))
    chances, has_chances = _out_of_fold(X, y, units, len(samples.genres), seed)
    genres = np.flatnonzero(np.bincount(y[has_chances], minlength=len(samples.genres)))
    of = {genre: chances[has_chances & (y == genre)] for genre in map(int, genres)}
    found = [
        (samples.genres[a], samples.genres[b], min(_taken(of[a], b, a) + _taken(of[b], a, b), 1.0))
        for a, b in combinations(of, 2)
    ]
    sizes = pd.Series(np.asarray(samples.genres, dtype=object)[y[has_chances]]).value_counts()
    if not found:
        return pd.DataFrame(columns=PAIR)
    pairs = pd.DataFrame(found, columns=["genre_a", "genre_b", "overlap"])
    distinct = most_distinct(pairs)
    among = pairs["genre_a"].isin(distinct) & pairs["genre_b"].isin(distinct)
    sizes_of = {f"n_{side}": pairs[f"genre_{side}"].map(sizes).astype(int) for side in "ab"}
    return pairs.assign(feature_set=samples.feature_set, among_most_distinct=among, **sizes_of)[PAIR]


def from_both_sides(overlaps: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of `overlap_genres` as ``genre_overlap`` is declared: each pair from either side."""
    sides = []
    for own, other in ("ab", "ba"):
        names = {f"genre_{own}": "genre", f"genre_{other}": "other_genre", f"n_{own}": "n", f"n_{other}": "n_other"}
        sides.append(overlaps.rename(columns=names))
    return pd.concat(sides, ignore_index=True).sort_values(["genre", "other_genre"], ignore_index=True)[
        GENRE_OVERLAP.names
    ]


def say_overlaps(overlaps: pd.DataFrame) -> list[str]:
    """Say which pairs overlap most and least, and which genres are most distinct; nothing of a single genre.

    Parameters
    ----------
    overlaps : pd.DataFrame
        of `overlap_genres`
    """
    if overlaps.empty:
        return []
    ordered = overlaps.sort_values("overlap", ascending=False, kind="stable")
    most, least = (ordered.iloc[place] for place in (0, -1))
    said = [
        f"{row.genre_a} and {row.genre_b} overlap {word}: {row.overlap:.0%} of their area is shared."
        for word, row in (("most", most), ("least", least))
    ]
    if len(overlaps) == 1:
        return [said[0].replace(" overlap most:", " overlap:")]
    distinct = most_distinct(overlaps)
    if len(distinct) < len({*overlaps["genre_a"], *overlaps["genre_b"]}):
        shared = f"two of them share {mean_overlap(overlaps, distinct):.0%} on average"
        said.append(f"The {len(distinct)} most distinct genres are {', '.join(distinct)}: {shared}.")
    return said


def most_distinct(overlaps: pd.DataFrame, n: int = N_DISTINCT) -> list[str]:
    """Return the `n` genres that overlap least with each other, on average over their pairs, sorted by name.

    Parameters
    ----------
    overlaps : pd.DataFrame
        of `overlap_genres`
    n : int

    Returns
    -------
    list of str
        all genres where there are no more than `n`
    """
    genres, shared = _as_matrix(overlaps)
    if len(genres) <= n:
        return genres
    if comb(len(genres), n) <= MOST_SETS:
        found = list(min(combinations(range(len(genres)), n), key=lambda chosen: _within(shared, list(chosen))))
    else:
        found = _by_exchange(shared, n)
    return [genres[place] for place in sorted(found)]


def mean_overlap(overlaps: pd.DataFrame, genres: Iterable[str]) -> float:
    """Return the mean overlap of the pairs of some genres."""
    names = set(genres)
    among = overlaps[overlaps["genre_a"].isin(names) & overlaps["genre_b"].isin(names)]
    return float(among["overlap"].mean())


def _out_of_fold(
    X: np.ndarray, y: np.ndarray, units: np.ndarray, n_genres: int, seed: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return the logarithms of each track's chances, of genres alike before, and which tracks have any.

    Returns
    -------
    chances : np.ndarray [shape=(n, n_genres)]
    has_chances : np.ndarray of bool [shape=(n,)]
    """
    folds = deal(units, y, N_FOLDS, seed)
    chances = np.full((len(y), n_genres), -np.inf)
    for fold in range(folds.max(initial=-1) + 1):
        learned, held_out = folds != fold, folds == fold
        known = np.unique(y[learned])
        if len(known) < 2:
            continue
        analysis = LinearDiscriminantAnalysis(
            solver="lsqr", shrinkage="auto", priors=np.full(len(known), 1 / len(known))
        )
        fitted = make_pipeline(StandardScaler(), analysis).fit(X[learned], y[learned])
        chances[np.ix_(held_out, known)] = fitted.predict_log_proba(X[held_out])
    return chances, folds >= 0


def _taken(chances: np.ndarray, other: int, own: int) -> float:
    """Return the share of tracks that a border between two genres puts on the other one's side, half of ties."""
    ahead = np.sign(chances[:, other] - chances[:, own])
    return float(np.mean((np.nan_to_num(ahead) + 1) / 2))


def _as_matrix(overlaps: pd.DataFrame) -> tuple[list[str], np.ndarray]:
    genres = sorted({*overlaps["genre_a"], *overlaps["genre_b"]})
    places = {genre: place for place, genre in enumerate(genres)}
    shared = np.zeros((len(genres), len(genres)))
    first, second = (overlaps[name].map(places).to_numpy() for name in ("genre_a", "genre_b"))
    shared[first, second] = shared[second, first] = overlaps["overlap"]
    return genres, shared


def _within(shared: np.ndarray, chosen: Sequence[int]) -> float:
    return float(shared[np.ix_(chosen, chosen)].sum())


def _by_exchange(shared: np.ndarray, n: int) -> list[int]:
    """Add what overlaps least with those chosen, beginning with the two least alike; then exchange while it helps."""
    apart = shared + 2 * np.eye(len(shared))
    chosen = [int(place) for place in np.unravel_index(apart.argmin(), shared.shape)]
    while len(chosen) < n:
        chosen.append(min(set(range(len(shared))) - set(chosen), key=lambda place: shared[place, chosen].sum()))
    while True:
        others = set(range(len(shared))) - set(chosen)
        exchanged = [[*chosen[:at], other, *chosen[at + 1 :]] for at in range(n) for other in others]
        best = min(exchanged, key=lambda each: _within(shared, each))
        if _within(shared, best) >= _within(shared, chosen):
            return chosen
        chosen = best
