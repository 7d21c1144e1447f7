"""Segments as columns on disk: read out of MongoDB once, and from there by every process that wants some of them.

Conventions
-----------
A folder (`column_files`) holds one feature set and window of one state of a dataset. Its name ends with a hash of the
segments' version and number: what has changed is read anew, and takes the place of what it follows.

Whoever writes segments calls `begin_segments` before and after, and whoever knows that all are in, the catalogue of a
table or settling, calls `finish_segments`; in between nothing is kept.
"""

import hashlib
import math
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import numpy as np
import pandas as pd
from pymongo import ReadPreference
from pymongo.database import Database

from pipeline.errors import InputError
from pipeline.set_names import parts_of
from pipeline.settings import get_settings
from pipeline.store.column_files import Part, make_room, one_at_a_time, open_files, write_files
from pipeline.store.frames import feature_names, segments_query
from pipeline.store.partitions import read_partitions
from pipeline.store.segments import IDENTITY, feature_values
from pipeline.store.values import Values, in_parts, only, take

FORMAT = "1"
"""Of the files, as part of their names; another one where what is in them changes."""

SEGMENTS_AT_ONCE = 20_000
"""Read from MongoDB at a time: so many are in memory before they are in the file."""

FEW_BYTES = 512 * 2**20
"""Of features that are looked at one by one; the file is read once for each such part.

Three times as much is in memory: a part, a copy of it, and the one before.
"""


@dataclass(frozen=True)
class Columns:
    """The segments of one feature set and window.

    Attributes
    ----------
    place : Path
        the folder that holds them
    identity : pd.DataFrame [shape=(n, …)]
        ``track_id``, ``start_s``, and of vectors ``length``; sorted by track and start
    features : tuple of str [shape=(p,)]
    values : Values or np.ndarray [shape=(n, p), dtype=float64]
        of sequences [shape=(n, n_frames, p), dtype=float16]
    """

    place: Path
    identity: pd.DataFrame
    features: tuple[str, ...]
    values: Values | np.ndarray

    def __len__(self) -> int:
        return len(self.identity)

    def few(self, rows: np.ndarray | None = None) -> Iterator[pd.DataFrame]:
        """Yield the vectors, or some of them by mask or number, a few features at a time."""
        return few_features(self.values if rows is None else take(self.values, rows), self.features)

    def track_means(self) -> pd.DataFrame:
        """Return the mean of each track's vectors, by ``track_id``."""
        is_first = ~self.identity["track_id"].duplicated().to_numpy()
        of_row, sizes = is_first.cumsum() - 1, np.diff(np.flatnonzero(is_first), append=len(self))
        means, start = np.zeros((len(sizes), len(self.features))), 0
        for part in in_parts(self.values):
            tracks = of_row[start : start + len(part)]
            begins = np.flatnonzero(np.diff(tracks, prepend=-1))
            means[tracks[begins]] += np.add.reduceat(part, begins)
            start += len(part)
        means /= sizes[:, None]
        return pd.DataFrame(means, self.identity["track_id"][is_first], list(self.features), copy=False)

    def frame(self, rows: np.ndarray | None = None) -> pd.DataFrame:
        """Return all vectors, or some by mask or number, as `read_segments` does."""
        values, identity = self.values, self.identity
        if rows is not None:
            values, identity = take(values, rows), identity.iloc[rows].reset_index(drop=True)
        features = pd.DataFrame(np.asarray(values), columns=list(self.features), copy=False)
        return pd.concat([identity, features], axis="columns")


def few_features(values: np.ndarray | Values, features: Sequence[str]) -> Iterator[pd.DataFrame]:
    """Yield the columns of `values` [shape=(n, p)] by their names, as many at a time as take `FEW_BYTES`, or one."""
    at_once = max(1, FEW_BYTES // (values.dtype.itemsize * max(len(values), 1)))
    for first in range(0, len(features), at_once):
        numbers = range(first, min(first + at_once, len(features)))
        yield pd.DataFrame(np.asarray(only(values, numbers)), columns=[features[i] for i in numbers])


def read_columns(database: Database, dataset: str, feature_set: str, window_s: float) -> Columns:
    """Return the vectors of one window length, which MongoDB is asked for where they are not on the disk.

    Parameters
    ----------
    database : Database
    dataset : str
    feature_set : str
        of a combination of sets, the segments that all of them have
    window_s : float
        seconds

    Raises
    ------
    InputError
        where there is no such segment, others came in meanwhile, or the disk is full
    """
    database = database.with_options(read_preference=ReadPreference.PRIMARY)  # what is kept is the newest
    wanted = database, dataset, feature_set, window_s

    def parts() -> Iterator[Part]:
        n = database["segments"].count_documents(segments_query(dataset, parts_of(feature_set)[0], window_s))
        for partition in read_partitions(*wanted, math.ceil(n / SEGMENTS_AT_ONCE)):
            frame = partition.read_from(database)
            yield frame[list(IDENTITY)], feature_values(frame).to_numpy(dtype=np.float64)

    return keep_columns(*wanted, lambda: tuple(feature_names(*wanted)), parts)


def keep_columns(
    database: Database,
    dataset: str,
    feature_set: str,
    window_s: float,
    features: Callable[[], tuple[str, ...]],
    parts: Callable[[], Iterator[Part]],
) -> Columns:
    """Return what is on the disk of these segments; where nothing is, or it is of another state, write it first.

    Parameters
    ----------
    database : Database
    dataset, feature_set : str
    window_s : float
        seconds
    features : callable
        returns the names of the last axis
    parts : callable
        yields the segments in their order

    Raises
    ------
    InputError
        where the disk is full
    """
    settings, database = get_settings(), database.with_options(read_preference=ReadPreference.PRIMARY)
    folder = (settings.shared or settings.home) / "columns"
    version = (database["datasets"].find_one({"dataset": dataset}) or {}).get("segments_version")
    queries = (segments_query(dataset, part, window_s) for part in parts_of(feature_set))
    numbers = [database["segments"].count_documents(query) for query in queries]
    name = f"{_of_dataset(database, dataset)}-{_hash(feature_set, repr(float(window_s)))}"
    place = folder / f"{name}-{_hash(FORMAT, version or uuid4().hex, *map(str, numbers))}"
    try:
        if (found := open_columns(place)) is not None:
            return found
        with one_at_a_time(place):
            if (found := open_columns(place)) is not None:  # by now
                return found
            names = features()
            if folder.is_dir():
                make_room(folder, name, 8 * numbers[0] * len(names))
            keep, shared = version is not None, settings.shared is not None
            return Columns(place, *write_files(place, names, parts(), keep=keep, shared=shared))
    except OSError as error:
        raise InputError(
            f"can't keep rows in {str(folder)!r}: {error.strerror or error}; make room there, or set "
            f"{'GENRELAB_SHARED' if settings.shared else 'GENRELAB_HOME'} to another folder"
        ) from error


def open_columns(place: Path) -> Columns | None:
    """Return the columns of a folder; None where there are none, or they are not as they were written."""
    found = open_files(place)
    return None if found is None else Columns(place, *found)


def forget_columns(database: Database, dataset: str) -> None:
    """Remove what this machine has on the disk of a dataset."""
    settings = get_settings()
    for place in ((settings.shared or settings.home) / "columns").glob(f"{_of_dataset(database, dataset)}-*"):
        shutil.rmtree(place, ignore_errors=True)


def _of_dataset(database: Database, dataset: str) -> str:
    return _hash(database.name, dataset)


def _hash(*parts: str) -> str:
    return hashlib.blake2b("\0".join(parts).encode(), digest_size=8).hexdigest()
