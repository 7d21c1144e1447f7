"""What nobody is to wait for long; ``python -m benchmarks.waits`` measures, prints, and writes ``benchmarks/waits.md``.

How soon a command says that it can't go on, and how soon a run that is stopped or killed has ended with all its
processes. Tests tell that it happens; no test tells how soon. Each turn starts with a command that has nothing to wait
for, `genrelab db status` where no server runs: beside its time stands every other of that turn, as a ratio.

A run is stopped once its extraction, on two processes, has brought in its first batch: by Ctrl-C, after which it
writes down where it stopped, and by `kill -9`, after which kernel and workers are to find out for themselves.
"""

import datetime
import inspect
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pandas as pd
import psutil
import typer

from benchmarks.clips import describe_machine, find_clips
from benchmarks.tables import markdown, spread
from pipeline.settings import PROJECT_DIR, Settings
from pipeline.store.connection import connected
from pipeline.store.server import EmbeddedServer

PAGE = Path(__file__).with_name("waits.md")
NOBODY = "127.0.0.1:1"
DATASET = "waits"


def main(audio: str = "", turns: int = 5) -> None:
    """Measure with the music of a folder, else with the demo corpus."""
    folder = find_clips(audio)[0].parent.parent
    told = f"{datetime.date.today().isoformat()}, {turns} turns; {describe_machine()}."
    table = markdown(measure_waits(folder, turns))
    text = f"# Waiting\n\n{inspect.getdoc(sys.modules[__name__])}\n\n{told}\n\n{table}"
    typer.echo(text)
    PAGE.write_text(text, encoding="utf-8")


def measure_waits(folder: Path, turns: int) -> pd.DataFrame:
    """Time every wait once a turn.

    Parameters
    ----------
    folder : Path
        of music, a sub-folder a genre, with more than a batch of tracks
    turns : int
        times that each is measured
    """
    with tempfile.TemporaryDirectory(prefix="genrelab-waits-") as name, _silent_server() as silent:
        home = Path(name) / "home"
        waits: dict[str, Callable[[], float]] = {
            "`genrelab db status`, no server": lambda: _said(home, "db", "status"),
            "`MONGODB_URI` where nobody listens": lambda: _refused(home, f"mongodb://{NOBODY}/"),
            "`MONGODB_URI` of a server that never answers": lambda: _refused(home, f"mongodb://{silent}/"),
            "`--scheduler` where nobody listens": lambda: _said(
                home / "other", "run", "--audio", folder, "--scheduler", f"tcp://{NOBODY}"
            ),
            "Ctrl-C, to the end of the run": lambda: _stopped(Path(name), folder, signal.SIGINT),
            "`kill -9`, to the end of its last process": lambda: _stopped(Path(name), folder, signal.SIGKILL),
        }
        taken_s = {wait: np.array([]) for wait in waits}
        for _ in range(turns):
            for wait, measure in waits.items():
                taken_s[wait] = np.append(taken_s[wait], measure())
    start_s = next(iter(taken_s.values()))
    rows = [(wait, spread(of_wait / start_s, 1), f"{np.median(of_wait):.1f} s") for wait, of_wait in taken_s.items()]
    return pd.DataFrame(rows, columns=["", "÷ the first (median; range)", "median"])


def _environment(home: Path, **more: str) -> dict[str, str]:
    own = {name: str(home / name.partition("_")[2].lower()) for name in ("GENRELAB_RUNS", "GENRELAB_EXPORTS")}
    return {k: v for k, v in os.environ.items() if k != "MONGODB_URI"} | own | {"GENRELAB_HOME": str(home)} | more


def _said(home: Path, *arguments: object, **more: str) -> float:
    """Return how long a command takes that ends by itself, seconds."""
    command = [sys.executable, "-m", "pipeline", *map(str, arguments)]
    quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    started = time.perf_counter()
    subprocess.run(command, cwd=PROJECT_DIR, env=_environment(home, **more), check=False, **quiet)
    taken_s = time.perf_counter() - started
    EmbeddedServer(home).stop()
    return taken_s


def _refused(home: Path, uri: str) -> float:
    return _said(home, "run", MONGODB_URI=uri)


def _stopped(root: Path, folder: Path, sent: signal.Signals) -> float:
    """Return how long a run lives on after a signal, its kernel and workers included, seconds."""
    with tempfile.TemporaryDirectory(dir=root) as name:
        home = Path(name)
        command = [sys.executable, "-m", "pipeline", "run", "--audio", str(folder), "--dataset", DATASET, "--jobs", "2"]
        quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        with connected(Settings(mongodb_uri=None, home=home)) as database:
            run = psutil.Popen(command, cwd=PROJECT_DIR, env=_environment(home), start_new_session=True, **quiet)
            while database["tracks"].find_one({"dataset": DATASET, "status": "ready"}) is None:
                if run.poll() is not None:
                    raise RuntimeError("the run ended before it was stopped")
                time.sleep(0.01)
            family = [child for child in run.children(recursive=True) if child.name() != "mongod"]
            started = time.perf_counter()
            if sent == signal.SIGINT:
                os.killpg(run.pid, sent)  # as a terminal does
            else:
                run.send_signal(sent)
            psutil.wait_procs([run, *family])
            taken_s = time.perf_counter() - started
        EmbeddedServer(home).stop()
    return taken_s


@contextmanager
def _silent_server() -> Iterator[str]:
    """Give host and port of what takes connections and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"127.0.0.1:{server.getsockname()[1]}"


if __name__ == "__main__":
    typer.run(main)
