"""Read the variables of a TensorFlow 1 checkpoint without TensorFlow.

A checkpoint is a "tensor bundle": ``.data-00000-of-00001`` holds the raw numbers of all variables, ``.index`` says
where each lies. The index is a table of LevelDB's format (blocks of sorted keys, each stored as what differs from the
key before) whose values are protobuf messages ``BundleEntryProto``. Formats: LevelDB's ``doc/table_format.md``,
TensorFlow's ``tensor_bundle.proto``.
"""

from collections.abc import Iterator
from pathlib import Path

import numpy as np

_FOOTER_BYTES = 48
_MAGIC = 0xDB4775248B80FB57
_FLOAT32 = 1  # of TensorFlow's enum DataType
_IS_NUMBER, _IS_BYTES, _IS_FIXED32 = 0, 2, 5  # wire types of protobuf
# fields of BundleEntryProto
_DTYPE, _SHAPE, _OFFSET, _SIZE = 1, 2, 4, 5
# of TensorShapeProto, and of its Dim
_DIM, _LENGTH = 2, 1


def read_checkpoint(folder: Path) -> dict[str, np.ndarray]:
    """Return the 32-bit variables of the checkpoint in a folder, by name.

    Parameters
    ----------
    folder : Path
        holds ``.index`` and ``.data-00000-of-00001``

    Returns
    -------
    dict of str to np.ndarray [dtype=float32]

    Raises
    ------
    ValueError
        where ``.index`` is not an uncompressed table
    OSError
        where a file can't be read
    """
    data = (folder / ".data-00000-of-00001").read_bytes()
    variables = {}
    for name, message in _table((folder / ".index").read_bytes()):
        entry = {number: (value, nested) for number, value, nested in _fields(message)}
        dtype, start, size = (entry.get(number, (0, b""))[0] for number in (_DTYPE, _OFFSET, _SIZE))
        if name and dtype == _FLOAT32:
            dims = [dim for number, _, dim in _fields(entry.get(_SHAPE, (0, b""))[1]) if number == _DIM]
            shape = [sum(value for number, value, _ in _fields(dim) if number == _LENGTH) for dim in dims]
            variables[name.decode()] = np.frombuffer(data[start : start + size], dtype="<f4").reshape(shape)
    return variables


def _table(table: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield keys and values of a LevelDB table."""
    footer = table[-_FOOTER_BYTES:]
    if len(footer) < _FOOTER_BYTES or int.from_bytes(footer[-8:], "little") != _MAGIC:
        raise ValueError("not the index of a TensorFlow checkpoint")
    at = 0
    for _ in range(2):  # where the block of metadata lies, which is empty
        _, at = _varint(footer, at)
    for _, handle in _block(table, footer[at:]):
        yield from _block(table, handle)


def _block(table: bytes, handle: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield keys and values of the block that a handle (offset and size) points to."""
    offset, at = _varint(handle, 0)
    size, _ = _varint(handle, at)
    block = table[offset : offset + size]
    if table[offset + size] != 0:
        raise ValueError("the index of the checkpoint is compressed")
    n_restarts = int.from_bytes(block[-4:], "little")
    end = size - 4 * (n_restarts + 1)
    key, at = b"", 0
    while at < end:
        n_shared, at = _varint(block, at)
        n_new, at = _varint(block, at)
        n_value, at = _varint(block, at)
        key = key[:n_shared] + block[at : at + n_new]
        at += n_new
        yield key, block[at : at + n_value]
        at += n_value


def _fields(message: bytes) -> Iterator[tuple[int, int, bytes]]:
    """Yield of each field of a protobuf message its number, and what it holds: a number, or bytes."""
    at = 0
    while at < len(message):
        tag, at = _varint(message, at)
        number, wire_type = tag >> 3, tag & 7
        if wire_type == _IS_NUMBER:
            value, at = _varint(message, at)
            yield number, value, b""
            continue
        if wire_type == _IS_BYTES:
            size, at = _varint(message, at)
        elif wire_type == _IS_FIXED32:
            size = 4
        else:
            raise ValueError(f"wire type {wire_type} in the index of a checkpoint")
        yield number, 0, message[at : at + size]
        at += size


def _varint(data: bytes, at: int) -> tuple[int, int]:
    """Return a variable-length number, and where it ends."""
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
        shift += 7
