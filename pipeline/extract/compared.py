"""Tracks that are compared by their features, and who compares them: this process, or the workers of a cluster.

To a cluster tracks go as their `Source`: a worker reads their segments from MongoDB itself, or from a folder that all
machines see where told so, and has the same numbers to the last bit.
"""

import copyreg
import hashlib
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import pandas as pd
from pymongo.database import Database

from pipeline.cluster import at_hand, in_order, in_words_of_a_worker, reads_others, run_there
from pipeline.settings import get_settings
from pipeline.splits import same_rows
from pipeline.store import Columns, are_among, read_columns
from pipeline.store.columns import open_columns
from pipeline.store.connection import Address, address_of, reopen

DECIMALS = 6
"""Of standardised features: beyond, distances are rounding."""

CONSTANT = 1e-9
"""A feature that varies by less than this part of its largest value does so by rounding."""

Result = TypeVar("Result")

_reading = threading.Lock()


@dataclass(frozen=True)
class Source:
    """Where tracks come from.

    Attributes
    ----------
    address : Address
    dataset, feature_set : str
    window_s : float
        seconds
    n_tracks : int
        that have such segments
    among : bytes
        a bit for each of them, in their order: whether it is compared
    columns : Path or None
        a folder that has the segments too, for whoever sees it
    """

    address: Address
    dataset: str
    feature_set: str
    window_s: float
    n_tracks: int
    among: bytes
    columns: Path | None = None


@dataclass(frozen=True)
class Compared:
    """Tracks as standardised means of their segments, those that are equal once.

    Attributes
    ----------
    X : np.ndarray [shape=(n, p), dtype=float64]
    first : np.ndarray [shape=(n,), dtype=int]
        the number of the first track that has these values
    row : np.ndarray [shape=(n_tracks,), dtype=int]
        the row of each track
    source : Source or None
        None: no worker can read them
    """

    X: np.ndarray
    first: np.ndarray
    row: np.ndarray
    source: Source | None = None

    @cached_property
    def single(self) -> np.ndarray:
        """`X` in single precision."""
        return self.X.astype(np.float32)

    @cached_property
    def checksum(self) -> str:
        """That of `X`."""
        return hashlib.blake2b(np.ascontiguousarray(self.X).data, digest_size=16).hexdigest()


def stored_to_compare(
    database: Database, dataset: str, feature_set: str, window_s: float, columns: Columns, tracks: pd.Series
) -> tuple[np.ndarray, Compared]:
    """Return what `to_compare` does of some tracks by name, whose segments were read as `columns`."""
    means = columns.track_means()
    among = are_among(means.index, tracks)
    source = Source(
        address_of(database),
        dataset,
        feature_set,
        window_s,
        n_tracks=len(means),
        among=np.packbits(among).tobytes(),
        columns=columns.place if get_settings().shared else None,
    )
    return to_compare(means[among], source)


def to_compare(means: pd.DataFrame, source: Source | None = None) -> tuple[np.ndarray, Compared]:
    """Return the names of tracks, sorted, and what is compared of them.

    Parameters
    ----------
    means : pd.DataFrame [shape=(n_tracks, n_features)]
        by ``track_id``; a track with a missing value is left out
    source : Source or None
    """
    values = means[np.isfinite(means).all(axis=1)].sort_index()
    X = _standardised(values.to_numpy())
    row = same_rows(X)
    first = np.flatnonzero(~pd.Series(row).duplicated())
    return values.index.to_numpy(), Compared(X[first], first, row, source)


def spread(
    function: Callable[..., Result], arguments: Iterable[tuple], *, source: Source | None, threads: int = 1
) -> Iterator[Result]:
    """Yield what a function of a module returns for each of `arguments`, in their order.

    Parameters
    ----------
    function : callable
    arguments : iterable of tuple
    source : Source or None
        of the tracks; None: no cluster is asked, whether one is at hand or not
    threads : int
        of this process, where no cluster is asked

    Raises
    ------
    WorkerDied, WorkerError, InputError
        as `run_there` does; where a worker reads other rows than this process did
    """
    client = at_hand()
    if client is None or source is None:
        with ThreadPoolExecutor(threads) as pool:
            yield from pool.map(lambda given: function(*given), arguments)
    else:
        yield from in_order(run_there(client, function, arguments, function.__name__.strip("_")))


def _reduce(rows: Compared) -> tuple[Any, ...]:
    """Return how tracks are sent to a worker: as where they come from."""
    return _read, (rows.source, rows.checksum)


copyreg.pickle(Compared, _reduce)


def _read(source: Source, checksum: str) -> Compared:
    with _reading:  # by one thread at a time: the others want the same as a rule
        return _read_one(source, checksum)


@lru_cache(maxsize=1)
def _read_one(source: Source, checksum: str) -> Compared:
    wanted = source.dataset, source.feature_set, source.window_s
    with in_words_of_a_worker(source.address):
        shared = open_columns(source.columns) if source.columns else None
        means = (shared or read_columns(reopen(source.address), *wanted)).track_means()
    if len(means) != source.n_tracks:
        raise reads_others(*wanted)
    among = np.unpackbits(np.frombuffer(source.among, np.uint8), count=len(means)).astype(bool)
    _, rows = to_compare(means[among], source)
    if rows.checksum != checksum:
        raise reads_others(*wanted)
    return rows


def _standardised(X: np.ndarray) -> np.ndarray:
    """Return the features that vary, to `DECIMALS`."""
    if not len(X):
        return X
    deviation, largest = X.std(axis=0), np.maximum(X.max(axis=0), -X.min(axis=0))
    varies = deviation > CONSTANT * largest
    standardised = X[:, varies]
    standardised -= X.mean(axis=0)[varies]
    standardised /= deviation[varies]
    return np.round(standardised, DECIMALS, out=standardised)
