"""Rows of numbers in a file, of which some are read when somebody asks for them."""

import mmap
from collections.abc import Iterator, Sequence
from itertools import pairwise
from math import prod
from typing import Any

import numpy as np

BYTES_AT_ONCE = 8 * 2**20
"""Of the file: what is mapped counts as a process's memory until it is given back."""

PART_BYTES = 16 * 2**20
"""Of rows that go by in parts: so much is in memory, and what is made of it."""


class Values:
    """A matrix in a file, or some of its rows and columns; nothing is read before `read`.

    Parameters
    ----------
    file : mmap
        of a file that may be removed meanwhile
    dtype : dtype
    stored : tuple of int
        shape of all that the file holds
    checksum : str
        of the file
    rows, columns : np.ndarray of int, optional
        which rows, and which entries of the last axis; all of them
    """

    def __init__(
        self,
        file: mmap.mmap,
        dtype: Any,
        stored: Sequence[int],
        checksum: str,
        rows: np.ndarray | None = None,
        columns: np.ndarray | None = None,
    ) -> None:
        self.dtype, self.checksum = np.dtype(dtype), checksum
        self._file, self._stored, self._rows, self._columns = file, tuple(stored), rows, columns

    @property
    def shape(self) -> tuple[int, ...]:
        """Number of rows, and shape of each."""
        n = self._stored[0] if self._rows is None else len(self._rows)
        n_columns = self._stored[-1] if self._columns is None else len(self._columns)
        return (n, *self._stored[1:-1], n_columns)

    @property
    def ndim(self) -> int:
        """Number of axes."""
        return len(self._stored)

    def __len__(self) -> int:
        return self.shape[0]

    def take(self, rows: np.ndarray | slice) -> "Values":
        """Return some rows: those under a mask, or by number."""
        known = np.arange(self._stored[0]) if self._rows is None else self._rows
        return self._of(known[rows], self._columns)

    def only(self, columns: Sequence[int]) -> "Values":
        """Return some entries of the last axis, by number."""
        known = np.arange(self._stored[-1]) if self._columns is None else self._columns
        return self._of(self._rows, known[np.asarray(columns, dtype=int)])

    def read(self) -> np.ndarray:
        """Return the values, row after row [shape=self.shape]."""
        stored = np.frombuffer(self._file, self.dtype).reshape(self._stored)
        found = np.empty(self.shape, self.dtype)
        rows = np.arange(len(stored)) if self._rows is None else self._rows
        order = rows.argsort(kind="stable")  # as they lie in the file, a stretch of it after the other
        at_once = max(1, BYTES_AT_ONCE // max(stored[:1].nbytes, 1))
        ends = np.searchsorted(rows, np.arange(0, len(stored) + at_once, at_once), sorter=order)
        for first, end in pairwise(ends):
            if first < end:
                places = order[first:end]
                some = stored[rows[places]]
                found[places] = some if self._columns is None else some[..., self._columns]
                self._file.madvise(mmap.MADV_DONTNEED)
        return found

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        if copy is False:
            raise ValueError("what lies in a file has to be copied into memory")
        return np.asarray(self.read(), dtype)

    def __reduce__(self) -> tuple[Any, ...]:
        return np.asarray, (self.read(),)  # what another process gets is an array

    def _of(self, rows: np.ndarray | None, columns: np.ndarray | None) -> "Values":
        return Values(self._file, self.dtype, self._stored, self.checksum, rows, columns)


def take(values: np.ndarray | Values, rows: np.ndarray | slice) -> Any:
    """Return some rows of an array or of a file's values: those under a mask, or by number."""
    return values.take(rows) if isinstance(values, Values) else values[rows]


def only(values: np.ndarray | Values, columns: Sequence[int]) -> Any:
    """Return some entries of the last axis, by number."""
    return values.only(columns) if isinstance(values, Values) else values[..., list(columns)]


def in_parts(values: np.ndarray | Values, rows: np.ndarray | None = None) -> Iterator[np.ndarray]:
    """Yield rows by number, or all, one after the other: as many at a time as take `PART_BYTES`."""
    numbers = np.arange(len(values)) if rows is None else rows
    at_once = max(1, PART_BYTES // max(values.dtype.itemsize * prod(values.shape[1:]), 1))
    for first in range(0, len(numbers), at_once):
        yield np.asarray(take(values, numbers[first : first + at_once]))
