"""Where rows come from: what was read of the database, and which of `Samples`' methods made these rows of it.

It is all that a worker of a cluster is told of rows. It reads them itself, takes the same steps, and has the same
arrays to the last bit: what it has read must have the same checksum.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import pandas as pd

from pipeline.store import Values
from pipeline.store.connection import Address

Rows = TypeVar("Rows")


@dataclass(frozen=True)
class Stored:
    """The rows of one feature set and window, as they lie in the database.

    Attributes
    ----------
    address : Address
    dataset, feature_set : str
    window_s : float
        seconds
    checksum : str
        of `checksum_of`
    columns : Path or None
        a folder that has them too, for whoever sees it
    """

    address: Address
    dataset: str
    feature_set: str
    window_s: float
    checksum: str
    columns: Path | None = None


@dataclass(frozen=True)
class Origin:
    """What was loaded, and the steps from there, each the name of a method of `Samples` and its arguments."""

    stored: Stored
    steps: tuple[tuple[str, tuple], ...] = ()


def keep_origin(rows: Rows, origin: Origin | None) -> Rows:
    """Write down where rows come from, and return them."""
    object.__setattr__(rows, "origin", origin)  # of a frozen object, before anybody has it
    return rows


def from_origin(method: Callable[..., Rows]) -> Callable[..., Rows]:
    """Let what a method of `Samples` returns know that it made it; a copy made in any other way knows no origin."""

    @wraps(method)
    def made(self, *arguments):
        found = method(self, *arguments)
        if found is None or found is self or self.origin is None:
            return found
        return keep_origin(found, replace(self.origin, steps=(*self.origin.steps, (method.__name__, arguments))))

    return made


def checksum_of(rows: Any) -> str:
    """Return a checksum of all that `Samples` hold, names and all."""
    found = hashlib.blake2b(digest_size=16)
    names = rows.feature_set, rows.window_s, rows.features, rows.genres
    kinds = rows.values.shape, rows.values.dtype, rows.y.dtype, rows.rows.dtypes.astype(str).to_dict()
    found.update(repr((names, kinds)).encode())
    for values in (rows.values, rows.y, pd.util.hash_pandas_object(rows.rows, index=False).to_numpy()):
        found.update(values.checksum.encode() if isinstance(values, Values) else np.ascontiguousarray(values).data)
    return found.hexdigest()
