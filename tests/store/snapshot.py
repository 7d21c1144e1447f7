"""A database byte by byte: documents, indexes, options, as the server gives them."""

import bson
from bson.raw_bson import RawBSONDocument
from pymongo.database import Database

Snapshot = dict[str, tuple[bytes, ...]]


def snapshot(database: Database) -> dict[str, Snapshot]:
    """Return all of it: of each collection its options and id, its indexes, its documents in their natural order."""
    raw = database.with_options(codec_options=database.codec_options.with_options(document_class=RawBSONDocument))
    found = {}
    for info in raw.list_collections():
        name = info["name"]
        is_view = info["type"] == "view"
        of_system = name.startswith("system.")
        found[name] = {
            "info": (bson.encode(info),),
            "indexes": () if is_view or of_system else tuple(map(bson.encode, raw[name].list_indexes())),
            "documents": () if is_view else tuple(document.raw for document in raw[name].find()),
        }
    return found
