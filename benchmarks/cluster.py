"""Stage 04 on a Dask cluster of one worker process, and of two; ``python -m benchmarks.cluster`` writes ``cluster.md``.

Made tracks, each with a 30-second row and ten of 3 seconds of 57 values, lie in a MongoDB server of their own.
Scheduler, workers of one thread each, MongoDB and the client, which is the process that asks, are all on one machine.
Stage 04 compares the usual models under one split, first with one worker, then with two; a second turn goes the other
way round. Ratios are of one turn. All must write the same scores.

Wall clock is what a person waits here, where all processes share the cores with each other and with whatever else runs.
It tells of a cluster where each worker had a core to itself: the last column says how much of one the busier had. The
ratio of CPU does not depend on that: it is the CPU of the one worker over that of the busier of the two, and says how
much sooner two are done that have a core each, as long as the client keeps up.
"""

import datetime
import inspect
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from pathlib import Path
from typing import Annotated, Any

import pandas as pd
import psutil
import typer
from pymongo.database import Database

from benchmarks.clips import describe_machine
from benchmarks.made import make_tracks
from benchmarks.tables import markdown
from pipeline.cluster import open_cluster
from pipeline.settings import PROJECT_DIR, Settings
from pipeline.stages.compare import CompareOptions, compare
from pipeline.store import connect
from pipeline.store.runs import start_run
from pipeline.store.server import EmbeddedServer

PAGE = Path(__file__).with_name("cluster.md")
DATASET = "made"
START_S = 120


def main(
    tracks: Annotated[int, typer.Option(help="Made tracks.", min=80)] = 8000,
    turns: Annotated[int, typer.Option(help="Turns of one worker and two.", min=1)] = 2,
) -> None:
    """Measure, print and write the page."""
    measured = pd.DataFrame(_measure(tracks, turns))
    typer.echo(measured.to_string(), err=True)
    text = [
        f"# Two workers against one\n\n{inspect.getdoc(sys.modules[__name__])}\n\n{datetime.date.today().isoformat()}; "
        f"{tracks:,} tracks; {describe_machine()}.\n",
        markdown(_ratios(measured)),
        markdown(_costs(measured)),
    ]
    PAGE.write_text("\n".join(text), encoding="utf-8")
    typer.echo("\n".join(text))


def _measure(n_tracks: int, turns: int) -> Iterator[dict[str, Any]]:
    with _database() as database, tempfile.TemporaryDirectory(prefix="genrelab-dask-") as folder:
        make_tracks(database, DATASET, n_tracks)
        told = None
        for turn in range(turns):
            for n_workers in (1, 2) if turn % 2 == 0 else (2, 1):
                row, scores = _compare(database, Path(folder), n_workers)
                if told is not None:
                    pd.testing.assert_frame_equal(scores, told, check_exact=True)
                told = scores
                yield {"turn": turn, "workers": n_workers, **row}


def _compare(database: Database, folder: Path, n_workers: int) -> tuple[dict[str, Any], pd.DataFrame]:
    with _cluster(folder, n_workers) as (address, scheduler, workers), redirect_stdout(sys.stderr):
        run = start_run(database, DATASET, {})
        before = [_cpu_s(each) for each in (psutil.Process(), scheduler, *workers)]
        began = time.perf_counter()
        compare(run, CompareOptions(repeats=1, scheduler=address))
        wall_s = time.perf_counter() - began
        after = [_cpu_s(each) for each in (psutil.Process(), scheduler, *workers)]
        client, of_scheduler, *of_workers = (b - a for a, b in zip(before, after, strict=True))
        row = {"wall_s": wall_s, "client_s": client, "scheduler_s": of_scheduler}
        mib = max(worker.memory_info().rss for worker in workers) / 2**20
        return row | {"busiest_s": max(of_workers), "all_s": sum(of_workers), "mib": mib}, run.scores()


def _ratios(measured: pd.DataFrame) -> pd.DataFrame:
    rows = []
    for turn, of_turn in measured.groupby("turn"):
        one, two = (of_turn[of_turn["workers"] == n].iloc[0] for n in (1, 2))
        rows.append(
            {
                "turn": turn + 1,
                "one worker / two, CPU of the busier": f"**{one.busiest_s / two.busiest_s:.2f}**",
                "the same, wall clock": f"{one.wall_s / two.wall_s:.2f}",
            }
        )
    return pd.DataFrame(rows)


def _costs(measured: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "turn": measured["turn"] + 1,
            "workers": measured["workers"],
            "wall clock": measured["wall_s"].map("{:.0f} s".format),
            "CPU of the busier worker": measured["busiest_s"].map("{:.0f} s".format),
            "of all workers": measured["all_s"].map("{:.0f} s".format),
            "of the client": measured["client_s"].map("{:.0f} s".format),
            "of the scheduler": measured["scheduler_s"].map("{:.1f} s".format),
            "memory of a worker": measured["mib"].map("{:.0f} MiB".format),
            "the busier had of a core": (measured["busiest_s"] / measured["wall_s"]).map("{:.0%}".format),
        }
    )


@contextmanager
def _database() -> Iterator[Database]:
    with tempfile.TemporaryDirectory(prefix="genrelab-bench-") as home:
        database = connect(Settings(mongodb_uri=None, home=Path(home)))
        try:
            yield database
        finally:
            database.client.close()
            EmbeddedServer(Path(home)).stop()


@contextmanager
def _cluster(folder: Path, n_workers: int) -> Iterator[tuple[str, psutil.Process, list[psutil.Process]]]:
    """Give the address of a scheduler, its process, and those of its workers."""
    file = folder / "scheduler.json"
    file.unlink(missing_ok=True)
    quiet = ("--host", "127.0.0.1", "--no-dashboard", "--dashboard-address", "127.0.0.1:0")
    processes = [_start("scheduler", "--port", "0", "--scheduler-file", file, *quiet)]
    try:
        deadline = time.monotonic() + START_S
        while not file.exists() and time.monotonic() < deadline:
            time.sleep(0.2)
        of_worker = ("--scheduler-file", file, "--no-nanny", "--nthreads", 1, "--local-directory", folder / "scratch")
        processes += [_start("worker", *of_worker, *quiet) for _ in range(n_workers)]
        address = pd.read_json(file, typ="series")["address"]
        with open_cluster(address) as client:
            client.wait_for_workers(n_workers, timeout=START_S)
        yield address, processes[0], processes[1:]
    finally:
        for process in processes:
            process.kill()
            process.wait()


def _start(role: str, *arguments: Any) -> psutil.Process:
    command = [sys.executable, "-m", "dask", role, *map(str, arguments)]
    silent = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    return psutil.Popen(command, cwd=PROJECT_DIR, **silent)


def _cpu_s(process: psutil.Process) -> float:
    return sum(process.cpu_times()[:2])


if __name__ == "__main__":
    typer.run(main)
