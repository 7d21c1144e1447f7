"""DataFrames out of MongoDB by way of Arrow, the large one, of segments, part by part into one array."""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from pymongo.collection import Collection
from pymongo.database import Database
from pymongoarrow.api import Schema, aggregate_pandas_all, find_arrow_all, find_pandas_all

from pipeline.errors import InputError
from pipeline.set_names import parts_of
from pipeline.store.schema import fields, load_schema
from pipeline.store.segments import IDENTITY, window_key

_ARROW = {
    "string": pa.string(), "double": pa.float64(), "int": pa.int64(), "bool": pa.bool_(), "date": pa.timestamp("ms"),
}  # fmt: skip

AT_ONCE = 1000
"""Segments read at a time: Arrow holds about as many beside the array that all of them end up in."""

ROWS_AT_ONCE = 10_000
"""Documents of a table read at a time: each takes as much as its values and their names."""

_HALF = np.dtype("<f2")
"""Frames are kept as little-endian halves: three digits are enough for what a recurrent model learns from."""


def read_frame(collection: Collection, query: Mapping[str, Any], columns: Sequence[str]) -> pd.DataFrame:
    """Read scalar fields that the collection's validator declares.

    Returns
    -------
    pandas.DataFrame [shape=(n_documents, n_columns)]
        in natural order of the documents; missing values are None or NaN
    """
    properties = load_schema()[collection.name]["validator"]["$jsonSchema"]["properties"]
    return _find(collection, query, {name: _arrow_type(properties[name]) for name in columns})


def read_rows(collection: Collection, query: Mapping[str, Any]) -> pd.DataFrame:
    """Read all fields of documents that differ from table to table: a stage's rows in the order they were written.

    Which stage wrote first does not count, as one may have been repeated.
    """
    return as_frame(collection.find(query, {"_id": False}, sort=[("stage", 1), ("_id", 1)], allow_disk_use=True))


def as_frame(documents: Iterable[Mapping[str, Any]], at_once: int = ROWS_AT_ONCE) -> pd.DataFrame:
    """Return what `pandas.DataFrame` makes of a list of documents; of most no more than the values is in memory."""
    rest = iter(documents)
    parts = [pd.DataFrame(part, dtype=object) for part in iter(lambda: list(islice(rest, at_once)), [])]
    if not parts:
        return pd.DataFrame()
    objects = pd.concat(parts, ignore_index=True)
    return pd.DataFrame({name: objects.pop(name).tolist() for name in list(objects)})


def unpack_rows(rows: pd.DataFrame, packed: Sequence[str]) -> pd.DataFrame:
    """Return the rows that `pipeline.store.documents.pack_rows` packed; those that were not stay as they are."""
    names = [name for name in packed if name in rows]
    if not names:
        return rows
    every = rows.explode(names, ignore_index=True)
    return every.assign(**{name: every.pop(name).tolist() for name in names})[list(rows)]


def are_among(texts: pd.Series | pd.Index, known: Iterable[str]) -> np.ndarray:
    """Tell which of many texts are among many known ones [shape=(n,), dtype=bool].

    A missing one is among nothing. pandas' own `isin` takes the known ones out of a column of texts one by one, which
    takes forty times as long.
    """
    return pd.Index(texts, dtype=object).isin(pd.Index(known, dtype=object).dropna())


def read_segments(database: Database, dataset: str, feature_set: str, window_s: float) -> pd.DataFrame:
    """Read all segments of one window length.

    Parameters
    ----------
    database : Database
    dataset : str
    feature_set : str
        of a combination of sets, the segments that all of them have
    window_s : float
        seconds

    Returns
    -------
    pandas.DataFrame [shape=(n_segments, 3 + n_features)]
        ``track_id``, ``start_s``, ``length``, then the features in their own order; sorted by track and start

    Raises
    ------
    InputError
        where there is no such segment, or others came in meanwhile
    """
    wanted = {name: segments_query(dataset, name, window_s) for name in parts_of(feature_set)}
    names = {name: feature_names(database, dataset, name, window_s) for name in wanted}
    count = database["segments"].count_documents
    return join_sets(
        [
            read_stored(database, names[name], queries_of(query, first_tracks(database, query)), count(query))
            for name, query in wanted.items()
        ]
    )


