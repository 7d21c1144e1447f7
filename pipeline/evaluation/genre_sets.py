"""Sets of genres with a promise: of nine in ten tracks of each genre, by artists not heard before, the set holds it.

Conventions
-----------
Conformal prediction, by genre (label-conditional: Vovk, Gammerman and Shafer 2005) and by group (hierarchical: Dunn,
Wasserman and Ramdas 2023; Lee, Barber and Willett 2023). A track's score is the chance that was given to its own genre
by a refit that had not learned from its group. A genre is in a song's set where the song's chance of it is no smaller
than the quantile of the genre's scores that leaves out one in ten. A set holds the most probable genre in any case, so
a track whose genre that is has the score 1. Each group of a genre weighs the same, and the song
as much as a group.

What is promised: on average over draws of the music, nine in ten. It is *not* the bound that holds for any model
whatever. That one is of scores by the very model that answers, and here it was refitted for each fold, as in
cross-conformal prediction (Vovk 2015), and learns from a tenth more when it answers. And the quantile is interpolated
between two scores; the bound would take the lower, and cover up to five points more where groups are few.
`benchmarks/promise.md` has what it covers where the truth is known.
"""

import numpy as np
import pandas as pd

from pipeline.models.chance import COVERAGE, FEWEST_GROUPS
from pipeline.random_streams import stream

N_DRAWS = 201
_TOLERANCE = 1e-9


def least_chances(chances: np.ndarray, y: np.ndarray, units: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the chance with which a genre enters a set.

    Parameters
    ----------
    chances : np.ndarray [shape=(n, k)]
        of tracks, by refits that had not learned from their groups
    y, units : np.ndarray [shape=(n,), dtype=int]
        their genres and groups

    Returns
    -------
    thresholds : np.ndarray [shape=(k,)]
        missing for genres of fewer than `FEWEST_GROUPS` groups
    n_groups : np.ndarray [shape=(k,), dtype=int]
    """
    k = chances.shape[1]
    thresholds, n_groups = np.full(k, np.nan), np.zeros(k, dtype=int)
    scores = np.where(chances.argmax(axis=1) == y, 1.0, chances[np.arange(len(y)), y])
    for genre in range(k):
        own = y == genre
        codes, names = pd.factorize(units[own])
        n_groups[genre] = len(names)
        if len(names) >= FEWEST_GROUPS:
            thresholds[genre] = _quantile(scores[own], codes)
    return thresholds, n_groups


def _quantile(scores: np.ndarray, groups: np.ndarray) -> float:
    """Return the score below which one in ten lies, the song itself, which may lie anywhere, reckoned with.

    It is the median over draws of one track from each group (after Dunn, Wasserman and Ramdas 2023): how far tracks of
    a group are alike need not be known.
    """
    sizes = np.bincount(groups)
    n, first = len(sizes), np.cumsum(sizes) - sizes
    of_group = scores[np.argsort(groups, kind="stable")]
    shares = stream("one of each group", n).random((N_DRAWS if sizes.max() > 1 else 1, n))
    drawn = np.sort(of_group[first + np.floor(shares * sizes).astype(int)], axis=1)
    rank = max((1 - COVERAGE) * (n + 1) - 1 - _TOLERANCE, 0.0)
    place = int(rank)
    quantiles = drawn[:, place] + (rank - place) * (drawn[:, min(place + 1, n - 1)] - drawn[:, place])
    return float(np.median(quantiles))
