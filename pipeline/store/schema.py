"""Collections, their validators and indexes, as declared in ``mongo/schema/*.json``."""

import json
from functools import lru_cache
from typing import Any

from pymongo import IndexModel
from pymongo.database import Database
from pymongo.errors import CollectionInvalid, OperationFailure

from pipeline.settings import SCHEMA_DIR

NAMESPACE_EXISTS = 48


@lru_cache(maxsize=1)
def load_schema() -> dict[str, dict[str, Any]]:
    """Return the declarations, ``{collection: {"validator": …, "indexes": [{"keys": …, "unique": …}]}}``."""
    return {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted(SCHEMA_DIR.glob("*.json"))}


def natural_key(collection: str) -> list[str]:
    """Return the fields that name one document of `collection`: the keys of its first unique index."""
    return next(list(index["keys"]) for index in load_schema()[collection]["indexes"] if index.get("unique"))


def fields(collection: str) -> set[str]:
    """Return the field names that the validator of `collection` declares."""
    return set(load_schema()[collection]["validator"]["$jsonSchema"]["properties"])


def apply_schema(database: Database) -> None:
    """Create or update every collection, validator and index; does nothing where all is in place."""
    existing = {info["name"]: info.get("options", {}) for info in database.list_collections()}
    for name, declared in load_schema().items():
        if name not in existing:
            _create(database, name, declared["validator"])
        elif existing[name].get("validator") != declared["validator"]:
            database.command("collMod", name, validator=declared["validator"])
        database[name].create_indexes(
            [
                IndexModel(list(index["keys"].items()), unique=index.get("unique", False))
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
