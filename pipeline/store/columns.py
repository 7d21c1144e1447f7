"""Segments as columns on disk: read out of MongoDB once, and from there by every process that wants some of them.

Conventions
-----------
A folder holds one feature set and window of one state of a dataset: ``values``, row after row; ``identity.arrow``,
which segment each row is, and what its values are called; ``checksums`` of both. It is written beside its place and
moved there whole: a reader finds all of it or nothing. Its name ends with a hash of the segments' version and
number; what has changed is read anew, and takes the place of what it follows. Readers have the file mapped, so that
nothing is taken from under them.

Whoever writes segments calls `begin_segments` before and `finish_segments` after; in between nothing is kept.
"""

import hashlib
import json
import math
import mmap
import os
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp
from uuid import uuid4

import numpy as np
import pandas as pd
import pyarrow as pa
from pymongo.database import Database

from pipeline.errors import StoreError
from pipeline.set_names import parts_of
from pipeline.settings import get_settings
from pipeline.store.frames import feature_names, segments_query
from pipeline.store.partitions import read_partitions
from pipeline.store.segments import IDENTITY, feature_values
from pipeline.store.values import Values, only, take

MOST_BYTES = 32 * 2**30
"""All folders may take so much together; those that were opened longest ago go first."""

SEGMENTS_AT_ONCE = 20_000
"""Read from MongoDB at a time: so many are in memory before they are in the file."""

FEATURES_AT_ONCE = 8
"""In memory where features are looked at one by one."""

VALUES, ROWS, CHECKSUMS = "values", "identity.arrow", "checksums"

A_DAY_S = 24 * 60 * 60
"""A folder that is being written is left alone for so long: older than that, its writer was killed."""

Part = tuple[pd.DataFrame, np.ndarray]
"""Some segments: their ``track_id``, ``start_s``, and of vectors ``length``; and their values [shape=(n, …)]."""


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
    values : Values [shape=(n, p), dtype=float64]
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
        chosen = self.values if rows is None else take(self.values, rows)
        for first in range(0, len(self.features), FEATURES_AT_ONCE):
            numbers = range(first, min(first + FEATURES_AT_ONCE, len(self.features)))
            yield pd.DataFrame(np.asarray(only(chosen, numbers)), columns=[self.features[i] for i in numbers])

    def frame(self, features: tuple[str, ...] | None = None, rows: np.ndarray | slice | None = None) -> pd.DataFrame:
        """Return vectors as `read_segments` does: all, or some features and rows of them."""
        values, identity, names = self.values, self.identity, features or self.features
        if features:
            values = only(values, [self.features.index(name) for name in names])
        if rows is not None:
            values, identity = take(values, rows), identity.iloc[rows].reset_index(drop=True)
        return pd.concat([identity, pd.DataFrame(np.asarray(values), columns=list(names), copy=False)], axis="columns")


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
        where there is no such segment, or others came in meanwhile
    StoreError
        where the disk is full or can't be written to
    """
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
    StoreError
        where the disk is full or can't be written to
    """
    settings = get_settings()
    folder = (settings.shared or settings.home) / "columns"
    name = f"{_of_dataset(database, dataset)}-{_hash(feature_set, f'{window_s:g}')}"
    version = (database["datasets"].find_one({"dataset": dataset}) or {}).get("segments_version")
    queries = (segments_query(dataset, part, window_s) for part in parts_of(feature_set))
    numbers = [str(database["segments"].count_documents(query)) for query in queries]
    place = folder / f"{name}-{_hash(version or uuid4().hex, *numbers)}"
    found = open_columns(place)
    if found is None:
        try:
            folder.mkdir(parents=True, exist_ok=True)
            shutil.rmtree(place, ignore_errors=True)  # what is there is damaged
            _write(place, features(), parts())
            found = open_columns(place)
        except OSError as error:
            raise StoreError(
                f"can't keep rows in {str(folder)!r}: {error.strerror or error}; make room there, or set "
                f"{'GENRELAB_SHARED' if settings.shared else 'GENRELAB_HOME'} to another folder"
            ) from error
        if found is None:
            raise StoreError(f"{str(place)!r} is not as it was written a moment ago: is the disk failing?")
        _clean(folder, name, place)
    if version is None and settings.shared is None:
        shutil.rmtree(place, ignore_errors=True)  # its file is mapped
    return found


