"""How a segment's features lie in MongoDB; ``python -m benchmarks.layouts`` writes ``layouts.md``.

The same made segments of 57 features in three collections of one server, each with the two indexes of `segments`: a
field for each feature, which is how they are stored; all features in one binary field, as doubles; and as floats. Their
names would stand in `datasets` once. The layouts are written and read in turns. Times are of the processor, this
process's and the server's together, a segment. All segments are read into one array, in the order of tracks. One
feature is asked for as somebody would by hand: its mean by genre. The server computes that where it knows the field;
where it does not, all segments are read.
"""

import datetime
import inspect
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
import pandas as pd
import psutil
import pyarrow as pa
import typer
from pymongo import IndexModel
from pymongo.collection import Collection
from pymongoarrow.api import Schema, find_arrow_all
from pymongoarrow.types import BinaryType

from benchmarks.clips import describe_machine
from benchmarks.made import FEATURE_SET, SEGMENTS, make_tracks
from benchmarks.tables import markdown
from pipeline.settings import Settings
from pipeline.store import connect, feature_names
from pipeline.store.schema import load_schema
from pipeline.store.server import EmbeddedServer

PAGE = Path(__file__).with_name("layouts.md")
DATASET, WINDOW_S, AT_ONCE = "made", 3.0, 1000
LAYOUTS = {"a field a feature": None, "one field of doubles": "<f8", "one field of floats": "<f4"}
KEY = ("dataset", "track_id", "feature_set", "window_s", "start_s", "length")


def main(tracks: int = 10_000, turns: int = 5) -> None:
    """Measure, print the table and write the page."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        try:
            database = connect(Settings(mongodb_uri=None, home=home))
            make_tracks(database, DATASET, tracks)
            names = feature_names(database, DATASET, FEATURE_SET, WINDOW_S)
            segments = list(database["segments"].find({"window_s": WINDOW_S}, {"_id": False}))
            server = EmbeddedServer(home).process()
            measures = [
                (name, measure(database[f"layout{place}"], segments, names, dtype, server))
                for _ in range(turns)
                for place, (name, dtype) in enumerate(LAYOUTS.items())
            ]
            database.client.close()
        finally:
            EmbeddedServer(home).stop()
    rows = [
        {"layout": layout} | {key: _told(key, median(found[key] for name, found in measures if name == layout))
                              for key in measures[0][1]}
        for layout in LAYOUTS
    ]  # fmt: skip
    told = f"{datetime.date.today().isoformat()}, {10 * tracks:,} segments, medians of {turns} turns"
    parts = ["# Layouts", inspect.getdoc(sys.modules[__name__]), f"{told}; {describe_machine()}."]
    text = "\n\n".join([*parts, markdown(pd.DataFrame(rows)), WHY])
    typer.echo(text)
    PAGE.write_text(text, encoding="utf-8")


WHY = """A field a feature stays. It takes half as much of the disk again as doubles in one field, since names are more
than half of a document and compress well, and nearly twice the time to read. But segments are read out of MongoDB once,
into columns on disk (`pipeline.store.columns`), and from there ever after. What it gives is kept by no other layout:
one feature is read, averaged, compared or indexed by its name, in any tool that speaks to MongoDB (Compass, Charts, SQL
interfaces, three lines of pymongo), and the validator refuses a value that is no number. Floats would take a third of
the disk. They keep seven digits: values would change in the eighth, and with them splits of trees, so that results
would not be those of the values that were computed.
"""


def measure(
    collection: Collection,
    segments: Sequence[dict[str, Any]],
    names: Sequence[str],
    dtype: str | None,
    server: psutil.Process,
) -> dict[str, float]:
    """Write segments in one layout and read them, all and one feature."""
    collection.drop()
    declared = load_schema()["segments"]["indexes"]
    collection.create_indexes(
        [IndexModel(list(each["keys"].items()), unique=each.get("unique", False)) for each in declared]
    )
    n, own, of_server = len(segments), time.process_time, lambda: sum(server.cpu_times()[:2])

    def cost(call: Callable[[], Any]) -> tuple[float, Any]:
        before = own() + of_server()
        found = call()
        return 1e6 * (own() + of_server() - before) / n, found

    written, _ = cost(lambda: _write(collection, segments, names, dtype))
    collection.database.client.admin.command("fsync")  # what is left of writing is not reading
    read, values = cost(lambda: _read(collection, names, dtype))
    one, _ = cost(lambda: _mean_of(collection, names, dtype))
    if values.shape != (n, len(names)):
        raise RuntimeError(f"read {values.shape}")
    size = collection.database.command("collStats", collection.name)
    return {
        "bytes a segment": size["size"] / n, "on the disk": size["storageSize"] / n,
        "indexes": size["totalIndexSize"] / n, "writing": written, "reading": read, "one feature": one,
    }  # fmt: skip


def _write(collection: Collection, segments: Sequence[dict[str, Any]], names: Sequence[str], dtype: str | None) -> None:
    for first in range(0, len(segments), AT_ONCE):
        some = segments[first : first + AT_ONCE]
        if dtype is None:
            packed = [dict(each) for each in some]
        else:
            packed = [
                {name: each[name] for name in KEY}
                | {"values": np.array([each[name] for name in names], dtype).tobytes()}
                for each in some
            ]
        collection.insert_many(packed, ordered=False)


def _read(collection: Collection, names: Sequence[str], dtype: str | None) -> np.ndarray:
    in_order = {"sort": [("track_id", 1), ("start_s", 1)], "projection": {"_id": False}, "allow_disk_use": True}
    asked = {"dataset": DATASET, "feature_set": FEATURE_SET, "window_s": WINDOW_S}
    of_values = dict.fromkeys(names, pa.float64()) if dtype is None else {"values": BinaryType(0)}
    types = {"track_id": pa.string(), "start_s": pa.float64(), "length": pa.float64(), **of_values}
    table = find_arrow_all(collection, asked, schema=Schema(types), **in_order)
    if dtype is None:
        return np.column_stack([table.column(name).to_numpy() for name in names])
    joined = b"".join(value.as_py() for chunk in table.column("values").chunks for value in chunk.storage)
    return np.frombuffer(joined, dtype).reshape(len(table), len(names)).astype(np.float64)


def _mean_of(collection: Collection, names: Sequence[str], dtype: str | None) -> Any:
    if dtype is not None:
        genres = [name.partition("/")[0] for name in sorted(collection.distinct("track_id"))]
        return pd.Series(_read(collection, names, dtype)[:, 0]).groupby(np.repeat(genres, SEGMENTS)).mean()
    return list(
        collection.aggregate(
            [{"$group": {"_id": {"$first": {"$split": ["$track_id", "/"]}}, "mean": {"$avg": f"${names[0]}"}}}]
        )
    )


def _told(key: str, value: float) -> str:
    return f"{value:.0f}" if key in ("bytes a segment", "on the disk", "indexes") else f"{value:.1f} µs"


if __name__ == "__main__":
    typer.run(main)
