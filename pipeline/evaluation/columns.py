"""Rows as files that several machines see, mapped into memory by whoever learns from them.

A folder holds a dataset's rows of one feature set and window: ``X.npy``, ``rows.arrow`` and ``names.json``. Its name
ends with their checksum. It is written beside its place and moved there whole; what it follows is removed.
"""

import hashlib
import json
import os
import shutil
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from pipeline.errors import InputError

_Y = "\ty"
"""The column of genres' numbers, beside those of `Samples.rows`."""


def write_columns(samples: Any, folder: Path, dataset: str, checksum: str) -> Path:
    """Write `Samples` below `folder`, unless they are there, and return where they are.

    Raises
    ------
    InputError
        where that can't be
    """
    about = repr((dataset, samples.feature_set, samples.window_s)).encode()
    name = hashlib.blake2b(about, digest_size=8).hexdigest()
    place = folder / f"{name}-{checksum}"
    if place.is_dir():
        return place
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _write(samples, place, Path(mkdtemp(prefix=".", dir=folder)))
    except OSError as error:
        raise InputError(
            f"can't write to {str(folder)!r}: {error.strerror or error}; correct GENRELAB_SHARED"
        ) from error
    for other in folder.glob(f"{name}-*"):
        if other != place:
            shutil.rmtree(other, ignore_errors=True)
    return place


def _write(samples: Any, place: Path, beside: Path) -> None:
    try:
        beside.chmod(0o755)  # for workers of another user
        np.save(beside / "X.npy", samples.X, allow_pickle=False)
        table = pa.Table.from_pandas(samples.rows.assign(**{_Y: samples.y}), preserve_index=False)
        with pa.ipc.new_file(beside / "rows.arrow", table.schema) as file:
            file.write_table(table)
        names = {"features": samples.features, "genres": samples.genres}
        (beside / "names.json").write_text(json.dumps(names), encoding="utf-8")
        os.replace(beside, place)
    except OSError:
        shutil.rmtree(beside, ignore_errors=True)
        if not place.is_dir():  # another process was as quick
            raise


def read_columns(place: Path) -> dict[str, Any]:
    """Map the values of a folder into memory, read the rest, and return `Samples`' fields of these."""
    names = json.loads((place / "names.json").read_text(encoding="utf-8"))
    with pa.ipc.open_file(place / "rows.arrow") as file:
        rows: pd.DataFrame = file.read_pandas()
    y = rows.pop(_Y).to_numpy()
    X = np.asarray(np.load(place / "X.npy", mmap_mode="r", allow_pickle=False))
    return {name: tuple(values) for name, values in names.items()} | {"X": X, "y": y, "rows": rows}
