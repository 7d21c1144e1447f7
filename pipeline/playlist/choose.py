"""Which tracks: nearest first, or by maximal marginal relevance, with limits on artists and recordings."""

from collections import Counter

import numpy as np

from pipeline.playlist.space import Space

POOL = 20
"""Tracks that are looked at for each that is wanted."""


def nearest(squared: np.ndarray, allowed: np.ndarray, k: int) -> np.ndarray:
    """Return the rows of the `k` smallest squared distances among those allowed, nearest first; ties by row.

    Only those `k` are sorted.

    Parameters
    ----------
    squared : np.ndarray [shape=(n,)]
    allowed : np.ndarray of bool [shape=(n,)]
    k : int
    """
    k = min(k, int(np.count_nonzero(allowed)))
    if not k:
        return np.empty(0, dtype=np.int64)
    among = np.where(allowed, squared, np.inf)
    limit = np.partition(among, k - 1)[k - 1]
    found = np.flatnonzero(among <= limit)
    return found[np.argsort(among[found], kind="stable")][:k]


def choose(
    space: Space,
    squared: np.ndarray,
    allowed: np.ndarray,
    length: int,
    *,
    per_artist: int = 2,
    adventure: float = 0.0,
) -> list[int]:
    """Choose tracks, the best first; fewer than `length` where limits leave no more.

    Each next one is that of the greatest marginal relevance (Carbonell and Goldstein 1998, The use of MMR,
    doi:10.1145/290941.291025): near the point, and far from what is chosen already. Both are measured by distance;
    `adventure` is how much the second counts.

    Parameters
    ----------
    space : Space
    squared : np.ndarray [shape=(n,)]
        squared distance of each track from the point
    allowed : np.ndarray of bool [shape=(n,)]
    length : int
    per_artist : int
        tracks at most of one artist; unknown artists are all different. 0: any number
    adventure : float
        0 to 1
    """
    n_allowed, size = int(np.count_nonzero(allowed)), POOL * length
    while True:
        pool = nearest(squared, allowed, size)
        chosen = _choose_among(space, squared, pool, length, per_artist, adventure)
        if len(chosen) == length or size >= n_allowed:
            return chosen
        size *= 4


def _choose_among(
    space: Space, squared: np.ndarray, pool: np.ndarray, length: int, per_artist: int, adventure: float
) -> list[int]:
    from_point = np.sqrt(squared[pool])
    apart = np.full(len(pool), np.inf)
    left = np.ones(len(pool), dtype=bool)
    points = space.z[pool] * np.sqrt(space.weights)
    counted: Counter[int] = Counter()
    chosen: list[int] = []
    while len(chosen) < length and left.any():
        gain = -from_point if not chosen or not adventure else adventure * apart - (1 - adventure) * from_point
        best = int(np.argmax(np.where(left, gain, -np.inf)))
        track = int(pool[best])
        chosen.append(track)
        left &= space.recordings[pool] != space.recordings[track]
        artist = int(space.artists[track])
        counted[artist] += 1
        if per_artist and artist >= 0 and counted[artist] >= per_artist:
            left &= space.artists[pool] != artist
        if adventure:
            apart = np.minimum(apart, np.linalg.norm(points - points[best], axis=1))
    return chosen
