"""Near duplicates: tracks whose features lie nearer to each other than two recordings do by chance."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from pymongo.database import Database
from scipy.spatial import cKDTree
from sklearn.decomposition import PCA
from sklearn.neighbors import NearestNeighbors
from sklearn.utils import gen_batches

from pipeline.catalogue import extracted_windows
from pipeline.store import read_track_means
from pipeline.store.frames import feature_names

NEIGHBOURS = 10
FEWEST_NEIGHBOURS = 3
DECIMALS = 6
"""Of standardised features: beyond, distances are rounding."""

MOST_COMPARED = 30_000
"""Of more tracks not each two are compared, but those with others near by in the main directions, with `CANDIDATES`."""

MAIN_DIRECTIONS, CANDIDATES = 8, 32
_BLOCK = 1000

SAMPLE = 5_000
"""Tracks of these that tell how far away neighbours are, of all."""

CHANCE = 0.05
"""How many pairs a whole dataset may be expected to have by chance, were its tracks spread evenly."""

NEAREST_BY_CHANCE = 1 / 3
"""Nor does a pair count that is farther apart than this part of the way to the tenth neighbour.

Music is not spread evenly: tracks of one album come in clumps. On the public GTZAN table every pair below a third is
two cuts of one recording, and the first pair of different songs, by one band, comes at 0.39; among tracks of the demo
corpus, which are all different, the nearest pair is at 0.41. A copy as Ogg, some decibels louder, or half a second
shorter is below 0.2 as a rule. MP3 at a low bit rate is as far away as another song, and not found.
"""


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
        the smallest ratio that is not below; missing where there is none. Of more than `MOST_COMPARED` tracks none
        above twice the threshold is looked for: it is told as that
    """

    pairs: pd.DataFrame
    threshold: float
    nearest: float


def near_duplicates(database: Database, dataset: str, tracks: pd.DataFrame) -> NearDuplicates | None:
    """Look for near duplicates among the longest windows of the main feature set, a track being their mean.

    Parameters
    ----------
    database : Database
    dataset : str
    tracks : pd.DataFrame
        those to compare: ``track_id``; of exact duplicates one is enough

    Returns
    -------
    NearDuplicates or None
        None where nothing was extracted yet
    """
    extracted = extracted_windows(database, dataset)
    if not extracted:
        return None
    feature_set, windows_s = next(iter(extracted.items()))
    features = feature_names(database, dataset, feature_set, windows_s[0])
    means = read_track_means(database, dataset, feature_set, windows_s[0], features).set_index("track_id")
    return find_near_duplicates(means[means.index.isin(tracks["track_id"])])


def find_near_duplicates(means: pd.DataFrame) -> NearDuplicates:
    """Find tracks that are far nearer to another one than to their other neighbours.

    Distances are Euclidean between standardised features. Were tracks spread evenly around each other, the distance to
    the nearest, as a part r of that to the k-th, would be below r with probability 1 - (1 - r^m)^(k - 1), where m is
    the dimension that the features fill, estimated from the same distances (Levina and Bickel 2004; the median over the
    tracks, so that copies don't count). The threshold is the r at which ``CHANCE`` tracks are expected. So a table of
    few features, where any two tracks may agree, asks for more than one of many. ``NEAREST_BY_CHANCE`` bounds it.

    A track with ten or more near copies has nothing else among its neighbours, and is not found.

    Time grows with the square of the tracks (8,000: a second; 30,000: eight, on two cores), memory does not: distances
    are taken in blocks, of which each track keeps ten. Of more than `MOST_COMPARED` tracks `_with_company` says which
    may have a near copy at all, of few features a few, and their neighbours are the nearest of those candidates that
    `_nearest_of_candidates` finds in a tree. A copy is near in every direction, so it is among them; the tenth
    neighbour may be one that is a little farther. The dimension is then that around a sample of tracks.

    Parameters
    ----------
    means : pd.DataFrame [shape=(n_tracks, n_features)]
        by ``track_id``
    """
    values = means[np.isfinite(means).all(axis=1)].sort_index()
    names, X = values.index.to_numpy(), values.to_numpy()
    spread = X.std(axis=0) if len(X) else np.zeros(X.shape[1])
    X = np.round((X - X.mean(axis=0))[:, spread > 0] / spread[spread > 0], DECIMALS) if spread.any() else X[:, :0]
    distinct, first, which = np.unique(X, axis=0, return_index=True, return_inverse=True)
    of_first = first[which.ravel()]
    copies = np.flatnonzero(of_first != np.arange(len(X)))
    same = pd.DataFrame({"track_a": names[of_first[copies]], "track_b": names[copies], "ratio": 0.0})
    k = min(NEIGHBOURS, len(distinct) - 1)
    if k < FEWEST_NEIGHBOURS:
        return NearDuplicates(same, 0.0, np.nan)
    found = _among_many(distinct, k) if len(distinct) > MOST_COMPARED else _among_all(distinct, k)
    distances, threshold = found.distances, found.threshold
    ratio = distances[:, 0] / distances[:, -1]
    near = ratio < threshold
    # Of equally near ones the first: which one the search names first depends on the number of cores.
    nearest = np.where(distances == distances[:, :1], found.neighbours, len(distinct)).min(axis=1)
    ends = np.sort(np.column_stack([first[found.rows], first[nearest]])[near], axis=1)
    pairs = pd.DataFrame({"track_a": names[ends[:, 0]], "track_b": names[ends[:, 1]], "ratio": ratio[near]})
    pairs = pairs.sort_values(["ratio", "track_a"]).drop_duplicates(["track_a", "track_b"])
    return NearDuplicates(
        pd.concat([same, pairs], ignore_index=True), threshold, ratio[~near].min(initial=found.farthest)
    )


