"""The rows of ``features``: the segments of all sets and windows, read where they are asked for, as they are many."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from pymongo.database import Database

from pipeline.catalogue import extracted_windows
from pipeline.set_names import parts_of
from pipeline.store import Columns, read_columns, read_frame


@dataclass(frozen=True)
class _Window:
    """The usable segments of one feature set and window length [s]; `rows` numbers them in `columns`."""

    feature_set: str
    window_s: float
    columns: Columns
    rows: np.ndarray


@dataclass(frozen=True)
class SegmentRows:
    """Segments with the genre of their track, the longest windows first.

    Attributes
    ----------
    windows : sequence
        one a feature set and window length
    genres : pd.Series of str
        by ``track_id``
    same : dict
        what is the same in all rows, by column
    """

    windows: Sequence[_Window]
    genres: pd.Series
    same: dict[str, str]

    def __len__(self) -> int:
        return sum(len(window.rows) for window in self.windows)

    @property
    def features(self) -> dict[str, tuple[str, ...]]:
        """Names of the features, by set."""
        return {window.feature_set: window.columns.features for window in self.windows}

    def take(self, numbers: np.ndarray) -> pd.DataFrame:
        """Return some rows, by ascending number."""
        frames, before = [], 0
        for window in self.windows:
            inside = numbers[(numbers >= before) & (numbers < before + len(window.rows))] - before
            frame = window.columns.frame(window.rows[inside])
            genre = self.genres.loc[frame["track_id"]].to_numpy()
            frames.append(frame.assign(genre=genre, feature_set=window.feature_set, window_s=window.window_s))
            before += len(window.rows)
        return pd.concat(frames, ignore_index=True).assign(**self.same)


def segment_rows(database: Database, dataset: str, run_id: str) -> SegmentRows:
    """Return the segments of each feature set and window length; of a combination of sets its parts tell all."""
    tracks = read_frame(database["tracks"], {"dataset": dataset, "status": "ready"}, ["track_id", "genre"])
    genres = tracks.set_index("track_id")["genre"]
    windows = []
    extracted = extracted_windows(database, dataset)
    wanted = ((part, w) for name, windows_s in extracted.items() for part in parts_of(name) for w in windows_s)
    for feature_set, window_s in dict.fromkeys(wanted):
        columns = read_columns(database, dataset, feature_set, window_s)
        rows = np.flatnonzero(columns.identity["track_id"].isin(genres.index))
        windows.append(_Window(feature_set, window_s, columns, rows))
    return SegmentRows(windows, genres, {"run_id": run_id, "dataset": dataset})
