"""Which tracks repeat another one: the same audio, or the same features of a stretch of it."""

from collections.abc import Iterator

import numpy as np
import pandas as pd
from pymongo.database import Database

from pipeline.catalogue import extracted_windows
from pipeline.splits import join, same_rows, telling
from pipeline.store import read_segments


def find_repeated(database: Database, dataset: str, tracks: pd.DataFrame) -> pd.Series:
    """Return, for each track, the first one that it repeats, itself where there is none.

    Tracks repeat each other where their content is the same to the bit, or where any row of the main feature set is:
    some 57 numbers with all their digits don't agree by chance. Rows that might, as those of silent segments, don't
    count (`telling`). What repeats the same track is one group.

    Parameters
    ----------
    database : Database
    dataset : str
    tracks : pd.DataFrame
        ``track_id``, ``content_hash``, sorted by ``track_id``

    Returns
    -------
    pd.Series of str
        by the index of `tracks`
    """
    links = list(_links(database, dataset, tracks["track_id"]))
    groups = join(tracks["content_hash"], *links)
    return tracks.groupby(groups)["track_id"].transform("first")


def _links(database: Database, dataset: str, track_ids: pd.Series) -> Iterator[pd.Series]:
    """Yield, for each window length, the number of the tracks that share a row; missing where there is none."""
    for feature_set, windows_s in list(extracted_windows(database, dataset).items())[:1]:  # the main one
        for window_s in windows_s:
            segments = read_segments(database, dataset, feature_set, window_s)
            X = segments[segments.columns[3:]].to_numpy(dtype=np.float64)
            rows = pd.DataFrame({"track_id": segments["track_id"], "row": same_rows(X)})
            shared = rows.groupby("row")["track_id"].transform("nunique").to_numpy() > 1
            shared[shared] = telling(X[shared])
            rows = rows[shared]
            if len(rows):
                groups = pd.Series(join(rows["track_id"], rows["row"]), index=rows["track_id"])
                yield track_ids.map(groups[~groups.index.duplicated()])
