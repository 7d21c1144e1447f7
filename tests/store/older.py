"""A database as an older version left it."""

import lzma
from functools import lru_cache
from pathlib import Path

from bson import json_util
from pymongo import IndexModel

OLDER = Path(__file__).parent / "layout-1.jsonl.xz"
"""A run of the demo corpus (3 tracks a genre, windows of 30 and 15 s) by commit 5156230, the first that ran all stages:
a line a collection, with its validator and indexes of then, and a line a document."""


@lru_cache(maxsize=1)
def older_lines() -> list[dict]:
    with lzma.open(OLDER, "rt", encoding="utf-8") as lines:
        return [json_util.loads(line) for line in lines]


def load(database, most=None):
    """Write the older database, of each collection and table at most so many documents."""
    documents = {}
    for line in older_lines():
        if "document" in line:
            documents.setdefault((line["in"], line["document"].get("table")), []).append(line["document"])
            continue
        collection = database.create_collection(line["collection"], **line["options"])
        if line["indexes"]:
            of_then = [IndexModel(list(index["keys"].items()), unique=index["unique"]) for index in line["indexes"]]
            collection.create_indexes(of_then)
    for (name, _), alike in documents.items():
        database[name].insert_many(alike[:most])