@dataclass(frozen=True)
class _Neighbours:
    """The nearest neighbours of some rows.

    Attributes
    ----------
    rows : np.ndarray of int [shape=(m,)]
    distances, neighbours : np.ndarray [shape=(m, k)]
        never 0; and the numbers of the neighbours
    threshold : float
        of the ratios of near copies
    farthest : float
        ratios from here on may be missing
    """

    rows: np.ndarray
    distances: np.ndarray
    neighbours: np.ndarray
    threshold: float
    farthest: float = np.inf


def _among_all(X: np.ndarray, k: int) -> _Neighbours:
    distances, neighbours = NearestNeighbors(n_neighbors=k, algorithm="brute").fit(X).kneighbors()
    distances = np.maximum(distances, 0.1**DECIMALS)
    return _Neighbours(np.arange(len(X)), distances, neighbours, _threshold(distances, len(X)))


def _among_many(X: np.ndarray, k: int) -> _Neighbours:
    places = PCA(min(MAIN_DIRECTIONS, X.shape[1]), svd_solver="covariance_eigh").fit_transform(X)
    tree, sample = cKDTree(places), np.linspace(0, len(X) - 1, SAMPLE).astype(int)
    threshold = _threshold(_nearest_of_candidates(X, places, tree, sample, k)[0], len(X))
    rows = _with_company(X, places, tree, sample, k, 2 * threshold)
    return _Neighbours(rows, *_nearest_of_candidates(X, places, tree, rows, k), threshold, 2 * threshold)


def _with_company(
    X: np.ndarray, places: np.ndarray, tree: cKDTree, sample: np.ndarray, k: int, ratio: float
) -> np.ndarray:
    """Return all rows that have another one nearer than that part of the way to the k-th, and some that have not.

    How far that is, is told by neighbours among the sample, of which the k-th is no nearer than among all.
    """
    among_sample = NearestNeighbors(n_neighbors=k + 1, algorithm="brute").fit(X[sample])  # one may be the row itself
    reach = ratio * among_sample.kneighbors(X)[0][:, -1] + 0.1**DECIMALS
    order, has_company = np.argsort(reach, kind="stable"), np.zeros(len(X), dtype=bool)
    for rows in gen_batches(len(X), _BLOCK):
        block = order[rows]
        nearest = tree.query(places[block], k=2, distance_upper_bound=reach[block[-1]])[0][:, 1]
        has_company[block] = nearest <= reach[block]
    return np.flatnonzero(has_company)


def _nearest_of_candidates(
    X: np.ndarray, places: np.ndarray, tree: cKDTree, rows: np.ndarray, k: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return distances to the nearest k other rows, and their numbers, among those near by on the main components."""
    distances, neighbours = np.empty((len(rows), k)), np.empty((len(rows), k), dtype=int)
    for some in gen_batches(len(rows), _BLOCK):
        block = rows[some]
        found = tree.query(places[block], k=min(CANDIDATES + 1, len(X)))[1]
        apart = np.linalg.norm(X[found] - X[block][:, None, :], axis=2)
        apart[found == block[:, None]] = np.inf
        order = np.argsort(apart, axis=1, kind="stable")[:, :k]
        distances[some] = np.take_along_axis(apart, order, axis=1)
        neighbours[some] = np.take_along_axis(found, order, axis=1)
    return np.maximum(distances, 0.1**DECIMALS), neighbours


def _threshold(distances: np.ndarray, n_tracks: int) -> float:
    """Return which ratios are near copies, of so many tracks, by the neighbours of some [shape=(m, k)]."""
    k = distances.shape[1]
    inverse_dimension = np.median(np.log(distances[:, -1:] / distances[:, :-1]).mean(axis=1))
    return float(min((1 - (1 - CHANCE / n_tracks) ** (1 / (k - 1))) ** inverse_dimension, NEAREST_BY_CHANCE))
