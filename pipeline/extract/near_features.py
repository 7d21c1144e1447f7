"""Near duplicates: tracks whose features lie nearer to each other than two recordings do by chance."""

import hashlib
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from pymongo.database import Database
from scipy import sparse
from scipy.optimize import brentq
from sklearn.neighbors import NearestNeighbors

from pipeline.catalogue import extracted_windows
from pipeline.cluster import on_cluster
from pipeline.extract.compared import DECIMALS, Compared, spread, stored_to_compare, to_compare
from pipeline.extract.projection_trees import may_have_company
from pipeline.settings import get_settings
from pipeline.store import read_columns
from pipeline.store.column_files import remembered

NEIGHBOURS = 10
FEWEST_NEIGHBOURS = 3
SAMPLE = 5_000
"""So many tracks tell how far away neighbours are. Where there are no more, each two are compared."""

ROWS_AT_ONCE = 8_192
"""So many are compared with all others at a time; each part may go to another worker of a cluster."""

FARTHEST = 1.25
"""Of more than `SAMPLE` tracks those are compared with all that may be near another one by this many thresholds."""

CHANCE = 0.05
"""How many pairs a whole dataset may be expected to have by chance, were its tracks spread evenly."""

NEAREST_BY_CHANCE = 1 / 3
"""Nor does a pair count that is farther apart than this part of the way to the tenth neighbour.

Music is not spread evenly: tracks of one album come in clumps. On the public GTZAN table every pair below a third is
two cuts of one recording, and the first pair of different songs, by one band, comes at 0.39; among tracks of the demo
corpus, which are all different, the nearest pair is at 0.41. A copy as Ogg, some decibels louder, or half a second
shorter is below 0.2 as a rule. MP3 at a low bit rate is as far away as another song, and not found.
"""

DIMENSIONS = 0.1, 500.0
"""What may be estimated, from features that say nothing to tracks that are all equally far from each other."""

METHOD = "2"
"""What was found by another method does not count: whoever changes what is found, changes this."""


@dataclass(frozen=True)
class NearDuplicates:
    """Pairs of tracks that are near copies.

    Attributes
    ----------
    pairs : pd.DataFrame
        ``track_a``, ``track_b``, ``ratio`` (of their distance to that of the tenth neighbour; 0: the same features),
        the nearest first
    threshold : float
        ratios below it are near copies; 0 where there are too few tracks to tell
    nearest : float
        the smallest ratio that is not below; missing where there is none
    is_farther : bool
        no such ratio was found, as far as it was looked for: `FARTHEST` times the threshold. It is told as that
    """

    pairs: pd.DataFrame
    threshold: float
    nearest: float
    is_farther: bool = False


def near_duplicates(
    database: Database, dataset: str, tracks: pd.DataFrame, *, scheduler: str = "", jobs: int = 0
) -> NearDuplicates | None:
    """Look for near duplicates among the longest windows of the main feature set, a track being their mean.

    What is found is remembered for the next stage, as long as features and tracks are the same.

    Parameters
    ----------
    database : Database
    dataset : str
    tracks : pd.DataFrame
        those to compare: ``track_id``; of exact duplicates one is enough
    scheduler : str
        address of a Dask scheduler, whose workers compare more than `SAMPLE` tracks; empty: that of the cluster at
        hand, or none
    jobs : int
        threads, where there is none; 0: one a core

    Returns
    -------
    NearDuplicates or None
        None where nothing was extracted yet
    """
    extracted = extracted_windows(database, dataset)
    if not extracted:
        return None
    feature_set, windows_s = next(iter(extracted.items()))
    wanted = database, dataset, feature_set, windows_s[0]
    columns = read_columns(*wanted)

    def find() -> dict[str, Any]:
        with on_cluster(scheduler if len(tracks) > SAMPLE else ""):
            found = _find_among(*stored_to_compare(*wanted, columns, tracks["track_id"]), jobs)
        return {**vars(found), "pairs": found.pairs.to_dict("list")}

    names = "\0".join([METHOD, *tracks["track_id"].sort_values().tolist()])
    found = remembered(columns.place, f"near-{hashlib.blake2b(names.encode(), digest_size=8).hexdigest()}", find)
    return NearDuplicates(**{**found, "pairs": pd.DataFrame(found["pairs"]).astype({"ratio": float})})


def find_near_duplicates(means: pd.DataFrame) -> NearDuplicates:
    """Find tracks that are far nearer to another one than to their other neighbours.

    Distances are Euclidean between standardised features. Were tracks spread evenly around each other, the distance to
    the nearest, as a part r of that to the k-th, would be below r with probability 1 - (1 - r^m)^(k - 1), where m is
    the dimension that the features fill, estimated from the same distances (`_dimension`). The threshold is the r at
    which ``CHANCE`` tracks are expected. So a table of few features, where any two tracks may agree, asks for more than
    one of many. ``NEAREST_BY_CHANCE`` bounds it.

    A track with ten or more near copies has nothing else among its neighbours, and is not found. Tracks of another kind
    that lie as near to each other as copies do, at a fifth of the way to others, can't be told from copies.

    Of more than `SAMPLE` tracks a sample tells the dimension, and random projection trees who may have a near copy at
    all (`may_have_company`): those are compared with every other. So time grows with n log n where few tracks have a
    copy (of 57 features, 100,000: 5 s, a million: a minute), and with n squared where most have (80,000: 25 s).

    Parameters
    ----------
    means : pd.DataFrame [shape=(n_tracks, n_features)]
        by ``track_id``
    """
    return _find_among(*to_compare(means))