def join_sets(frames: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Return the segments that all of some sets have, with the features of all."""
    first, *others = frames
    for other in others:
        new = [name for name in other.columns if name not in first.columns]
        first = first.merge(other[[*IDENTITY[:2], *new]], on=list(IDENTITY[:2]), how="inner", validate="1:1")
    return first


def divide_segments(database: Database, query: Mapping[str, Any], n: int) -> list[tuple[str, int]]:
    """Return the first track of each of `n` parts of about one size, and its segments; of fewer tracks as many."""
    buckets = {"$bucketAuto": {"groupBy": "$track_id", "buckets": n}}
    found = database["segments"].aggregate([{"$match": query}, buckets], allowDiskUse=True)
    return [(bucket["_id"]["min"], bucket["count"]) for bucket in found]


def first_tracks(database: Database, query: Mapping[str, Any]) -> list[str]:
    """Return the first track of each part that segments are read in: a thousand of them, or so."""
    n = database["segments"].count_documents(query)
    return [first for first, _ in divide_segments(database, query, math.ceil(n / AT_ONCE))]


def queries_of(query: Mapping[str, Any], firsts: Sequence[str], end: str | None = None) -> list[dict[str, Any]]:
    """Return a query for the tracks from each of these to the next, the last of them up to `end`."""
    ends = [{"$lt": first} for first in firsts[1:]] + [{} if end is None else {"$lt": end}]
    return [{**query, "track_id": {"$gte": first, **before}} for first, before in zip(firsts, ends, strict=True)]


def read_stored(database: Database, names: Sequence[str], queries: Sequence[Mapping[str, Any]], n: int) -> pd.DataFrame:
    """Read segments of one set, as `read_segments` returns them, a query after the other.

    Parameters
    ----------
    database : Database
    names : sequence of str
        of the features
    queries : sequence of mapping
        each for whole tracks, in order
    n : int
        how many segments they find

    Raises
    ------
    InputError
        where they find more or fewer
    """
    types = {"track_id": pa.string(), **dict.fromkeys(["start_s", "length", *names], pa.float64())}
    track_ids, values, read = [], np.empty((len(types) - 1, n)), 0
    for query in queries:
        table = find_arrow_all(
            database["segments"],
            query,
            schema=Schema(types),
            projection={"_id": False},  # any name may be a field, not any name a projection's
            sort=[("track_id", 1), ("start_s", 1)],
            batch_size=n + 1,  # all in one reply
        )
        if read + len(table) > n:
            break
        track_ids.append(table.column("track_id"))
        for row, column in zip(values, table.columns[1:], strict=True):
            row[read : read + len(table)] = column.to_numpy()
        read += len(table)
    if read != n or len(track_ids) != len(queries):
        raise InputError(
            f"the segments of dataset {queries[0]['dataset']!r} changed while they were read: try again after the "
            "extraction"
        )
    frame = pd.DataFrame(values[2:].T, columns=names, copy=False)
    length = values[1] if np.isnan(values[1]).any() else values[1].astype(np.int64)
    chunks = [chunk for column in track_ids for chunk in column.chunks]
    track_id = pa.chunked_array(chunks, type=pa.string()).to_pandas()
    for place, (name, column) in enumerate({"track_id": track_id, "start_s": values[0], "length": length}.items()):
        frame.insert(place, name, column)
    return frame


def read_track_means(
    database: Database, dataset: str, feature_set: str, window_s: float, features: Sequence[str]
) -> pd.DataFrame:
    """Read the mean of each track's segments of one window length; the server takes it.

    Parameters
    ----------
    database : Database
    dataset : str
    feature_set : str
        of a combination of sets, the tracks that all of them have
    window_s : float
        seconds
    features : sequence of str

    Returns
    -------
    pandas.DataFrame [shape=(n_tracks, 1 + n_features)]
        ``track_id``, then the features; sorted by track
    """
    means, *others = [_stored_means(database, dataset, part, window_s, features) for part in parts_of(feature_set)]
    for other in others:
        new = [name for name in other.columns if name not in means.columns]
        means = means.merge(other[["track_id", *new]], on="track_id", how="inner")
    return means.reindex(columns=["track_id", *features])


def _stored_means(
    database: Database, dataset: str, feature_set: str, window_s: float, features: Sequence[str]
) -> pd.DataFrame:
    there = database["segments"].find_one(segments_query(dataset, feature_set, window_s)) or {}
    stored = [name for name in features if name in there]
    named = {f"f{i}": name for i, name in enumerate(stored)}  # any name may be a field, not any name a group's
    pipeline = [
        {"$match": segments_query(dataset, feature_set, window_s)},
        {"$group": {"_id": "$track_id", **{short: {"$avg": f"${name}"} for short, name in named.items()}}},
        {"$set": {"track_id": "$_id"}},
        {"$sort": {"track_id": 1}},
    ]
    types = {"track_id": pa.string(), **dict.fromkeys(named, pa.float64())}
    frame = aggregate_pandas_all(database["segments"], pipeline, schema=Schema(types), allowDiskUse=True)
    return frame.reindex(columns=list(types)).rename(columns=named)


def read_band_means(database: Database, dataset: str, feature_set: str, window_s: float) -> pd.DataFrame:
    """Read the mean frame of each track's segments of a sequence set.

    Returns
    -------
    pandas.DataFrame [shape=(n_tracks, 1 + n_columns)]
        ``track_id``, then the columns by number; sorted by track
    """
    means = {
        (track_id, start_s): frames.mean(axis=0, dtype=np.float64)
        for track_id, start_s, frames in read_frames(database, dataset, feature_set, window_s)
    }
    of_windows = pd.DataFrame(list(means.values())).assign(track_id=[track_id for track_id, _ in means])
    return of_windows.groupby("track_id").mean().reset_index()


def frame_fields(frames: np.ndarray) -> dict[str, Any]:
    """Return the fields of a segment that hold `frames` [shape=(n_frames, n_columns)]: halves, row by row."""
    halves = np.ascontiguousarray(frames, dtype=_HALF)
    return {"frames": halves.tobytes(), "n_frames": halves.shape[0], "frame_columns": halves.shape[1]}


def read_frames(
    database: Database, dataset: str, feature_set: str, window_s: float
) -> Iterator[tuple[str, float, np.ndarray]]:
    """Read the segments of a sequence set one by one: together they may not fit into memory.

    Yields
    ------
    track_id : str
    start_s : float
        seconds
    frames : np.ndarray [shape=(n_frames, n_columns), dtype=float16]
        sorted by track and start; read-only

    Raises
    ------
    InputError
        where there is no such segment, or it holds no frames
    """
    query = segments_query(dataset, feature_set, window_s)
    if not holds_frames(database, dataset, feature_set, window_s):
        raise InputError(f"the {window_s:g}-second segments of {feature_set!r} hold no frames, but one vector each")
    wanted = {"_id": False, "track_id": True, "start_s": True, "frames": True, "frame_columns": True}
    found = database["segments"].find(query, wanted)
    for segment in found.sort([("track_id", 1), ("start_s", 1)]):
        halves = np.frombuffer(segment["frames"], dtype=_HALF)
        yield segment["track_id"], segment["start_s"], halves.reshape(-1, segment["frame_columns"])


def measure_frames(database: Database, dataset: str, feature_set: str, window_s: float) -> tuple[int, int, int]:
    """Return the number of segments of a sequence set, the frames of the shortest of them, and their columns."""
    group = {"n": {"$sum": 1}, "shortest": {"$min": "$n_frames"}, "columns": {"$max": "$frame_columns"}}
    query = segments_query(dataset, feature_set, window_s)
    (found,) = database["segments"].aggregate([{"$match": query}, {"$group": {"_id": None, **group}}])
    return found["n"], found["shortest"], found["columns"]


def holds_frames(database: Database, dataset: str, feature_set: str, window_s: float) -> bool:
    """Tell whether these segments hold a vector a frame, not one each.

    Raises
    ------
    InputError
        where there is no such segment
    """
    return "n_frames" in _any_segment(database, dataset, feature_set, window_s, {"n_frames": True})


def count_segments(database: Database, dataset: str) -> dict[str, int]:
    """Return how many segments there are, by feature set and window length, like ``spectral-v1/3``."""
    group = {"feature_set": "$feature_set", "window_s": "$window_s"}
    counted = database["segments"].aggregate(
        [
            {"$match": {"dataset": dataset}},
            {"$group": {"_id": group, "n": {"$sum": 1}}},
            {"$sort": {"_id.feature_set": 1, "_id.window_s": -1}},
        ]
    )
    return {window_key(**found["_id"]): found["n"] for found in counted}


def feature_names(database: Database, dataset: str, feature_set: str, window_s: float) -> list[str]:
    """Return the feature fields of these segments: every field that the validator does not name.

    Raises
    ------
    InputError
        where there is no such segment
    """
    reserved = fields("segments")
    stored = (_any_segment(database, dataset, part, window_s) for part in parts_of(feature_set))
    return list(dict.fromkeys(name for segment in stored for name in segment if name not in reserved))


def segments_query(dataset: str, feature_set: str, window_s: float) -> dict[str, Any]:
    """Return the query that finds all segments of a set and window length."""
    return {"dataset": dataset, "feature_set": feature_set, "window_s": float(window_s)}


def _any_segment(
    database: Database, dataset: str, feature_set: str, window_s: float, wanted: Mapping[str, bool] | None = None
) -> dict[str, Any]:
    segment = database["segments"].find_one(segments_query(dataset, feature_set, window_s), wanted)
    if segment is None:
        raise InputError(
            f"dataset {dataset!r} has no {window_s:g}-second segments of {feature_set!r}: run 02_extract first"
        )
    return segment


def _arrow_type(declared: Mapping[str, Any]) -> pa.DataType:
    if "enum" in declared:
        return pa.string()
    types = declared["bsonType"]
    return _ARROW[types if isinstance(types, str) else types[0]]


def _find(
    collection: Collection, query: Mapping[str, Any], types: Mapping[str, pa.DataType], **options
) -> pd.DataFrame:
    frame = find_pandas_all(collection, dict(query), schema=Schema(dict(types)), **options)
    return frame.reindex(columns=list(types))
