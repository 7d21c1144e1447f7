"""Whether reasons are true: how far a track's rank moves without the features that are named, and without others."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from pipeline.playlist.make import Playlist
from pipeline.playlist.space import Space
from pipeline.random_streams import stream

N_DRAWS = 20


def measure_truth(space: Space, playlists: Sequence[Playlist], seed: int = 0) -> pd.DataFrame:
    """Take features away, and count how many ranks each track of some playlists moves among all but the seeds.

    Parameters
    ----------
    space : Space
    playlists : sequence of Playlist
        as `make_playlist` made them in that space
    seed : int
        of the features that are taken away instead

    Returns
    -------
    pd.DataFrame
        a row a track with a reason: ``n_features`` that it names; ``named``, the ranks it moves without them;
        ``random``, without as many drawn at random, the mean of `N_DRAWS`
    """
    rng, rows = stream("features taken away", seed), []
    for playlist in playlists:
        others = np.setdiff1d(np.arange(len(space)), playlist.seeds)
        parts = space.weights * np.square(space.z[others] - np.asarray(playlist.point, dtype=np.float32))
        whole = parts.sum(axis=1)
        for name, reason in zip(playlist.tracks["track_id"], playlist.reasons, strict=True):
            track = int(np.searchsorted(others, space.places[name]))
            n = len(reason.features)
            if n == 0:
                continue

            def moved(features: np.ndarray, track: int = track, parts=parts, whole=whole) -> int:
                without = whole - parts[:, features].sum(axis=1)
                return abs(int((without < without[track]).sum()) - int((whole < whole[track]).sum()))

            drawn = [moved(rng.choice(parts.shape[1], n, replace=False)) for _ in range(N_DRAWS)]
            rows.append((n, moved(np.array(reason.features)), float(np.mean(drawn))))
    return pd.DataFrame(rows, columns=["n_features", "named", "random"])
