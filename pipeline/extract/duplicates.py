"""Which tracks repeat another one: the same audio, or the same features of a stretch of it."""

from collections.abc import Iterable

import numpy as np
import pandas as pd

from pipeline.splits import join, same_rows, telling
from pipeline.store import feature_values


def find_repeated(tracks: pd.DataFrame, tables: Iterable[pd.DataFrame]) -> pd.Series:
    """Return, for each track, the first one that it repeats, itself where there is none.

    Tracks repeat each other where their content is the same to the bit, or where any row of features is: dozens of
    numbers with all their digits don't agree by chance. Rows that might, as those of silent segments, don't count
    (`telling`). What repeats the same track is one group.

    Parameters
    ----------
    tracks : pd.DataFrame
        ``track_id``, ``content_hash``; sorted by ``track_id``
    tables : iterable of pd.DataFrame
        the segments of one window length each, as `read_segments` returns them

    Returns
    -------
    pd.Series of str
        by the index of `tracks`
    """
    links = [link for segments in tables if (link := _shared(tracks["track_id"], segments)) is not None]
    return tracks.groupby(join(tracks["content_hash"], *links))["track_id"].transform("first")


def _shared(track_ids: pd.Series, segments: pd.DataFrame) -> pd.Series | None:
    """Return a number for each track, the same for those that share a row; missing where a track shares none."""
    X = feature_values(segments).to_numpy(dtype=np.float64)
    rows = pd.DataFrame({"track_id": segments["track_id"], "row": same_rows(X)})
    shared = rows.groupby("row")["track_id"].transform("nunique").to_numpy() > 1
    shared[shared] = telling(X[shared])
    rows = rows[shared]
    if rows.empty:
        return None
    groups = pd.Series(join(rows["track_id"], rows["row"]), index=rows["track_id"])
    return track_ids.map(groups[~groups.index.duplicated()])
