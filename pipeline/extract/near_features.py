"""Near duplicates: tracks whose features lie nearer to each other than two recordings do by chance."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from pymongo.database import Database
from scipy.spatial import cKDTree
from sklearn.decomposition import PCA
from sklearn.neighbors import NearestNeighbors

from pipeline.catalogue import extracted_windows
from pipeline.store import read_track_means
from pipeline.store.frames import feature_names

NEIGHBOURS = 10
FEWEST_NEIGHBOURS = 3
DECIMALS = 6
"""Of standardised features: beyond, distances are rounding."""

MOST_COMPARED = 30_000
"""Of more tracks not each two are compared, but each with `CANDIDATES` that are near it in the main directions."""

MAIN_DIRECTIONS, CANDIDATES = 8, 32
_BLOCK = 1000

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
        the smallest ratio that is not below; missing where there is none
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
    are taken in blocks, of which each track keeps ten. Of more than `MOST_COMPARED` tracks the neighbours are the
    nearest of those candidates that `_nearest_of_candidates` finds in a tree. A copy is near in every direction, so it
    is among them; the tenth neighbour may be one that is a little farther.

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
    if len(distinct) > MOST_COMPARED:
        distances, neighbours = _nearest_of_candidates(distinct, k)
    else:
        distances, neighbours = NearestNeighbors(n_neighbors=k, algorithm="brute").fit(distinct).kneighbors()
    distances = np.maximum(distances, 0.1**DECIMALS)
    ratio = distances[:, 0] / distances[:, -1]
    threshold = _threshold(distances)
    near = ratio < threshold
    # Of equally near ones the first: which one the search names first depends on the number of cores.
    nearest = np.where(distances == distances[:, :1], neighbours, len(distinct)).min(axis=1)
    ends = np.sort(np.column_stack([first, first[nearest]])[near], axis=1)
    pairs = pd.DataFrame({"track_a": names[ends[:, 0]], "track_b": names[ends[:, 1]], "ratio": ratio[near]})
    pairs = pairs.sort_values(["ratio", "track_a"]).drop_duplicates(["track_a", "track_b"])
    return NearDuplicates(pd.concat([same, pairs], ignore_index=True), threshold, ratio[~near].min(initial=np.inf))


def _nearest_of_candidates(X: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
    """Return distances to the nearest k other rows, and their numbers, among those near by on the main components."""
    n_directions = min(MAIN_DIRECTIONS, X.shape[1])
    places = PCA(n_directions, svd_solver="covariance_eigh").fit_transform(X)
    tree, distances, neighbours = cKDTree(places), np.empty((len(X), k)), np.empty((len(X), k), dtype=int)
    for start in range(0, len(X), _BLOCK):
        block = np.arange(start, min(start + _BLOCK, len(X)))
        found = tree.query(places[block], k=min(CANDIDATES + 1, len(X)))[1]
        apart = np.linalg.norm(X[found] - X[block][:, None, :], axis=2)
        apart[found == block[:, None]] = np.inf
        order = np.argsort(apart, axis=1, kind="stable")[:, :k]
        distances[block] = np.take_along_axis(apart, order, axis=1)
        neighbours[block] = np.take_along_axis(found, order, axis=1)
    return distances, neighbours


def _threshold(distances: np.ndarray) -> float:
    n_tracks, k = distances.shape
    inverse_dimension = np.median(np.log(distances[:, -1:] / distances[:, :-1]).mean(axis=1))
    return float(min((1 - (1 - CHANCE / n_tracks) ** (1 / (k - 1))) ** inverse_dimension, NEAREST_BY_CHANCE))
