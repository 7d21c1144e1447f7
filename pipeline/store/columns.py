"""Columns out of raw BSON: documents of one layout are read as an array of records, not one by one."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from pipeline.errors import GenrelabError

_NUMBERS = {0x01: "<f8", 0x08: "?", 0x10: "<i4", 0x12: "<i8"}
"""Types of BSON that are numbers, as NumPy names them."""

_STRING, _BINARY, _NULL = 0x02, 0x05, 0x0A
_SIZES = {0x01: 8, 0x07: 12, 0x08: 1, 0x09: 8, _NULL: 0, 0x10: 4, 0x11: 8, 0x12: 8}


@dataclass(frozen=True)
class _Field:
    """Where the value of a field lies in its document: type of BSON, first byte, number of bytes."""

    type: int
    start: int
    size: int


def read_columns(
    batches: Iterable[bytes], strings: Sequence[str], numbers: Sequence[str], n_expected: int = 0
) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """Read fields of flat documents, such as `Collection.find_raw_batches` gives them.

    Documents of one size mostly have the same fields in the same order, so that a value lies at the same place in each:
    a look at the first tells where. All bytes but those of values are compared with it; what differs is read by a
    layout of its own.

    Parameters
    ----------
    batches : iterable of bytes
        each any number of BSON documents (bsonspec.org, version 1.1), end to end
    strings, numbers : sequence of str
        fields to read
    n_expected : int
        documents that there probably are: where it is so, numbers are written to their place once

    Returns
    -------
    dict of np.ndarray [shape=(n_documents,)]
        strings as objects, None where a document has none
    np.ndarray [shape=(n_numbers, n_documents), dtype=float64]
        a row a number, NaN where a document has none

    Raises
    ------
    GenrelabError
        where a field is of another type
    """
    texts = {name: [np.empty(0, dtype=object)] for name in strings}
    values, filled = np.empty((len(numbers), n_expected)), 0
    for batch in batches:
        columns, n = _read_batch(batch, strings, numbers)
        if filled + n > values.shape[1]:
            values = np.hstack([values[:, :filled], np.empty((len(numbers), max(filled, n)))])
        for row, name in zip(values, numbers, strict=True):
            row[filled : filled + n] = columns[name]
        for name in strings:
            texts[name].append(columns[name])
        filled += n
    return {name: np.concatenate(parts) for name, parts in texts.items()}, values[:, :filled]


def _read_batch(batch: bytes, strings: Sequence[str], numbers: Sequence[str]) -> tuple[dict[str, np.ndarray], int]:
    starts = np.fromiter(_starts(batch), dtype=np.int64)
    sizes = np.diff(starts, append=len(batch))
    columns = {name: np.full(len(starts), None, dtype=object) for name in strings}
    columns |= {name: np.full(len(starts), np.nan) for name in numbers}
    for size in np.unique(sizes).tolist():
        rest = np.flatnonzero(sizes == size)
        while len(rest):
            documents = b"".join([batch[start : start + size] for start in starts[rest].tolist()])
            rows = np.frombuffer(documents, dtype=np.uint8).reshape(-1, size)
            fields = _layout(documents[:size])
            alike = _alike(rows, fields)
            if not alike.all():
                documents = rows[alike].tobytes()
            for name, column in columns.items():
                field = fields.get(name)
                if field is not None and field.type != _NULL:
                    read = _read_strings if name in strings else _read_numbers
                    column[rest[alike]] = read(documents, size, name, field)
            rest = rest[~alike]
    return columns, len(starts)


def _starts(batch: bytes) -> Iterator[int]:
    """Give the first byte of each document."""
    start = 0
    while start < len(batch):
        yield start
        start += int.from_bytes(batch[start : start + 4], "little")


def _layout(document: bytes) -> dict[str, _Field]:
    fields, place = {}, 4
    while (kind := document[place]) != 0:
        ending = document.index(0, place + 1)
        name, start = document[place + 1 : ending].decode(), ending + 1
        if kind in _SIZES:
            size = _SIZES[kind]
        elif kind in (_STRING, _BINARY):
            size = int.from_bytes(document[start : start + 4], "little")
            start += 4 if kind == _STRING else 5
        else:
            raise GenrelabError(f"field {name!r} of a document is of BSON type {kind:#x}, neither text nor number")
        fields[name] = _Field(kind, start, size)
        place = start + size
    return fields


def _alike(rows: np.ndarray, fields: dict[str, _Field]) -> np.ndarray:
    """Tell which rows of bytes have the layout of the first [shape=(n,), dtype=bool]."""
    is_layout = np.full(rows.shape[1], 0xFF, dtype=np.uint8)
    for field in fields.values():
        is_layout[field.start : field.start + field.size] = 0
    return ~((rows ^ rows[0]) & is_layout).any(axis=1)


def _read_numbers(documents: bytes, size: int, name: str, field: _Field) -> np.ndarray:
    if field.type not in _NUMBERS:
        raise GenrelabError(f"field {name!r} of a document is of BSON type {field.type:#x}, not a number")
    record = {"names": [name], "formats": [_NUMBERS[field.type]], "offsets": [field.start], "itemsize": size}
    return np.frombuffer(documents, dtype=np.dtype(record))[name]


def _read_strings(documents: bytes, size: int, name: str, field: _Field) -> np.ndarray:
    if field.type != _STRING:
        raise GenrelabError(f"field {name!r} of a document is of BSON type {field.type:#x}, not text")
    last = field.size - 1  # without the zero at its end
    texts = np.empty(len(documents) // size, dtype=object)
    texts[:] = [documents[start : start + last].decode() for start in range(field.start, len(documents), size)]
    return texts
