"""Which dataset is meant: the one that is named, else the newest; and which state of it."""

from hashlib import blake2b
from uuid import uuid4

from pymongo import DESCENDING
from pymongo.database import Database

from pipeline.errors import InputError
from pipeline.settings import DEMO_DATASET, REPRODUCED

OF_TRACKS = ("track_id", "genre", "style", "artist", "status", "holdout", "duplicate_of", "content_hash")
"""What results depend on, and tables of tracks tell."""


def choose_dataset(database: Database, dataset: str = "", *, crowned: bool = False) -> str:
    """Return the name of a dataset: the one asked for, else the one that was catalogued or run last.

    Where there is none at all, that is the demo corpus. `crowned`: of those that are not asked for, only datasets that
    have a champion count.

    Raises
    ------
    InputError
        where one is asked for that does not exist; it names those there are
    """
    if dataset:
        known = _known(database)
        if dataset not in known | {DEMO_DATASET}:
            raise unknown_dataset(database, dataset)
        return dataset
    of_champions = {"champion": {"$ne": None}} if crowned else {}
    fields = {"dataset": True, "started_at": True}
    run = database["runs"].find_one(of_champions, fields, sort=[("number", DESCENDING)])
    of_users = {"dataset": {"$not": {"$regex": f"^{REPRODUCED}"}}, "catalogued_at": {"$exists": True}}
    catalogued = database["datasets"].find_one(of_users, sort=[("catalogued_at", DESCENDING)])
    if run and (crowned or catalogued is None or run["started_at"] >= catalogued["catalogued_at"]):
        return str(run["dataset"])
    return str(catalogued["dataset"]) if catalogued and not crowned else DEMO_DATASET


def revise(database: Database, dataset: str) -> None:
    """Mark a dataset as changed, so that no run takes it for what an earlier one left."""
    change = {"$set": {"revision": uuid4().hex}, "$unset": {"tracks_hash": ""}}
    database["datasets"].update_one({"dataset": dataset}, change)


def finish_revision(database: Database, dataset: str) -> None:
    """Mark that a change is complete, and by which tracks it is known."""
    revise(database, dataset)
    found = blake2b(digest_size=16)
    fields = dict.fromkeys(OF_TRACKS, True) | {"_id": False}
    for track in database["tracks"].find({"dataset": dataset}, fields, sort=[("track_id", 1)]):
        found.update(repr([track.get(name) for name in OF_TRACKS]).encode(errors="surrogateescape"))
    database["datasets"].update_one({"dataset": dataset}, {"$set": {"tracks_hash": found.hexdigest()}})


def tracks_hash(database: Database, dataset: str) -> str | None:
    """Return what tells one state of a dataset's tracks from another; None where that is not known."""
    known = database["datasets"].find_one({"dataset": dataset}, {"tracks_hash": True}) or {}
    return known.get("tracks_hash")


def begin_segments(database: Database, dataset: str) -> None:
    """Mark that segments are about to be written, so that nobody keeps what is read of them until they are in."""
    database["datasets"].update_one({"dataset": dataset}, {"$unset": {"segments_version": True}})


def finish_segments(database: Database, dataset: str) -> None:
    """Mark that all segments are in, where any were written."""
    unmarked = {"dataset": dataset, "segments_version": {"$exists": False}}
    database["datasets"].update_one(unmarked, {"$set": {"segments_version": uuid4().hex}})


def unknown_dataset(database: Database, dataset: str) -> InputError:
    """Return the error that says that there is no such dataset, which there are, and what makes one.

    Of a dataset of which only imported champions are here, it says that its music is elsewhere.
    """
    if dataset in elsewhere(database):
        return InputError(
            f"the music of dataset {dataset!r} is elsewhere: here is an imported champion of it, which `genrelab "
            "predict` and `genrelab serve` can ask, and no more; name a dataset that was made here"
        )
    known = sorted(_known(database) - {dataset})
    there_are = f"there are: {', '.join(known)}" if known else "there is none yet"
    return InputError(f"there is no dataset {dataset!r}; {there_are}. 01_catalogue or genrelab run makes one")


def elsewhere(database: Database) -> list[str]:
    """Return the datasets of which only imported champions are here, sorted."""
    imported = database["runs"].distinct("dataset", {"imported": {"$ne": None}})
    return sorted(set(imported) - set(database["datasets"].distinct("dataset")))


def _known(database: Database) -> set[str]:
    return {*database["datasets"].distinct("dataset"), *database["runs"].distinct("dataset")}
