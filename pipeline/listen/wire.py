"""What passes between the server and a worker: a line of JSON and arrays, and nothing that could be code."""

import io
import json
import struct
from typing import IO, Any

import numpy as np

from pipeline.listen.heard import Heard

_LENGTHS = struct.Struct(">IQ")
_ARRAYS = ("y", "envelope", "mel", "excerpts")
_VALUES = ("duration_s", "sample_rate_hz", "channels", "content_hash", "shown_s", "clip_start_s")


def write_message(stream: IO[bytes], head: dict[str, Any], body: bytes = b"") -> None:
    """Write a message: lengths, head as JSON, body."""
    encoded = json.dumps(head).encode()
    stream.write(_LENGTHS.pack(len(encoded), len(body)))
    stream.write(encoded)
    stream.write(body)
    stream.flush()


def read_message(stream: IO[bytes]) -> tuple[dict[str, Any], bytes]:
    """Read a message.

    Raises
    ------
    EOFError
        where the other side is gone
    """
    n_head, n_body = _LENGTHS.unpack(_exactly(stream, _LENGTHS.size))
    return json.loads(_exactly(stream, n_head)), _exactly(stream, n_body)


def pack(heard: Heard) -> tuple[dict[str, Any], bytes]:
    """Return what was heard as head and body of a message."""
    arrays = {name: getattr(heard, name) for name in _ARRAYS}
    for i, key in enumerate(heard.vectors):
        arrays |= {f"starts_s_{i}": heard.starts_s[key], f"vectors_{i}": heard.vectors[key]}
    body = io.BytesIO()
    np.savez(body, **arrays)
    numbers = {name: getattr(heard, name) for name in _VALUES}
    return {"heard": numbers, "keys": [list(key) for key in heard.vectors]}, body.getvalue()


def unpack(head: dict[str, Any], body: bytes) -> Heard:
    """Return what was heard, from head and body of a message."""
    keys = [(name, window_s) for name, window_s in head["keys"]]
    with np.load(io.BytesIO(body), allow_pickle=False) as arrays:
        return Heard(
            **head["heard"],
            **{name: arrays[name] for name in _ARRAYS},
            starts_s={key: arrays[f"starts_s_{i}"] for i, key in enumerate(keys)},
            vectors={key: arrays[f"vectors_{i}"] for i, key in enumerate(keys)},
        )


def _exactly(stream: IO[bytes], n_bytes: int) -> bytes:
    data = stream.read(n_bytes)
    if len(data) < n_bytes:
        raise EOFError("the other side is gone")
    return data