def open_columns(place: Path) -> Columns | None:
    """Return the columns of a folder; None where there are none, or they are not as they were written."""
    try:
        checksums = _checksums(place)
        if checksums != (place / CHECKSUMS).read_text(encoding="utf-8"):
            return None
        with pa.OSFile(str(place / ROWS)) as stored, pa.ipc.open_file(stored) as reader:
            identity = reader.read_all()
        with open(place / VALUES, "rb") as file:
            mapped = mmap.mmap(file.fileno(), 0, prot=mmap.PROT_READ)
        os.utime(place)
    except (OSError, ValueError):
        return None
    about = json.loads(identity.schema.metadata[b"about"])
    values = Values(mapped, about["dtype"], about["shape"], checksums)
    return Columns(place, identity.to_pandas(), tuple(about["features"]), values)


def forget_columns(database: Database, dataset: str) -> None:
    """Remove what this machine has on the disk of a dataset."""
    settings = get_settings()
    for place in ((settings.shared or settings.home) / "columns").glob(f"{_of_dataset(database, dataset)}-*"):
        shutil.rmtree(place, ignore_errors=True)


def _write(place: Path, features: tuple[str, ...], parts: Iterator[Part]) -> None:
    beside = Path(mkdtemp(prefix=".", dir=place.parent))
    try:
        beside.chmod(0o755)  # for workers of another user
        identities = []
        with open(beside / VALUES, "wb") as file:
            for identity, values in parts:
                file.write(np.ascontiguousarray(values).data)
                identities.append(pa.Table.from_pandas(identity, preserve_index=False))
        table = pa.concat_tables(identities, promote_options="permissive").combine_chunks()
        about = {"features": features, "shape": [len(table), *values.shape[1:]], "dtype": values.dtype.str}
        table = table.replace_schema_metadata({"about": json.dumps(about)})
        with pa.OSFile(str(beside / ROWS), "wb") as sink, pa.ipc.new_file(sink, table.schema) as writer:
            writer.write_table(table)
        (beside / CHECKSUMS).write_text(_checksums(beside), encoding="utf-8")
        os.replace(beside, place)
    except OSError:
        if not place.is_dir():  # another process was as quick
            raise
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def _checksums(place: Path) -> str:
    """Return the checksums of a folder's files, as the command ``b2sum`` would."""
    lines = []
    for name in (ROWS, VALUES):
        with open(place / name, "rb") as file:
            lines.append(f"{hashlib.file_digest(file, 'blake2b').hexdigest()}  {name}\n")
    return "".join(lines)


def _clean(folder: Path, name: str, place: Path) -> None:
    """Remove what a folder takes the place of, what a kill has left, and what is more than `MOST_BYTES`."""
    known = {each: info for each in folder.iterdir() if (info := _info(each))}
    for each, (opened, _) in known.items():
        earlier = each.name.startswith(f"{name}-") and each != place
        if earlier or (each.name.startswith(".") and opened < time.time() - A_DAY_S):
            shutil.rmtree(each, ignore_errors=True)
    total = 0
    for each, (_, n_bytes) in sorted(known.items(), key=lambda item: -item[1][0]):
        total += n_bytes
        if total > MOST_BYTES and each != place:
            shutil.rmtree(each, ignore_errors=True)


def _info(place: Path) -> tuple[float, int] | None:
    """Return when a folder was opened last [s], and the size of its values; None where it has gone."""
    try:
        values = place / VALUES
        return place.stat().st_mtime, values.stat().st_size if values.exists() else 0
    except OSError:
        return None


def _of_dataset(database: Database, dataset: str) -> str:
    return _hash(database.name, dataset)


def _hash(*parts: str) -> str:
    return hashlib.blake2b("\0".join(parts).encode(), digest_size=8).hexdigest()
