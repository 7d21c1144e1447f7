"""Spaces of made tracks."""

import numpy as np
import pandas as pd

from pipeline.playlist import Space


def made_space(values, features=None, feature_set: str = "table", **columns) -> Space:
    """Return the space of tracks with these values [shape=(n, p)]; each of an artist and a genre of its own."""
    values = np.asarray(values, dtype=float)
    n = len(values)
    tracks = pd.DataFrame(
        {
            "track_id": [f"t{i:04d}" for i in range(n)],
            "artist": [f"Artist {i}" for i in range(n)],
            "title": [f"Song {i}" for i in range(n)],
            "genre": "rock",
            "path": None,
            "recording": [f"t{i:04d}" for i in range(n)],
        }
        | columns
    )
    names = features or [f"f{i:02d}" for i in range(values.shape[1])]
    return Space.of(tracks, names, values, dataset="made", feature_set=feature_set)
