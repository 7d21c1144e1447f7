"""How much each feature counts, learned from playlists that people made."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from sklearn.linear_model import LogisticRegression

from pipeline.errors import InputError
from pipeline.features.words import name_feature
from pipeline.playlist.space import Space
from pipeline.random_streams import stream

FEWEST_PLAYLISTS = 10
N_PAIRS = 40_000
"""Of two tracks of one playlist, and as many of two tracks drawn from all: a second's work for a hundred features."""

MOST_TOLD = 4


def weigh(space: Space, playlists: Sequence[np.ndarray], seed: int = 0) -> Space:
    """Return the space with weights by which tracks of one playlist lie near each other.

    A logistic regression tells pairs of one playlist from pairs of any, by how far they differ in each feature
    (Guillaumin, Verbeek and Schmid 2009, Is that you? Metric learning approaches for face identification,
    doi:10.1109/ICCV.2009.5459197; here with a diagonal metric). Its coefficients are the weights, each times the one
    before; a feature whose differences speak for one playlist counts nothing. Each playlist gives as many pairs.

    Parameters
    ----------
    space : Space
    playlists : sequence of np.ndarray of int
        rows of the space
    seed : int
        of the pairs

    Raises
    ------
    InputError
        where there are too few playlists, or nothing in them is alike
    """
    several = [np.asarray(rows) for rows in playlists if len(rows) > 1]
    if len(several) < FEWEST_PLAYLISTS:
        raise InputError(
            f"{len(several)} playlists have two tracks or more of dataset {space.dataset!r}: to learn what counts "
            f"takes {FEWEST_PLAYLISTS}"
        )
    rng = stream("pairs of playlists", seed)
    each = -(-N_PAIRS // len(several))
    together = np.concatenate([_pairs(rows, each, rng) for rows in several])
    apart = _pairs(np.concatenate(several), len(together), rng)
    pairs = np.concatenate([together, apart])
    differences = np.abs(space.z[pairs[:, 0]] - space.z[pairs[:, 1]]) * np.sqrt(space.weights * len(space.weights))
    one_playlist = np.arange(len(pairs)) < len(together)
    found = LogisticRegression(max_iter=1000).fit(differences, one_playlist)
    learned = np.maximum(-found.coef_[0], 0) * space.weights
    if not learned.sum() > 0:
        raise InputError("tracks of one playlist are no more alike in any feature than any two: nothing can be learned")
    return replace(space, weights=(learned / learned.sum()).astype(np.float32))


def say_weights(space: Space) -> str:
    """Say which features count most."""
    order = np.argsort(-space.weights, kind="stable")
    heaviest = ", ".join(f"{name_feature(space.features[i])} {space.weights[i]:.0%}" for i in order[:MOST_TOLD])
    n_none = int((space.weights == 0).sum())
    none = f"; {n_none} of {len(order)} count nothing" if n_none else ""
    return f"What counts is learned from playlists: {heaviest}{none}."


def _pairs(rows: np.ndarray, n: int, rng: np.random.Generator) -> np.ndarray:
    """Draw pairs of two different tracks among those of a playlist [shape=(n, 2)]."""
    first = rng.integers(0, len(rows), n)
    second = (first + rng.integers(1, len(rows), n)) % len(rows)
    return np.column_stack([rows[first], rows[second]])
