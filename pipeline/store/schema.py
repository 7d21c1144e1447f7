"""Collections, their validators and indexes, as declared in ``mongo/schema/*.json``."""

import json
import time
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from pymongo import IndexModel
from pymongo.database import Database
from pymongo.errors import CollectionInvalid, OperationFailure

from pipeline.settings import SCHEMA_DIR
from pipeline.store.layout import META, declare_current, migrate
from pipeline.store.standing import look_at

NAMESPACE_EXISTS = 48
BUSY = 12587
"""The server's code for a collection that can't be changed, for an index is being made."""

BUSY_S = 60.0
RETRY_EVERY_S = 0.1


@lru_cache(maxsize=1)
def load_schema() -> dict[str, dict[str, Any]]:
    """Return the declarations, ``{collection: {"validator": …, "indexes": [{"keys": …, "unique": …}]}}``."""
    return {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted(SCHEMA_DIR.glob("*.json"))}


def natural_key(collection: str) -> list[str]:
    """Return the fields that name one document of `collection`: the keys of its first unique index."""
    return next(list(index["keys"]) for index in load_schema()[collection]["indexes"] if index.get("unique"))


def fields(collection: str) -> list[str]:
    """Return the field names that the validator of `collection` declares, in its order."""
    return list(load_schema()[collection]["validator"]["$jsonSchema"]["properties"])


def packed_fields(table: str) -> list[str]:
    """Return the fields of a result table that are lists in ``results``: one document holds many of its rows."""
    return load_schema()["results"]["packed"].get(table, [])


def apply_schema(database: Database) -> None:
    """Create or update every collection, validator and index, and bring an older layout up to date.

    Does nothing where all is in place.

    Raises
    ------
    StoreError
        where the database holds another application's collections, or a newer version of this program wrote it;
        nothing is changed then
    """
    deadline = time.monotonic() + BUSY_S
    while True:
        try:
            return _apply(database, load_schema())
        except OperationFailure as error:
            if error.code != BUSY or time.monotonic() > deadline:
                raise
            time.sleep(RETRY_EVERY_S)  # another process makes indexes: what was done is not done again


def _apply(database: Database, known: Mapping[str, Mapping[str, Any]]) -> None:
    standing = look_at(database, known)
    existing, version = dict(standing.options), standing.layout
    if META not in existing:
        _create(database, META, known[META]["validator"])
        existing[META] = {"validator": known[META]["validator"]}
    if version is None:  # of an empty database before all else: what is stopped then is not taken for an older one
        version = declare_current(database)
    for name, declared in known.items():
        if name not in existing:
            _create(database, name, declared["validator"])
        elif existing[name].get("validator") != declared["validator"]:
            # A moderate validator lets documents of an older layout be changed step by step until they fit it.
            database.command("collMod", name, validator=declared["validator"], validationLevel="moderate")
            existing[name] = {"validationLevel": "moderate"}
    migrate(database, version)  # before the indexes: documents of an older layout may not be told apart by them
    for name, options in existing.items():
        if name in known and options.get("validationLevel") == "moderate":
            database.command("collMod", name, validationLevel="strict")
    for name, declared in known.items():
        present = list(database[name].list_indexes()) if declared["indexes"] else []
        wanted = [
            IndexModel(list(index["keys"].items()), **{k: v for k, v in index.items() if k != "keys"})
            for index in declared["indexes"]
        ]
        missing = [index for index in wanted if not any(_is_same(index, other) for other in present)]
        if missing:  # whoever has no right to make indexes needs none where they are made
            database[name].create_indexes(missing)


def _is_same(wanted: IndexModel, present: Mapping[str, Any]) -> bool:
    same_order = list(wanted.document["key"]) == list(present["key"])
    return same_order and all(present.get(name) == value for name, value in wanted.document.items())


def _create(database: Database, name: str, validator: dict[str, Any]) -> None:
    try:
        database.create_collection(name, validator=validator)
    except (CollectionInvalid, OperationFailure) as error:
        if isinstance(error, OperationFailure) and error.code != NAMESPACE_EXISTS:
            raise
        [made] = database.list_collections(filter={"name": name})  # another process was first
        if made["options"].get("validator") != validator:
            database.command("collMod", name, validator=validator)
