"""Memory of ``genrelab predict`` on many files; ``python -m benchmarks.predict_memory`` writes the page.

A dataset of short tracks gets a champion: 3-second windows, 57 features, nearest neighbours or logistic regression.
Then many names lead to 30 other tracks of 3.2 seconds, and ``genrelab predict --jobs 1`` labels them, with a database
of its own, each number of files in a folder of its own. What is shown is the largest resident memory of ten samples a
second: *program* is the command with all its processes, *database* the MongoDB server, which keeps in memory what it
has room for.
"""

import datetime
import inspect
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, redirect_stdout, suppress
from pathlib import Path

import pandas as pd
import psutil
import soundfile
import typer
from pymongo.database import Database

from benchmarks.clips import describe_machine
from benchmarks.memory import resident_mib, sampled
from benchmarks.tables import markdown
from pipeline.clip import SAMPLE_RATE_HZ
from pipeline.settings import Settings
from pipeline.sources.demo import render_track
from pipeline.stages.catalogue import CatalogueOptions, catalogue
from pipeline.stages.compare import CompareOptions, compare
from pipeline.stages.extract import ExtractOptions, extract
from pipeline.stages.holdout import HoldoutOptions, holdout
from pipeline.stages.optimise import OptimiseOptions, optimise
from pipeline.store import connect
from pipeline.store.runs import finish_run, start_run
from pipeline.store.server import EmbeddedServer

PAGE = Path(__file__).with_name("predict_memory.md")
GENRES = ("classical", "metal", "reggae")
LENGTH_S, N_LEARNED, N_CLIPS = 3.2, 20, 30
"""Of a track, seconds; tracks of a genre that are learned from; others that are labelled."""
EVERY_S = 0.1
DATASET = "memory"


def main(sizes: str = "500,2500,10000") -> None:
    """Label folders of `sizes` files one after the other, print the peaks of memory, and write the page."""
    with tempfile.TemporaryDirectory(prefix="genrelab-bench-") as name, _trained(Path(name)) as database:
        write_tracks(Path(name) / "clips", range(N_LEARNED, N_LEARNED + N_CLIPS // len(GENRES)))
        peaks = [watch(database, Path(name), int(size)) for size in sizes.split(",")]
    shown = [
        {"files": f"{size:,}", "program": f"{mib:.0f} MiB", "database": f"{server_mib:.0f} MiB", "took": f"{s:.0f} s"}
        for size, mib, server_mib, s in peaks
    ]
    (least, first, *_), (most, last, *_) = peaks[0], peaks[-1]
    grows = (
        f"From {least:,} to {most:,} files the program's peak grows by {last - first:.0f} MiB, {last / first - 1:.0%}."
    )
    about = inspect.cleandoc(__doc__ or "")
    made = f"{datetime.date.today()}; {describe_machine()}."
    text = "\n\n".join(["# Memory of predict", about, made, markdown(pd.DataFrame(shown)), grows]) + "\n"
    typer.echo(text)
    PAGE.write_text(text, encoding="utf-8")


def write_tracks(folder: Path, numbers: Iterable[int]) -> None:
    """Write short tracks, a folder a genre."""
    for genre in GENRES:
        (folder / genre).mkdir(parents=True)
        for i in numbers:
            y = render_track(genre, i, duration_s=LENGTH_S)
            soundfile.write(folder / genre / f"{i}.wav", y, SAMPLE_RATE_HZ)


@contextmanager
def _trained(scratch: Path) -> Iterator[Database]:
    """Give a database of its own in which a run has a champion."""
    write_tracks(scratch / "learned", range(N_LEARNED))
    home = scratch / "home"
    database = connect(Settings(mongodb_uri=None, home=home))
    try:
        with redirect_stdout(sys.stderr):
            run = start_run(database, DATASET, {})
            catalogue(run, CatalogueOptions(audio=str(scratch / "learned")))
            extract(run, ExtractOptions(features="spectral-v1", windows="3", holdout=0.2, jobs=1))
            compare(run, CompareOptions(models="logistic_regression,knn_3", repeats=1, jobs=1))
            optimise(run, OptimiseOptions(k_max=5, repeats=1, jobs=1))
            holdout(run, HoldoutOptions(horse="off"))
            finish_run(run)
        yield database
    finally:
        database.client.close()
        EmbeddedServer(home).stop()


def link_music(scratch: Path, n_files: int) -> Path:
    """Make a folder where `n_files` names lead to tracks that nobody learned from; return it."""
    clips, root = sorted((scratch / "clips").rglob("*.wav")), scratch / f"music-{n_files}"
    root.mkdir()
    for i in range(n_files):
        (root / f"{i:06d}.wav").symlink_to(clips[i % len(clips)])
    return root


def watch(database: Database, scratch: Path, n_files: int) -> tuple[int, float, float, float]:
    """Label so many files; return their number, the peaks of program and server, MiB, and how long it took, seconds."""
    music, home = link_music(scratch, n_files), str(scratch / "home")
    servers = [one for one in psutil.process_iter() if "mongod" in one.name() and home in " ".join(one.cmdline())]
    environment = os.environ | {"GENRELAB_HOME": home, "GENRELAB_EXPORTS": str(scratch / "exports")}
    environment.pop("MONGODB_URI", None)
    command = [sys.executable, "-m", "pipeline", "predict", str(music), "--dataset", DATASET, "--jobs", "1"]
    began = time.monotonic()
    with subprocess.Popen(command, env=environment, cwd=PAGE.parent.parent, stdout=subprocess.DEVNULL) as labelling:
        program = psutil.Process(labelling.pid)

        def take() -> tuple[float, float]:
            family = [program]
            with suppress(psutil.NoSuchProcess):
                family += program.children(recursive=True)
            return sum(map(resident_mib, family)), sum(map(resident_mib, servers))

        with sampled(take, EVERY_S) as samples:
            status = labelling.wait()
    if status or database["labels"].count_documents({"source": str(music), "genre": {"$ne": None}}) != n_files:
        raise RuntimeError(f"predict ended with status {status}, and not all of {n_files} files are labelled")
    program_mib, server_mib = map(max, zip(*samples, strict=True))
    return n_files, program_mib, server_mib, time.monotonic() - began


if __name__ == "__main__":
    typer.run(main)
