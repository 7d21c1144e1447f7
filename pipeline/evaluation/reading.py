"""All sequences of one feature set and window length; vectors are read by `read_columns`."""

from collections.abc import Iterator
from itertools import islice

import numpy as np
import pandas as pd
from pymongo.database import Database

from pipeline.errors import InputError
from pipeline.features import get_feature_set
from pipeline.store import Columns, keep_columns, measure_frames, read_frames

MOST_BYTES = 4 * 2**30
"""Sequences of one set and window may take this much, in half precision.

All sets and windows are in memory together. A comparison takes once as much, and 1.3 times more for each thread: the
rows of a split are copies, and what a model makes of them in single precision, averaged over 4 frames, is half as much.
"""

SEQUENCES_AT_ONCE = 100
"""Read from MongoDB at a time: so many are in memory before they are in the file."""


def read_sequences(database: Database, dataset: str, feature_set: str, window_s: float) -> Columns:
    """Return sequences, each cut to the shortest of them: values [shape=(n, n_frames, n_bands), dtype=float16].

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

    def parts() -> Iterator[tuple[pd.DataFrame, np.ndarray]]:
        segments = read_frames(database, dataset, feature_set, window_s)
        while some := list(islice(segments, SEQUENCES_AT_ONCE)):
            identity = pd.DataFrame([each[:2] for each in some], columns=["track_id", "start_s"])
            yield identity, np.array([frames[:n_frames] for *_, frames in some])

    columns = get_feature_set(feature_set).columns
    return keep_columns(database, dataset, feature_set, window_s, lambda: columns, parts)
