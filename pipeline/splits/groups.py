"""What belongs together: rows with the same values, names of one artist, and chains of such links."""

import re
import unicodedata

import numpy as np
import pandas as pd
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

NO_NAMES = ("", "unknown", "unknown artist", "various artists", "n/a", "-", "?")
"""What people write where they don't know the artist, or where there are many."""

FEWEST_VALUES = 8
"""Distinct values that a row has at least, if two tracks that have it in common are to be one group."""


def artist_key(name: str | None) -> str | None:
    """Return what two spellings of an artist have in common: NFC, case folded, white space squeezed.

    None where the artist is unknown.
    """
    if not isinstance(name, str):
        return None
    folded = unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())
    key = re.sub(r"\s+", " ", folded).strip()
    return None if key in NO_NAMES else key


def join(*labels: np.ndarray) -> np.ndarray:
    """Number the connected components of rows that share a label of any kind.

    Parameters
    ----------
    *labels : array-like [shape=(n,)]
        rows with the same label of one kind belong together; a missing label joins nothing

    Returns
    -------
    np.ndarray of int [shape=(n,)]
        from 0, in the order of first appearance
    """
    n_nodes = n_rows = len(labels[0])
    ends, starts = [], []
    for kind in labels:
        codes, names = pd.factorize(np.asarray(kind))
        known = np.flatnonzero(codes >= 0)
        starts.append(known)
        ends.append(n_nodes + codes[known])
        n_nodes += len(names)
    rows, nodes = np.concatenate(starts), np.concatenate(ends)
    graph = coo_array((np.ones(len(rows), dtype=np.int8), (rows, nodes)), shape=(n_nodes, n_nodes))
    _, components = connected_components(graph, directed=False)
    return pd.factorize(components[:n_rows])[0]


def same_rows(X: np.ndarray) -> np.ndarray:
    """Number the rows so that those with exactly the same values have the same number.

    Parameters
    ----------
    X : np.ndarray [shape=(n, p), dtype=float64]

    Returns
    -------
    np.ndarray of int [shape=(n,)]
    """
    values = np.ascontiguousarray(X + 0.0)  # the two zeros are one
    cells = np.empty(len(values), dtype=object)
    cells[:] = [row.tobytes() for row in values]
    return pd.factorize(cells)[0]


def telling(X: np.ndarray) -> np.ndarray:
    """Tell which rows could not be the same by chance.

    They have eight distinct values, and as many as half their columns. The features of silence are a few constants
    over and over, and a table of counts and classes repeats itself; that two tracks have such a row in common says
    nothing.

    Returns
    -------
    np.ndarray of bool [shape=(n,)]
    """
    ordered = np.sort(X, axis=1)
    n_distinct = 1 + (np.diff(ordered, axis=1) != 0).sum(axis=1)
    return n_distinct >= max(FEWEST_VALUES, X.shape[1] / 2)
