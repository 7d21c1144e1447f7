"""What belongs together: rows with the same values, tracks of one recording, and chains of such links."""

from hashlib import blake2b

import numpy as np
import pandas as pd
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

FEWEST_VALUES = 8
"""Distinct values that a row has at least, if two tracks that have it in common are to be one group."""


def recordings(tracks: pd.DataFrame) -> pd.Series:
    """Return the first track that holds the same recording, as 02_extract found it; the track itself where none does.

    Parameters
    ----------
    tracks : pd.DataFrame
        ``track_id``, ``same_recording_as``, ``duplicate_of`` (what earlier versions knew: exact copies)

    Returns
    -------
    pd.Series of str
        by the index of `tracks`
    """
    return tracks["same_recording_as"].fillna(tracks["duplicate_of"]).fillna(tracks["track_id"])


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
    X : np.ndarray [shape=(n, …)]
        vectors, or anything else that may be large: of a row no more than its hash is kept

    Returns
    -------
    np.ndarray of int [shape=(n,)]
    """
    cells = np.empty(len(X), dtype=object)
    cells[:] = [blake2b((row + 0.0).tobytes()).digest() for row in X]  # with 0.0 the two zeros are one
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
