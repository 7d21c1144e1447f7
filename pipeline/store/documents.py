"""Documents in: idempotent upserts by natural key, and rows of a table as they come."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import groupby, islice, pairwise
from operator import itemgetter
from typing import Any, TypeVar

import numpy as np
import pandas as pd
from bson import ObjectId
from pymongo import ReplaceOne, UpdateMany, UpdateOne
from pymongo.collection import Collection
from pymongo.errors import AutoReconnect, BulkWriteError, ServerSelectionTimeoutError

from pipeline.store.schema import natural_key

BATCH = 1000
RECORDS_AT_ONCE = 20_000
"""Rows that are dicts at a time: a million tracks would take half a gigabyte."""

WRITERS = 2
"""Threads that write at once."""

Written = TypeVar("Written")


def upsert(
    collection: Collection, documents: Iterable[Mapping[str, Any]], *, replace: bool = False, new: bool = False
) -> int:
    """Write documents by their natural key, so that writing twice changes nothing.

    Parameters
    ----------
    collection : Collection
    documents : iterable of mappings
        each holds the natural key; fields it does not name are kept
    replace : bool
        drop fields that the new document does not name
    new : bool
        expect none to be there: insert them, in a third of the server's time, and look up only from the first that is

    Returns
    -------
    int
        how many documents were written
    """
    key = natural_key(collection.name)

    def write(batch: list[Mapping[str, Any]]) -> int:
        nonlocal new
        left = _insert(collection, batch) if new else batch
        new = new and not left
        operations: list[ReplaceOne | UpdateOne] = []
        for document in left:
            selector = {name: document.get(name) for name in key}
            if replace:
                operations.append(ReplaceOne(selector, document, upsert=True))
            else:
                operations.append(UpdateOne(selector, {"$set": dict(document)}, upsert=True))
        if operations:
            _write(collection, operations)
        return len(batch)

    return sum(_beside(write, _batches(documents)))


def _beside(write: Callable[[list[Any]], Written], batches: Iterable[list[Any]]) -> Iterator[Written]:
    """Yield what `write` returns for each batch, by threads: one makes the next while the server takes another."""
    with ThreadPoolExecutor(WRITERS) as writers:
        running: deque[Future[Written]] = deque()
        for batch in batches:
            running.append(writers.submit(write, batch))
            if len(running) > WRITERS:
                yield running.popleft().result()
        while running:
            yield running.popleft().result()


def _insert(collection: Collection, batch: list[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Insert documents and return those to be written once more: that are there already, or could not be written."""
    try:
        collection.insert_many([dict(document) for document in batch], ordered=False)
    except ServerSelectionTimeoutError:  # the driver has waited already
        raise
    except AutoReconnect:
        return batch
    except BulkWriteError as error:
        if error.details["writeConcernErrors"]:
            return batch  # they may be lost again; and what is wrong with that is told by whoever writes them once more
        return [batch[found["index"]] for found in error.details["writeErrors"]]
    return []


def update_alike(collection: Collection, documents: Iterable[Mapping[str, Any]]) -> None:
    """Set fields of documents that are there: one operation for all that get the same values, a third of the time.

    Parameters
    ----------
    collection : Collection
    documents : iterable of mappings
        each holds the natural key and the fields to set, all hashable; none comes twice
    """
    *common, last = natural_key(collection.name)
    alike: dict[tuple[tuple[str, type, Any], ...], list[Any]] = {}
    for document in documents:
        same = tuple((name, type(value), value) for name, value in document.items() if name != last)  # 1 is not True
        alike.setdefault(same, []).append(document[last])

    def write(batch: list[tuple[tuple[tuple[str, type, Any], ...], Any]]) -> int:
        operations = []
        for same, named in groupby(batch, key=itemgetter(0)):
            fields = {name: value for name, _, value in same}
            selector = {name: fields.pop(name) for name in common} | {last: {"$in": [name for _, name in named]}}
            operations.append(UpdateMany(selector, {"$set": fields}))
        _write(collection, operations)
        return len(batch)

    sum(_beside(write, _batches((same, name) for same, names in alike.items() for name in names)))


def _write(collection: Collection, operations: Sequence[ReplaceOne | UpdateOne | UpdateMany]) -> None:
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

    def write(batch: list[tuple[ObjectId, dict[str, Any]]]) -> int:
        collection.insert_many([{"_id": row_id, **constants, **record} for row_id, record in batch], ordered=False)
        return len(batch)

    sum(_beside(write, _batches(zip(ids, records_of(rows), strict=True))))


def pack_rows(rows: pd.DataFrame, packed: Sequence[str]) -> pd.DataFrame:
    """Return a row for all that follow each other and differ in nothing but `packed`, which are lists there.

    `pipeline.store.frames.unpack_rows` undoes it.
    """
    names = [name for name in packed if name in rows]
    if not names or not len(rows):
        return rows
    others = rows.drop(columns=names)
    codes = np.column_stack([np.zeros(len(rows)), *(pd.factorize(others[name])[0] for name in others)])
    starts = np.flatnonzero(np.append(True, (codes[1:] != codes[:-1]).any(axis=1)))
    stretches = list(pairwise([*starts.tolist(), len(rows)]))
    values = {name: _plain_values(rows[name]) for name in names}
    lists = {name: [column[start:end] for start, end in stretches] for name, column in values.items()}
    return rows.iloc[starts].assign(**{name: pd.Series(of, rows.index[starts]) for name, of in lists.items()})


def records_of(rows: pd.DataFrame) -> Iterator[dict[str, Any]]:
    """Yield what `plain_records` returns, of `RECORDS_AT_ONCE` rows at a time."""
    for start in range(0, len(rows), RECORDS_AT_ONCE):
        yield from plain_records(rows.iloc[start : start + RECORDS_AT_ONCE])


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
