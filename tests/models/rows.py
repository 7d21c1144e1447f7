"""Rows of three classes, of the kind that a model takes."""

import numpy as np


def make_rows(kind: str, n: int = 60) -> tuple[np.ndarray, np.ndarray]:
    """Return rows [shape=(n, …)] and their classes, 0 to 2 in turn."""
    rng = np.random.default_rng(0)
    y = np.arange(n) % 3
    if kind == "gaussian":  # of three dimensions
        means = rng.normal(size=(n, 3)) + y[:, None]
        spread = rng.normal(size=(n, 3, 9))
        covariances = spread @ spread.transpose(0, 2, 1) / 9
        return np.hstack([means, covariances[:, *np.triu_indices(3)]]), y
    if kind == "frames":
        return rng.normal(size=(n, 12, 4)) + y[:, None, None], y
    return rng.normal(size=(n, 5)) + y[:, None], y


PLACES = np.array([0.0, 1.0, 4.0])
"""Of three classes: two overlap, and one is clear."""


def make_uneven_rows(kind: str, n: int = 480) -> tuple[np.ndarray, np.ndarray]:
    """Return rows [shape=(n, …)] and their classes, 0 to 2 in turn: some can hardly be told, others can."""
    X, y = make_rows(kind, n)
    shift = PLACES[y] - y  # instead of what `make_rows` has added
    if kind == "gaussian":
        X[:, :3] += shift[:, None]
        return X, y
    if kind == "frames":  # of which there are many, so that the row as a whole strays too
        X += np.random.default_rng(1).normal(size=(n, 1, X.shape[2]))
    return X + shift.reshape(-1, *(1,) * (X.ndim - 1)), y
