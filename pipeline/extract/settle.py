"""What can be decided only once all content is known: which tracks are duplicates, and which are held out."""

from dataclasses import dataclass

import pandas as pd
from pymongo.database import Database

from pipeline.errors import InputError
from pipeline.splits import draw_holdout
from pipeline.store import read_frame, upsert


@dataclass(frozen=True)
class SettleReport:
    """Counts of usable tracks, of those that repeat another one, and of those held out."""

    n_tracks: int
    n_duplicates: int
    n_holdout: int

    def __str__(self) -> str:
        return (
            f"{self.n_tracks} usable tracks; {self.n_duplicates} repeat another one; "
            f"{self.n_holdout} are held out ({self.n_holdout / self.n_tracks:.0%})"
        )


def settle(database: Database, dataset: str, *, holdout: float, seed: int) -> SettleReport:
    """Mark tracks that repeat an earlier one's content, and draw the holdout among tracks not drawn yet.

    A share of 0 draws nothing, so that a later run with another share still can.

    Parameters
    ----------
    database : Database
    dataset : str
    holdout : float
        share of the tracks to set aside, at least 0 and below 1
    seed : int

    Raises
    ------
    InputError
        where no track is usable, or only one genre's, or `holdout` is out of range
    """
    columns = ["track_id", "genre", "content_hash", "holdout"]
    tracks = read_frame(database["tracks"], {"dataset": dataset, "status": "ready"}, columns)
    if tracks.empty:
        raise InputError(f"dataset {dataset!r} has no usable track: its rejects say why")
    if tracks["genre"].nunique() < 2:
        only = tracks["genre"].iloc[0]
        raise InputError(f"dataset {dataset!r} has usable tracks of one genre only, {only!r}: a comparison needs two")
    tracks = tracks.sort_values("track_id", ignore_index=True)
    tracks["group"] = tracks.groupby("content_hash")["track_id"].transform("first")
    before = tracks["holdout"]
    tracks["holdout"] = draw_holdout(tracks, holdout, seed)
    is_duplicate = tracks["group"] != tracks["track_id"]
    upsert(
        database["tracks"],
        (
            {
                "dataset": dataset,
                "track_id": track.track_id,
                "holdout": bool(track.holdout) if holdout or not pd.isna(before[track.Index]) else None,
                "duplicate_of": track.group if track.group != track.track_id else None,
            }
            for track in tracks.itertuples()
        ),
    )
    upsert(database["datasets"], [{"dataset": dataset, "holdout_share": float(holdout)}])
    return SettleReport(len(tracks), int(is_duplicate.sum()), int(tracks["holdout"].sum()))
