"""Documents in: idempotent upserts by natural key, and rows of a table as they come."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any

import numpy as np
import pandas as pd
from bson import ObjectId
from pymongo import ReplaceOne, UpdateOne
from pymongo.collection import Collection
from pymongo.errors import AutoReconnect, ServerSelectionTimeoutError

from pipeline.store.schema import natural_key

BATCH = 1000


def upsert(collection: Collection, documents: Iterable[Mapping[str, Any]], *, replace: bool = False) -> int:
    """Write documents by their natural key, so that writing twice changes nothing.

    Parameters
    ----------
    collection : Collection
    documents : iterable of mappings
        each holds the natural key; fields it does not name are kept
    replace : bool
        drop fields that the new document does not name

    Returns
    -------
    int
        how many documents were written
    """
    key = natural_key(collection.name)
    written = 0
    for batch in _batches(documents):
        operations: list[ReplaceOne | UpdateOne] = []
        for document in batch:
            selector = {name: document.get(name) for name in key}
            if replace:
                operations.append(ReplaceOne(selector, document, upsert=True))
            else:
                operations.append(UpdateOne(selector, {"$set": dict(document)}, upsert=True))
        _write(collection, operations)
        written += len(operations)
    return written


def _write(collection: Collection, operations: list[ReplaceOne | UpdateOne]) -> None:
    """Write in any order, and once more where the connection broke: drivers retry on replica sets only."""
    try:
        collection.bulk_write(operations, ordered=False)
    except ServerSelectionTimeoutError:  # the driver has waited already
        raise
    except AutoReconnect:
        collection.bulk_write(operations, ordered=False)


def insert_rows(collection: Collection, rows: pd.DataFrame, constants: Mapping[str, Any]) -> None:
    """Write `rows` as new documents, each with `constants` beside its own fields; `read_rows` keeps their order."""
    # Rows are read in the order of their ids, which a clock set back, or its counter's end, would disturb in between.
    ids = sorted(ObjectId() for _ in range(len(rows)))
    for batch in _batches(zip(ids, plain_records(rows), strict=True)):
        collection.insert_many([{"_id": row_id, **constants, **record} for row_id, record in batch], ordered=False)


def plain_records(rows: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the rows as dicts of plain Python values; missing values become None."""
    if not len(rows.columns):
        return [{} for _ in range(len(rows))]
    columns = {name: _plain_values(rows[name]) for name in rows}
    return [dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)]


def _plain_values(column: pd.Series) -> list[Any]:
    values = column.tolist()
    if column.dtype == object:
        return [_plain(value) for value in values]
    missing = column.isna().to_numpy()
    return [None if gone else value for value, gone in zip(values, missing, strict=True)] if missing.any() else values


def _plain(value: Any) -> Any:
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float) and np.isnan(value):
        return None
    return None if value is pd.NA or value is pd.NaT else value


def _batches(documents: Iterable[Any]) -> Iterator[list[Any]]:
    iterator = iter(documents)
    while batch := list(islice(iterator, BATCH)):
        yield batch
