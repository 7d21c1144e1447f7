"""Segments in parts of whole tracks, each read by itself and by whichever process: for pandas, or Dask."""

from dataclasses import dataclass, field

import pandas as pd
from pymongo.database import Database

from pipeline.errors import InputError
from pipeline.set_names import parts_of
from pipeline.store.connection import Address, address_of, reopen
from pipeline.store.frames import divide_segments, feature_names, join_sets, read_stored, segments_query


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
    first, end : str, optional
        of the tracks' ids: from `first` on, and before `end`; None: to the last one
    n : int
        segments of the first feature set
    """

    address: Address = field(repr=False)
    dataset: str
    window_s: float
    features: dict[str, tuple[str, ...]] = field(repr=False)
    first: str
    end: str | None
    n: int

    def read(self) -> pd.DataFrame:
        """Read the segments as `read_segments` does, by one query a feature set.

        Raises
        ------
        InputError
            where segments came or went since they were divided
        """
        database = reopen(self.address)
        of_tracks = {"track_id": {"$gte": self.first} | ({} if self.end is None else {"$lt": self.end})}
        queries = {name: segments_query(self.dataset, name, self.window_s) | of_tracks for name in self.features}
        count = database["segments"].count_documents
        numbers = [self.n, *(count(query) for query in list(queries.values())[1:])]
        parts = zip(self.features.values(), queries.values(), numbers, strict=True)
        return join_sets([read_stored(database, names, [(query, n)]) for names, query, n in parts])


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
    parts = divide_segments(database, segments_query(dataset, sets[0], window_s), n)
    where = address_of(database), dataset, float(window_s), features
    ends = [first for first, _ in parts[1:]] + [None]
    return [Partition(*where, first, end, held) for (first, held), end in zip(parts, ends, strict=True)]
