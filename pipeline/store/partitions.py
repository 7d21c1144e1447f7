"""Segments in parts of whole tracks, each read by itself and by whichever process: for pandas, or Dask."""

from dataclasses import dataclass, field

import pandas as pd
from pymongo.database import Database

from pipeline.errors import InputError
from pipeline.set_names import is_combined
from pipeline.store.connection import Address, address_of, reopen
from pipeline.store.frames import divide_segments, feature_names, read_segments


@dataclass(frozen=True)
class Partition:
    """Some tracks' segments, which are not read yet. It holds no connection, so that it can be sent to other processes.

    Attributes
    ----------
    address : Address
        of the database; with a password where its URI has one, so a pickled partition is as secret as that
    dataset, feature_set : str
    window_s : float
        seconds
    first, end : str, optional
        of the tracks' ids: from `first` on, and before `end`; None: to the last one
    n : int
        segments of the feature set, or of the first set of a combination
    """

    address: Address = field(repr=False)
    dataset: str
    feature_set: str
    window_s: float
    first: str
    end: str | None
    n: int

    def read(self) -> pd.DataFrame:
        """Read the segments as `read_segments` does, with the columns that all of the dataset's have.

        Raises
        ------
        InputError
            where segments came or went since they were divided
        """
        of_tracks = {"$gte": self.first} | ({} if self.end is None else {"$lt": self.end})
        database = reopen(self.address)
        found = read_segments(database, self.dataset, self.feature_set, self.window_s, of_tracks=of_tracks)
        if len(found) != self.n and not is_combined(self.feature_set):
            raise InputError(f"the segments of dataset {self.dataset!r} are not those that were divided: divide them anew")
        return found


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
    feature_names(database, dataset, feature_set, window_s)
    parts = divide_segments(database, dataset, feature_set, window_s, n)
    where = address_of(database), dataset, feature_set, float(window_s)
    ends = [first for first, _ in parts[1:]] + [None]
    return [Partition(*where, first, end, held) for (first, held), end in zip(parts, ends, strict=True)]
