"""What was found of some tracks goes to MongoDB: all else first, and last the tracks that vouch for it."""

import unicodedata
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from pymongo import DeleteMany, UpdateOne
from pymongo.database import Database

from pipeline.extract.analyse import Outcome
from pipeline.store import upsert, window_key
from pipeline.store.datasets import begin_segments


def write(database: Database, dataset: str, tracks: Sequence[dict[str, Any]], outcomes: Sequence[Outcome]) -> None:
    """Write segments and rejects of tracks, then the tracks; a stop in between leaves the tracks to be done again.

    Parameters
    ----------
    database : Database
    dataset : str
    tracks : sequence of dict
        `TRACK_FIELDS` as they were when the work was handed out
    outcomes : sequence of Outcome
        of the same tracks
    """
    every = {"dataset": dataset}
    segments = [every | segment for outcome in outcomes for segment in outcome.segments]
    begin_segments(database, dataset)
    upsert(database["segments"], segments, replace=True, new=not any(track.get("extracted") for track in tracks))
    surplus = [operation for outcome in outcomes for operation in _surplus(dataset, outcome)]
    if surplus:
        database["segments"].bulk_write(surplus, ordered=False)
    begin_segments(database, dataset)  # once more, as another process may have taken them for complete meanwhile
    names = [outcome.track_id for outcome in outcomes]
    names += [unicodedata.normalize("NFC", piece) for track in tracks for piece in track.get("pieces") or ()]
    of_files = {"path": {"$in": names}, "stage": "extract", "window_s": None}
    database["rejects"].delete_many(every | of_files)  # of an earlier try
    rejects = [every | asdict(reject) | {"stage": "extract"} for outcome in outcomes for reject in outcome.rejects]
    upsert(database["rejects"], rejects, replace=True)
    database["tracks"].bulk_write(
        [_voucher(dataset, track, outcome) for track, outcome in zip(tracks, outcomes, strict=True)], ordered=False
    )


def _surplus(dataset: str, outcome: Outcome) -> list[DeleteMany]:
    """Return what removes segments of other windows than the file has, as a run of long ago may have left them."""
    return [
        DeleteMany(
            {
                "dataset": dataset,
                "track_id": outcome.track_id,
                "feature_set": feature_set,
                "window_s": float(window_s),
                "start_s": {"$nin": _starts(outcome, feature_set, window_s)},
            }
        )
        for feature_set, window_s in outcome.finished
    ]


def _starts(outcome: Outcome, feature_set: str, window_s: float) -> list[float]:
    wanted = (feature_set, float(window_s))
    return [s["start_s"] for s in outcome.segments if (s["feature_set"], s["window_s"]) == wanted]


def _voucher(dataset: str, track: dict[str, Any], outcome: Outcome) -> UpdateOne:
    """Return what marks windows as in, unless the file was catalogued anew since the work was handed out."""
    as_it_was = {name: track.get(name) for name in ("size_bytes", "modified_ns")}
    keys = [window_key(*finished) for finished in outcome.finished]
    return UpdateOne(
        {"dataset": dataset, "track_id": outcome.track_id, **as_it_was},
        {"$set": outcome.track, "$addToSet": {"extracted": {"$each": keys}}},
    )
