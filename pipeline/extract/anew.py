"""Which stretches of its files a dataset holds: of one kind at a time, so that no two are mixed."""

from collections.abc import Mapping
from typing import Any

from pymongo.database import Database

from pipeline.catalogue.known import excerpts_of
from pipeline.errors import InputError
from pipeline.excerpts import check_excerpts
from pipeline.printable import say
from pipeline.store.datasets import begin_segments


def choose_excerpts(database: Database, known: Mapping[str, Any], asked: str) -> str:
    """Return which stretches to extract; where these are others than before, take back what is extracted.

    What was extracted goes before the dataset says what it holds now: a stop in between leaves tracks to be extracted,
    and none of the other kind. The holdout and what is known of copies stay: they are of each track's middle.

    Raises
    ------
    InputError
        where `asked` is none of `pipeline.excerpts.EXCERPTS`, or the dataset is a table
    """
    before = excerpts_of(known)
    taken = check_excerpts(asked) or before
    if asked and known["source"] != "audio":
        raise InputError(f"--excerpts {asked!r} is for audio, and dataset {known['dataset']!r} is a table of features")
    if taken == before:
        return taken
    every = {"dataset": known["dataset"]}
    if database["tracks"].count_documents({**every, "extracted": {"$ne": []}}, limit=1):
        say(f"--excerpts {taken}: until now {before} was taken of each file; all of them are extracted anew")
    is_ready = {**every, "status": "ready"}
    database["tracks"].update_many(every, {"$set": {"extracted": []}})
    database["tracks"].update_many(is_ready, {"$set": {"status": "catalogued"}})
    begin_segments(database, known["dataset"])
    database["segments"].delete_many(every)
    database["rejects"].delete_many({**every, "stage": "extract"})
    database["datasets"].update_one(every, {"$set": {"excerpts": taken}})
    return taken
