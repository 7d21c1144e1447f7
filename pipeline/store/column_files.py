"""The files that columns lie in: written beside their place and moved there whole, checked when opened, cleaned up.

Conventions
-----------
A folder holds ``values``, row after row; ``identity.arrow``, which segment each row is, and what its values are called;
``checksums`` of both. A reader finds all of it or nothing, and has the file mapped: on a local disk nothing is taken
from under it. Names of folders that are being written begin with a dot. What was found out about the vectors, and took
a while, may lie beside them (`remembered`).
"""

import fcntl
import hashlib
import json
import mmap
import os
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory, mkdtemp
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from pipeline.store.values import Values

MOST_BYTES = 32 * 2**30
"""All folders may take so much together; those that were opened longest ago go first."""

A_DAY_S = 24 * 60 * 60
"""A folder that is being written is left alone for so long: older than that, its writer was killed."""

Part = tuple[pd.DataFrame, np.ndarray]
"""Some segments: their ``track_id``, ``start_s``, and of vectors ``length``; and their values [shape=(n, …)]."""

Found = tuple[pd.DataFrame, tuple[str, ...], Values | np.ndarray]
"""Which segment each row is; names of the values; the values, in memory only where there are none."""

_VALUES, _ROWS, _CHECKSUMS = "values", "identity.arrow", "checksums"


def open_files(place: Path) -> Found | None:
    """Return what a folder holds; None where there is none, or it is not as it was written.

    Raises
    ------
    OSError
        where it can't be read
    """
    try:
        checksums = _checksums(place)
        if checksums != (place / _CHECKSUMS).read_text(encoding="utf-8"):
            return None
        with pa.OSFile(str(place / _ROWS)) as stored, pa.ipc.open_file(stored) as reader:
            identity = reader.read_all()
        with open(place / _VALUES, "rb") as file:
            mapped = mmap.mmap(file.fileno(), 0, prot=mmap.PROT_READ)
    except (FileNotFoundError, NotADirectoryError, UnicodeDecodeError):
        return None
    with suppress(OSError):  # whoever may only read leaves the time as it is
        os.utime(place)
    about = json.loads(identity.schema.metadata[b"about"])
    return identity.to_pandas(), tuple(about["features"]), Values(mapped, about["dtype"], about["shape"], checksums)


def write_files(place: Path, features: Sequence[str], parts: Iterator[Part], *, keep: bool, shared: bool) -> Found:
    """Write segments part by part, and return them; where they are not kept, nothing but the mapping stays of them.

    Where `place` can't be written to, they are not kept either.

    Raises
    ------
    OSError
        where there is no room
    """
    beside, keep = _folder_for(place, keep)
    try:
        identities, values = [], np.empty((0, len(features)))
        with open(beside / _VALUES, "wb") as file:
            for identity, values in parts:
                file.write(np.ascontiguousarray(values).data)
                identities.append(pa.Table.from_pandas(identity, preserve_index=False))
        table = pa.concat_tables(identities, promote_options="permissive").combine_chunks()
        if not len(table):
            return table.to_pandas(), tuple(features), values[:0]
        about = {"features": features, "shape": [len(table), *values.shape[1:]], "dtype": values.dtype.str}
        table = table.replace_schema_metadata({"about": json.dumps(about)})
        with pa.OSFile(str(beside / _ROWS), "wb") as sink, pa.ipc.new_file(sink, table.schema) as writer:
            writer.write_table(table)
        (beside / _CHECKSUMS).write_text(_checksums(beside), encoding="utf-8")
        found = open_files(beside)
        if found is None:
            raise OSError("what was written a moment ago reads otherwise, so the disk may be failing")
        if keep:
            _move(beside, place, shared=shared)
        return found
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def remembered(place: Path, name: str, find_out: Callable[[], Any]) -> Any:
    """Return what was found out about a folder's vectors under a name, as JSON holds it; where nothing was, find out.

    It goes with the folder, so whoever writes other vectors need not forget it. Where the folder is not kept, or can't
    be written to, nothing is remembered.
    """
    file = place / f"{name}.json"
    with suppress(OSError, ValueError):
        checksum, text = file.read_text(encoding="utf-8").split("\n", 1)
        if checksum == _checksum(text):
            return json.loads(text)
    text = json.dumps(find_out())
    with suppress(OSError), TemporaryDirectory(prefix=".", dir=place) as beside:
        written = Path(beside) / file.name
        written.write_text(f"{_checksum(text)}\n{text}", encoding="utf-8")
        os.replace(written, file)
    return json.loads(text)


def make_room(folder: Path, name: str, n_bytes: int) -> None:
    """Remove what `name` takes the place of, what kills have left, and of the rest what is more than `MOST_BYTES`.

    Parameters
    ----------
    folder : Path
    name : str
        begins the names of earlier ones
    n_bytes : int
        that will be written
    """
    total = n_bytes
    for place, (opened, size) in sorted(_sizes(folder).items(), key=lambda item: -item[1][0]):
        is_new = opened > time.time() - A_DAY_S
        if place.name.startswith("."):
            is_left = not is_new
        else:
            total += size
            is_left = place.name.startswith(f"{name}-") or total > MOST_BYTES
        if is_left:
            shutil.rmtree(place, ignore_errors=True)


@contextmanager
def one_at_a_time(place: Path) -> Iterator[None]:
    """Let one process write a folder while others wait, to read it then; where nothing can be locked, nobody waits."""
    lock = place.with_name(f"{place.name.rpartition('-')[0]}.lock")
    with ExitStack() as stack:
        with suppress(OSError):
            place.parent.mkdir(parents=True, exist_ok=True)
            fcntl.flock(stack.enter_context(open(lock, "a", encoding="ascii")), fcntl.LOCK_EX)
        yield


def _folder_for(place: Path, keep: bool) -> tuple[Path, bool]:
    """Return a folder to write to, and whether it can be kept: one beside its place, else one for what passes."""
    try:
        return Path(mkdtemp(prefix=".", dir=place.parent)), keep
    except OSError:
        return Path(mkdtemp(prefix="genrelab-")), False


def _move(beside: Path, place: Path, *, shared: bool) -> None:
    if shared:
        beside.chmod(0o755)  # for workers of another user
    with suppress(OSError):
        if place.is_dir() and open_files(place) is None:
            shutil.rmtree(place)  # it was damaged
    try:
        os.replace(beside, place)
    except OSError:
        if not place.is_dir():  # another process was as quick
            raise


def _checksums(place: Path) -> str:
    """Return the checksums of a folder's files, as the command ``b2sum`` would."""
    lines = []
    for name in (_ROWS, _VALUES):
        with open(place / name, "rb") as file:
            lines.append(f"{hashlib.file_digest(file, 'blake2b').hexdigest()}  {name}\n")
    return "".join(lines)


def _checksum(text: str) -> str:
    return hashlib.blake2b(text.encode()).hexdigest()


def _sizes(folder: Path) -> dict[Path, tuple[float, int]]:
    """Return when each folder was opened last [s], and the size of its values [bytes]."""
    found = {}
    for place in folder.iterdir():
        with suppress(OSError):
            values = place / _VALUES
            if place.is_dir():
                found[place] = place.stat().st_mtime, values.stat().st_size if values.exists() else 0
    return found
