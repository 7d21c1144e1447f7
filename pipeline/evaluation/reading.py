"""All segments of one feature set and window length as an array: vectors, or sequences of frames."""

import numpy as np
import pandas as pd
from pymongo.database import Database

from pipeline.errors import InputError
from pipeline.features import get_feature_set
from pipeline.store import feature_values, measure_frames, read_frames, read_segments

MOST_BYTES = 4 * 2**30
"""Sequences of one set and window may take this much, in half precision.

All sets and windows are in memory together. A comparison takes once as much, and 1.3 times more for each thread: the
rows of a split are copies, and what a model makes of them in single precision, averaged over 4 frames, is half as much.
"""

Read = tuple[pd.DataFrame, tuple[str, ...], np.ndarray]
"""``track_id`` and ``start_s`` of each segment, sorted by them; names of the values; the values, a row a segment."""


def read_vectors(database: Database, dataset: str, feature_set: str, window_s: float) -> Read:
    """Read vectors [shape=(n, p), dtype=float64]."""
    segments = read_segments(database, dataset, feature_set, window_s)
    values = feature_values(segments)
    return segments[["track_id", "start_s"]], tuple(values.columns), values.to_numpy()


def read_sequences(database: Database, dataset: str, feature_set: str, window_s: float) -> Read:
    """Read sequences, each cut to the shortest of them [shape=(n, n_frames, n_bands), dtype=float16].

    Windows of one length differ where a 30-second clip is whole, a little shorter or longer: by 5 % at most.

    Raises
    ------
    InputError
        where they would take more than `MOST_BYTES`
    """
    n, n_frames, n_bands = measure_frames(database, dataset, feature_set, window_s)
    n_bytes = np.dtype(np.float16).itemsize * n * n_frames * n_bands
    if n_bytes > MOST_BYTES:
        raise InputError(
            f"the {n} {window_s:g}-second sequences of {feature_set!r} would take {n_bytes / 2**30:.1f} GiB of memory, "
            f"and {MOST_BYTES / 2**30:g} are the most: leave the recurrent model out of --models, or extract a set of "
            "fewer bands, or longer windows only"
        )
    X, identity = np.empty((n, n_frames, n_bands), dtype=np.float16), []
    for row, (track_id, start_s, frames) in enumerate(read_frames(database, dataset, feature_set, window_s)):
        X[row] = frames[:n_frames]
        identity.append((track_id, start_s))
    return pd.DataFrame(identity, columns=["track_id", "start_s"]), get_feature_set(feature_set).columns, X
