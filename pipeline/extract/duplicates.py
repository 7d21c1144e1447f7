"""Which tracks repeat another one: the same audio, or the same features of a stretch of it."""

from collections.abc import Iterable

import numpy as np
import pandas as pd

from pipeline.splits import join, same_rows, telling
from pipeline.store import Columns, in_parts, take

_GAMMA = np.uint64(0x9E3779B97F4A7C15)
"""The golden ratio's fraction, in 64 bits."""


def find_repeated(tracks: pd.DataFrame, tables: Iterable[Columns]) -> pd.Series:
    """Return, for each track, the first one that it repeats, itself where there is none.

    Tracks repeat each other where their content is the same to the bit, or where any row of features is: dozens of
    numbers with all their digits don't agree by chance. Rows that might, as those of silent segments, don't count
    (`telling`). What repeats the same track is one group.

    Parameters
    ----------
    tracks : pd.DataFrame
        ``track_id``, ``content_hash``; sorted by ``track_id``
    tables : iterable of Columns
        the segments of one window length each

    Returns
    -------
    pd.Series of str
        by the index of `tracks`
    """
    links = [link for segments in tables if (link := _shared(tracks["track_id"], segments)) is not None]
    return tracks.groupby(join(tracks["content_hash"], *links))["track_id"].transform("first")


def _shared(track_ids: pd.Series, segments: Columns) -> pd.Series | None:
    """Return a number for each track, the same for those that share a row; missing where a track shares none."""
    names, values = segments.identity["track_id"], segments.values
    hashes = np.concatenate([_hashes(part) for part in in_parts(values)])
    again = pd.Series(hashes).duplicated(keep=False).to_numpy()
    X = np.asarray(take(values, again))
    rows = pd.DataFrame({"track_id": names[again].to_numpy(), "row": same_rows(X)})
    shared = rows.groupby("row")["track_id"].transform("nunique").to_numpy() > 1
    shared[shared] = telling(X[shared])
    rows = rows[shared]
    if rows.empty:
        return None
    groups = pd.Series(join(rows["track_id"], rows["row"]), index=rows["track_id"])
    return track_ids.map(groups[~groups.index.duplicated()])


def _hashes(X: np.ndarray) -> np.ndarray:
    """Return a number for each row [shape=(n,), dtype=uint64]: that of equal rows is equal, of others hardly ever.

    Values are mixed as by splitmix64 (Steele, Lea and Flood 2014), each beginning with its column's number.
    """
    stored = np.ascontiguousarray(X + 0.0).view(np.uint64)  # with 0.0 the two zeros are one
    bits: np.ndarray = stored + np.arange(1, X.shape[1] + 1, dtype=np.uint64) * _GAMMA
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        bits = (bits ^ (bits >> np.uint64(shift))) * np.uint64(factor)
    return (bits ^ (bits >> np.uint64(31))).sum(axis=1, dtype=np.uint64)
