"""Which tracks repeat another one: the same audio, or the same features of a stretch of it."""

from collections.abc import Iterable

import numpy as np
import pandas as pd

from pipeline.splits import join, same_rows, telling
from pipeline.store import Columns, Values, take

_ODD = np.uint64(0x9E3779B97F4A7C15)
"""The golden ratio's fraction, in 64 bits (Knuth 1973)."""


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
    parts = values.parts() if isinstance(values, Values) else [values]
    again = pd.Series(np.concatenate([_hashes(part) for part in parts])).duplicated(keep=False).to_numpy()
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
    """Return a number for each row [shape=(n,), dtype=uint64]: that of equal rows is equal, of others hardly ever."""
    bits = np.ascontiguousarray(X + 0.0).view(np.uint64)  # with 0.0 the two zeros are one
    bits = (bits ^ (bits >> np.uint64(32))) * _ODD
    return ((bits ^ (bits >> np.uint64(29))) * _weights(X.shape[1])).sum(axis=1, dtype=np.uint64)


def _weights(n: int) -> np.ndarray:
    """Return an odd number for each column, so that rows of the same values in another order differ."""
    return np.arange(1, n + 1, dtype=np.uint64) * _ODD | np.uint64(1)
