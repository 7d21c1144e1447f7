"""DataFrames out of MongoDB, by way of Arrow."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import pyarrow as pa
from pymongo.collection import Collection
from pymongo.database import Database
from pymongoarrow.api import Schema, aggregate_pandas_all, find_pandas_all

from pipeline.errors import InputError
from pipeline.store.schema import fields, load_schema

_ARROW = {"string": pa.string(), "double": pa.float64(), "int": pa.int64(), "bool": pa.bool_()}


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
    """Read all fields of documents that differ from table to table, in the order they were written."""
    return pd.DataFrame(list(collection.find(query, {"_id": False}).sort("_id")))


def read_segments(database: Database, dataset: str, feature_set: str, window_s: float) -> pd.DataFrame:
    """Read all segments of one window length.

    Returns
    -------
    pandas.DataFrame [shape=(n_segments, 3 + n_features)]
        ``track_id``, ``start_s``, ``length``, then the features in their own order; sorted by track and start
    """
    names = feature_names(database, dataset, feature_set, window_s)
    types = {"track_id": pa.string(), "start_s": pa.float64(), "length": pa.int64()}
    query = {"dataset": dataset, "feature_set": feature_set, "window_s": float(window_s)}
    order = [("track_id", 1), ("start_s", 1)]
    return _find(database["segments"], query, types | dict.fromkeys(names, pa.float64()), sort=order)


def read_track_means(
    database: Database, dataset: str, feature_set: str, window_s: float, features: Sequence[str]
) -> pd.DataFrame:
    """Read the mean of each track's segments of one window length; the server takes it.

    Returns
    -------
    pandas.DataFrame [shape=(n_tracks, 1 + n_features)]
        ``track_id``, then the features; sorted by track
    """
    named = {f"f{i}": name for i, name in enumerate(features)}  # any name may be a field, not any name a group's
    pipeline = [
        {"$match": {"dataset": dataset, "feature_set": feature_set, "window_s": float(window_s)}},
        {"$group": {"_id": "$track_id", **{short: {"$avg": f"${name}"} for short, name in named.items()}}},
        {"$set": {"track_id": "$_id"}},
        {"$sort": {"track_id": 1}},
    ]
    types = {"track_id": pa.string(), **dict.fromkeys(named, pa.float64())}
    frame = aggregate_pandas_all(database["segments"], pipeline, schema=Schema(types), allowDiskUse=True)
    return frame.reindex(columns=list(types)).rename(columns=named)


def feature_names(database: Database, dataset: str, feature_set: str, window_s: float) -> list[str]:
    """Return the feature fields of these segments: every field that the validator does not name.

    Raises
    ------
    InputError
        where there is no such segment
    """
    segment = database["segments"].find_one(
        {"dataset": dataset, "feature_set": feature_set, "window_s": float(window_s)}
    )
    if segment is None:
        raise InputError(
            f"dataset {dataset!r} has no {window_s:g}-second segments of {feature_set!r}: run 02_extract first"
        )
    reserved = fields("segments")
    return [name for name in segment if name not in reserved]


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
