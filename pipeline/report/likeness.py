"""Order in a confusion matrix that is too large to be read cell by cell."""

import numpy as np
import pandas as pd
from scipy.cluster.hierarchy import leaves_list, linkage
from scipy.spatial.distance import squareform

MOST_GENRES_READ = 20
"""A matrix of more genres is looked at as a whole, not cell by cell."""


def order_by_likeness(shares: np.ndarray) -> np.ndarray:
    """Return an order of genres in which those that are taken for each other stand together.

    Average linkage, the leaves ordered so that neighbours are alike (Bar-Joseph, Gifford and Jaakkola 2001).

    Parameters
    ----------
    shares : np.ndarray [shape=(k, k), dtype=float]
        actual by predicted, each from 0 to 1

    Returns
    -------
    np.ndarray of int [shape=(k,)]
    """
    if len(shares) < 3:
        return np.arange(len(shares))
    shares = np.asarray(shares, dtype=np.float64)  # of objects SciPy makes a crash
    distances = 1 - np.clip((shares + shares.T) / 2, 0, 1)
    np.fill_diagonal(distances, 0)
    return leaves_list(linkage(squareform(distances), "average", optimal_ordering=True))


def order_rows(rows: np.ndarray) -> np.ndarray:
    """Return an order of rows [shape=(n, p)] in which those that are alike stand together."""
    if len(rows) < 3:
        return np.arange(len(rows))
    return leaves_list(linkage(rows, "average", optimal_ordering=True))


def worst_confusions(confusion: pd.DataFrame, n: int) -> pd.DataFrame:
    """Return the `n` rows with the largest share of a genre that is taken for another one, the largest first.

    Parameters
    ----------
    confusion : pd.DataFrame
        ``actual``, ``predicted``, ``share_of_actual``
    """
    wrong = confusion[confusion["actual"] != confusion["predicted"]]
    order = ["share_of_actual", "actual", "predicted"]
    return wrong.sort_values(order, ascending=[False, True, True], ignore_index=True).head(n)
