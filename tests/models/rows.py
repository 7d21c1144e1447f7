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
    return rng.normal(size=(n, 5)) + y[:, None], y
