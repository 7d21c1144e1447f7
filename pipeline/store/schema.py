"""Collections, their validators and indexes, as declared in ``mongo/schema/*.json``."""

import json
from functools import lru_cache
from typing import Any

from pymongo import IndexModel
from pymongo.database import Database
from pymongo.errors import CollectionInvalid, OperationFailure

from pipeline.settings import SCHEMA_DIR
from pipeline.store.layout import META, OLDEST, declare_current, migrate, read_layout

NAMESPACE_EXISTS = 48


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


def apply_schema(database: Database) -> None:
    """Create or update every collection, validator and index, and bring an older layout up to date.

    Does nothing where all is in place.

    Raises
    ------
    StoreError
        where a newer version of this program wrote the database; nothing is changed then
    """
    known = load_schema()
    existing = {info["name"]: info.get("options", {}) for info in database.list_collections()}
    is_empty = not existing.keys() & known.keys() - {META}
    if META not in existing:
        _create(database, META, known[META]["validator"])
        existing[META] = {"validator": known[META]["validator"]}
    version = read_layout(database)
    if version is None:  # of an empty database before all else: what is stopped then is not taken for an older one
        version = declare_current(database) if is_empty else OLDEST
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
        if declared["indexes"]:
            database[name].create_indexes(
                [
                    IndexModel(list(index["keys"].items()), **{k: v for k, v in index.items() if k != "keys"})
                    for index in declared["indexes"]
                ]
            )


def _create(database: Database, name: str, validator: dict[str, Any]) -> None:
    try:
        database.create_collection(name, validator=validator)
    except (CollectionInvalid, OperationFailure) as error:
        if isinstance(error, OperationFailure) and error.code != NAMESPACE_EXISTS:
            raise
        database.command("collMod", name, validator=validator)  # another process was first
