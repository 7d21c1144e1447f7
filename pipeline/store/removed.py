"""What is taken out of a dataset, kept aside until the dataset's next run: nobody reads it, and it can be put back.

A track in ``removed`` stands for all that belongs to it there: it is written after its segments and rejects, and goes
before them, as a track of ``tracks`` does. So each step may be cut off anywhere, and the same again ends well.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from pymongo.database import Database

REMOVED = "removed"

BATCH = 10_000

KINDS = {"segments": "track_id", "rejects": "path", "tracks": "track_id"}
"""The collections that have something of a track, and the field that names it; tracks last."""


def remove(database: Database, dataset: str, track_ids: Iterable[str], run_id: str) -> None:
    """Take tracks out, with their segments and rejects.

    Parameters
    ----------
    database : Database
    dataset : str
    track_ids : iterable of str
        tracks that are in ``tracks``
    run_id : str
        the run that does so, empty where it is none's; `purge` asks for it
    """
    for of_dataset in _batches(dataset, track_ids):
        _forget(database, of_dataset)  # of an earlier removal that was cut off
        for name, key in KINDS.items():
            aside = {
                "dataset": "$dataset",
                "track_id": f"${key}",
                "collection": {"$literal": name},
                "run_id": {"$literal": run_id},
                "document": "$$ROOT",
            }
            into = {"into": REMOVED, "whenMatched": "replace"}
            database[name].aggregate(
                [{"$match": _of_tracks(name, of_dataset)}, {"$replaceWith": {"_id": "$_id", **aside}}, {"$merge": into}]
            )
        _take_out(database, of_dataset)


def removed_tracks(database: Database, dataset: str) -> set[str]:
    """Return the tracks that can be put back."""
    found = database[REMOVED].find({"dataset": dataset, "collection": "tracks"}, {"_id": False, "track_id": True})
    return {document["track_id"] for document in found}


def put_back(database: Database, dataset: str, track_ids: Iterable[str]) -> None:
    """Put removed tracks back as they were, with their segments, their rejects and their place in the holdout."""
    for of_dataset in _batches(dataset, track_ids):
        _take_out(database, of_dataset)  # what an earlier try had put back
        for name in KINDS:
            database[REMOVED].aggregate(
                [
                    {"$match": {**of_dataset, "collection": name}},
                    {"$replaceRoot": {"newRoot": "$document"}},
                    {"$merge": {"into": name, "whenMatched": "replace"}},
                ]
            )
        _forget(database, of_dataset)


def finish_removal(database: Database, dataset: str, track_ids: Iterable[str]) -> None:
    """Take out what a removal that was cut off has left of tracks that are in ``tracks`` no more."""
    for of_dataset in _batches(dataset, track_ids):
        _take_out(database, of_dataset)


def purge(database: Database, dataset: str, run_id: str) -> None:
    """Forget for good what other runs than `run_id` have taken out."""
    _forget(database, {"dataset": dataset, "run_id": {"$ne": run_id}})


def _batches(dataset: str, track_ids: Iterable[str]) -> Iterator[dict[str, Any]]:
    ordered = sorted(track_ids)
    for start in range(0, len(ordered), BATCH):
        yield {"dataset": dataset, "track_id": {"$in": ordered[start : start + BATCH]}}


def _of_tracks(name: str, of_dataset: dict[str, Any]) -> dict[str, Any]:
    query = {"dataset": of_dataset["dataset"], KINDS[name]: of_dataset["track_id"]}
    return {**query, "stage": "extract"} if name == "rejects" else query


def _take_out(database: Database, of_dataset: dict[str, Any]) -> None:
    for name in reversed(KINDS):
        database[name].delete_many(_of_tracks(name, of_dataset))


def _forget(database: Database, query: dict[str, Any]) -> None:
    for of_kind in ({"collection": "tracks"}, {}):
        database[REMOVED].delete_many({**query, **of_kind})
