"""The vote: one answer for a track, of the answers for its segments.

It is the mean of their probabilities, a linear opinion pool (Stone 1961). The logarithmic one, their geometric mean,
has been tried beside it: `benchmarks/vote.md` has the figures. Accuracy does not tell the two apart; the mean is the
plainer one, and needs no floor against a probability of 0, which would veto a genre.
"""

import numpy as np
from scipy import sparse

_DECIMALS = 12
"""Of the mean probability: beyond, the order of addition shows, and would break ties."""


def pool(probabilities: np.ndarray, tracks: np.ndarray) -> np.ndarray:
    """Return the mean of the probabilities of each track's rows.

    Parameters
    ----------
    probabilities : np.ndarray [shape=(n, k)]
        each row sums to 1
    tracks : np.ndarray [shape=(n,), dtype=int]
        the track of each row, from 0, none left out

    Returns
    -------
    np.ndarray [shape=(tracks.max() + 1, k)]
        each row sums to 1; the order of a track's rows makes no difference
    """
    n_rows = np.bincount(tracks)
    summed = sparse.csr_array((np.ones(len(tracks)), (tracks, np.arange(len(tracks))))) @ probabilities
    pooled = np.round(summed / n_rows[:, None], _DECIMALS)
    return pooled / pooled.sum(axis=1, keepdims=True)
