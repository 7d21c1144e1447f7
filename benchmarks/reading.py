"""Segments read in parts, and all at once by pymongoarrow; ``python -m benchmarks.reading`` writes ``reading.md``.

Made tracks, ten segments of 57 values each, on a MongoDB server of their own. One read is pymongoarrow's
``find_pandas_all`` with a declared schema and in the order of tracks, which is what any tool can do by itself. It takes
turns with ``read_partitions(n)``, all of whose parts are read one after the other; the ratio of time a row is taken
turn by turn. The slowest part is the median over the turns of each part's own time a row. CPU is that of this process;
dividing, which is asked once, is in the time of the parts together and told by itself too.
"""

import datetime
import inspect
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

import pandas as pd
import pyarrow as pa
import typer
from pymongo.database import Database
from pymongoarrow.api import Schema, find_pandas_all

from benchmarks.clips import describe_machine
from benchmarks.made import FEATURE_SET, make_tracks
from benchmarks.tables import markdown
from pipeline.settings import Settings
from pipeline.store import connect, feature_names, read_partitions
from pipeline.store.server import EmbeddedServer

PAGE = Path(__file__).with_name("reading.md")
DATASET, WINDOW_S = "made", 3.0


def main(tracks: int = 10_000, turns: int = 5, parts: list[int] = [1, 4, 16, 64]) -> None:  # noqa: B006
    """Measure, print the table and write the page."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        try:
            database = connect(Settings(mongodb_uri=None, home=home))
            make_tracks(database, DATASET, tracks)
            rows = [_turns(database, n, turns) for n in parts]
            database.client.close()
        finally:
            EmbeddedServer(home).stop()
    told = f"{datetime.date.today().isoformat()}, {10 * tracks:,} segments, {turns} turns; {describe_machine()}."
    text = f"# Reading in parts\n\n{inspect.getdoc(sys.modules[__name__])}\n\n{told}\n\n{markdown(pd.DataFrame(rows))}"
    typer.echo(text)
    PAGE.write_text(text, encoding="utf-8")


def _turns(database: Database, n: int, turns: int) -> dict[str, object]:
    whole, together, slowest, cpu, dividing = [], [], [], [], []
    for _ in range(turns):
        all_rows = _Timed(lambda: _read_whole(database))
        divided = _Timed(lambda: read_partitions(database, DATASET, FEATURE_SET, WINDOW_S, n))
        each = [_Timed(part.read) for part in divided.result]
        n_rows = sum(len(one.result) for one in each)
        if n_rows != len(all_rows.result):
            raise RuntimeError(f"the parts have {n_rows} rows, one read has {len(all_rows.result)}")
        whole.append(all_rows.wall_s / n_rows)
        together.append((divided.wall_s + sum(one.wall_s for one in each)) / all_rows.wall_s)
        cpu.append((divided.cpu_s + sum(one.cpu_s for one in each)) / all_rows.cpu_s)
        slowest.append([one.wall_s / len(one.result) / whole[-1] for one in each])
        dividing.append(divided.wall_s / all_rows.wall_s)
    return {
        "parts": n,
        "rows of a part": n_rows // n,
        "together / one read": f"**{median(together):.2f}** ({min(together):.2f} to {max(together):.2f})",
        "the same, CPU": f"{median(cpu):.2f}",
        "slowest part, time a row / one read's": f"{max(map(median, zip(*slowest, strict=True))):.2f}",
        "dividing / one read": f"{median(dividing):.2f}",
        "one read, a row": f"{1e6 * median(whole):.0f} µs",
    }


class _Timed:
    """What a call returned, and the seconds that it took."""

    def __init__(self, call: Callable):
        wall, cpu = time.perf_counter(), time.process_time()
        self.result = call()
        self.wall_s, self.cpu_s = time.perf_counter() - wall, time.process_time() - cpu


def _read_whole(database: Database) -> pd.DataFrame:
    names = feature_names(database, DATASET, FEATURE_SET, WINDOW_S)
    types = {"track_id": pa.string(), **dict.fromkeys(["start_s", "length", *names], pa.float64())}
    asked = {"dataset": DATASET, "feature_set": FEATURE_SET, "window_s": WINDOW_S}
    in_order = {"sort": [("track_id", 1), ("start_s", 1)], "projection": {"_id": False}}
    return find_pandas_all(database["segments"], asked, schema=Schema(types), **in_order)


if __name__ == "__main__":
    typer.run(main)