def _find_among(names: np.ndarray, compared: Compared, jobs: int = 0) -> NearDuplicates:
    X, first, row = compared.X, compared.first, compared.row
    copies = np.flatnonzero(first[row] != np.arange(len(names)))
    same = pd.DataFrame({"track_a": names[first[row[copies]]], "track_b": names[copies], "ratio": 0.0})
    k = min(NEIGHBOURS, len(X) - 1)
    if k < FEWEST_NEIGHBOURS:
        return NearDuplicates(same, 0.0, np.nan)
    some = np.unique(np.linspace(0, len(X) - 1, SAMPLE).astype(int))
    threshold, farthest, rows = _threshold(X[some], k, len(X)), np.inf, some
    if len(X) > SAMPLE:
        farthest = FARTHEST * threshold
        rows = may_have_company(compared, k, farthest, jobs or get_settings().jobs)
    distances, neighbours = _nearest_by_parts(compared, rows, k)
    ratio = distances[:, 0] / distances[:, -1]
    near = ratio < threshold
    # Of equally near ones the first: which one the search names first depends on the number of cores.
    nearest = np.where(distances == distances[:, :1], neighbours, len(X)).min(axis=1)
    ends = np.sort(np.column_stack([first[rows], first[nearest]])[near], axis=1)
    pairs = pd.DataFrame({"track_a": names[ends[:, 0]], "track_b": names[ends[:, 1]], "ratio": ratio[near]})
    pairs = pairs.sort_values(["ratio", "track_a"]).drop_duplicates(["track_a", "track_b"])
    nearest_other = ratio[~near].min(initial=farthest)
    return NearDuplicates(
        pd.concat([same, pairs], ignore_index=True),
        threshold,
        nearest_other,
        is_farther=bool(nearest_other == farthest),
    )


def _nearest_by_parts(compared: Compared, rows: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
    """Return what `_nearest` does, of as many rows at a time as `ROWS_AT_ONCE`; on a cluster, where one is at hand."""
    parts = np.split(rows, range(ROWS_AT_ONCE, len(rows), ROWS_AT_ONCE))
    source = compared.source if len(compared.X) > SAMPLE else None
    found = list(spread(_nearest_in, ((compared, part, k) for part in parts), source=source))
    distances, neighbours = (np.concatenate(each) for each in zip(*found, strict=True))
    return distances, neighbours


def _nearest_in(compared: Compared, rows: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
    """Return what `_nearest` does: what a worker is asked, who has the tracks already."""
    return _nearest(compared.X, rows, k)


def _nearest(X: np.ndarray, rows: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the distances of some rows to the nearest k others [shape=(m, k)], never 0, and the numbers of those."""
    if not len(rows):
        return np.empty((0, k)), np.empty((0, k), dtype=int)
    distances, found = NearestNeighbors(n_neighbors=k + 1, algorithm="brute").fit(X).kneighbors(X[rows])
    is_other = found != rows[:, None]
    is_other[is_other.all(axis=1), -1] = False  # one of those at a distance of nothing is the row itself
    shape = len(rows), k
    return np.maximum(distances[is_other].reshape(shape), 0.1**DECIMALS), found[is_other].reshape(shape)


def _threshold(X: np.ndarray, k: int, n_tracks: int) -> float:
    """Return which ratios are near copies, of so many tracks, some of which are these [shape=(m, p)]."""
    by_chance = 1 - (1 - CHANCE / n_tracks) ** (1 / (k - 1))
    return float(min(by_chance ** (1 / _dimension(X, k)), NEAREST_BY_CHANCE))


def _dimension(X: np.ndarray, k: int) -> float:
    """Estimate the dimension that tracks fill by the distances to their k nearest others.

    Where they lie evenly, the logarithms of the k-th distance over a nearer one are exponential with a mean of one over
    the dimension (Levina and Bickel 2004); told is the median over the tracks, which few of them change. What is nearer
    than `NEAREST_BY_CHANCE` may be a copy. So of tracks that are so near one stands for all, and what is so near
    nevertheless is left out: the mean is that of an exponential that ends there.
    """
    apart = _one_of_each(*_nearest(X, np.arange(len(X)), k))
    k = min(k, len(apart) - 1)
    if k < FEWEST_NEIGHBOURS:
        return DIMENSIONS[0]
    distances, _ = _nearest(X[apart], np.arange(len(apart)), k)
    end = -np.log(NEAREST_BY_CHANCE)
    logs = np.log(distances[:, -1:] / distances[:, :-1])
    counts = (logs < end).sum(axis=1)
    sums = np.where(logs < end, logs, 0).sum(axis=1)
    if not counts.any():
        return DIMENSIONS[0]
    mean = float(np.median(sums[counts > 0] / counts[counts > 0]))

    def excess(dimension: float) -> float:
        return 1 / dimension - end / float(np.expm1(dimension * end)) - mean

    low, high = DIMENSIONS
    if excess(low) <= 0:
        return low
    return high if excess(high) >= 0 else float(brentq(excess, low, high))


def _one_of_each(distances: np.ndarray, neighbours: np.ndarray) -> np.ndarray:
    """Return one track of those that are nearer to each other than `NEAREST_BY_CHANCE`, by number, of all tracks."""
    rows, places = np.nonzero(distances < NEAREST_BY_CHANCE * distances[:, -1:])
    near = sparse.coo_array((np.ones(len(rows)), (rows, neighbours[rows, places])), shape=(len(distances),) * 2).tocsr()
    near = (near + near.T).tocsr()
    kept = np.ones(len(distances), dtype=bool)
    for track in np.unique(near.nonzero()[0]):
        others = near.indices[near.indptr[track] : near.indptr[track + 1]]
        kept[track] = not kept[others[others < track]].any()
    return np.flatnonzero(kept)
