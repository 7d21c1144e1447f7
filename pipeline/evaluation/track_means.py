"""The mean row of each track: its windows together, and of a sequence its frames."""

import numpy as np
from scipy.sparse import csr_matrix

from pipeline.evaluation.samples import Samples
from pipeline.splits import sample_groups


def track_means(samples: Samples) -> np.ndarray:
    """Return the mean row of each track [shape=(n_tracks, p), dtype=float64], by the tracks' numbers."""
    _, code = np.unique(samples.rows["track"].to_numpy(), return_inverse=True)
    n_tracks = int(code.max(initial=-1)) + 1
    total = np.zeros((n_tracks, len(samples.features)))
    start = 0
    for part in samples.in_parts():
        values = part.mean(axis=1, dtype=np.float64) if part.ndim == 3 else part
        found, of_found = np.unique(code[start : start + len(part)], return_inverse=True)
        total[found] += sum_rows(values, of_found, len(found))
        start += len(part)
    return total / np.bincount(code)[:, None]


def some_tracks(samples: Samples, most: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the mean row of each track, its genre and its group: of all, or of a sample of groups with `most` tracks.

    Returns
    -------
    X : np.ndarray [shape=(n, p)]
    y, units : np.ndarray of int [shape=(n,)]
    """
    numbers = samples.rows["track"].to_numpy()
    tracks, first = np.unique(numbers, return_index=True)
    kept = sample_groups(samples.units[first], samples.y[first], most, rng)
    chosen = samples if len(kept) == len(tracks) else samples.where(np.isin(numbers, tracks[kept]))
    return track_means(chosen), samples.y[first][kept], samples.units[first][kept]


def sum_rows(values: np.ndarray, codes: np.ndarray, n_groups: int) -> np.ndarray:
    """Sum rows [shape=(n, p)] by group, which are numbered from 0: [shape=(n_groups, p)]."""
    n = len(codes)
    return csr_matrix((np.ones(n), (codes, np.arange(n))), shape=(n_groups, n)) @ values
