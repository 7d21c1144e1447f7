"""Segments in parts of whole tracks, each read by itself and by whichever process: for pandas, or Dask."""

from dataclasses import dataclass, field

import pandas as pd
from pymongo.database import Database

from pipeline.errors import InputError
from pipeline.set_names import parts_of
from pipeline.store.connection import Address, address_of, reopen
from pipeline.store.frames import (
    AT_ONCE,
    divide_segments,
    feature_names,
    first_tracks,
    join_sets,
    queries_of,
    read_stored,
    segments_query,
)


@dataclass(frozen=True)
class Partition:
    """Some tracks' segments, which are not read yet. It holds no connection, so that it can be sent to other processes.

    Attributes
    ----------
    address : Address
        of the database; with a password where its URI has one, so a pickled partition is as secret as that
    dataset : str
    window_s : float
        seconds
    features : dict of tuple of str
        by feature set, several of a combination
    firsts : tuple of str
        the ids of the tracks that it begins with and that it is read from in turn, a thousand segments or so at a time
    end : str, optional
        the id of a track that is after the last one; None: it is the last of all
    n : int
        segments of the first feature set
    """

    address: Address = field(repr=False)
    dataset: str
    window_s: float
    features: dict[str, tuple[str, ...]] = field(repr=False)
    firsts: tuple[str, ...] = field(repr=False)
    end: str | None
    n: int

    def read(self) -> pd.DataFrame:
        """Read the segments as `read_segments` does, a thousand at a time.

        Raises
        ------
        InputError
            where segments came or went since they were divided
        """
        return self.read_from(reopen(self.address))

    def read_from(self, database: Database) -> pd.DataFrame:
        """Read the segments over a connection that is there already."""
        wanted = {name: segments_query(self.dataset, name, self.window_s) for name in self.features}
        queries = {name: queries_of(query, self.firsts, self.end) for name, query in wanted.items()}
        count, (first, *others) = database["segments"].count_documents, queries
        n = {first: self.n} | {name: sum(map(count, queries[name])) for name in others}
        return join_sets([read_stored(database, self.features[name], queries[name], n[name]) for name in queries])


def read_partitions(database: Database, dataset: str, feature_set: str, window_s: float, n: int) -> list[Partition]:
    """Divide all segments of one window length into parts of about one size, each track in one of them.

    ``pd.concat(part.read() for part in parts)`` is what `read_segments` returns; so is
    ``dask.dataframe.from_map(Partition.read, parts)``, read by Dask's workers. MongoDB finds each part by its index: no
    part skips over others.

    Parameters
    ----------
    database : Database
    dataset : str
    feature_set : str
        of a combination of sets, the segments that all of them have
    window_s : float
        seconds
    n : int
        parts; of fewer tracks as many

    Raises
    ------
    InputError
        where `n` is below 1, or there is no such segment
    """
    if n < 1:
        raise InputError(f"{n} partitions: there is at least one")
    sets = parts_of(feature_set)
    features = {name: tuple(feature_names(database, dataset, name, window_s)) for name in sets}
    query = segments_query(dataset, sets[0], window_s)
    parts = divide_segments(database, query, n)
    inner = first_tracks(database, query) if max(held for _, held in parts) > AT_ONCE else []
    where = address_of(database), dataset, float(window_s), features
    ends = [first for first, _ in parts[1:]] + [None]
    return [
        Partition(*where, (first, *(each for each in inner if first < each and (end is None or each < end))), end, held)
        for (first, held), end in zip(parts, ends, strict=True)
    ]
