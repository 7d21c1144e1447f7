"""Extraction into a MongoDB server of its own, by one process and by two, and the memory that a worker takes.

One process and two take turns on the same clips, linked under as many names as are wanted. Two processes load their
libraries first; what a track costs after that is the difference between a few tracks and three times as many.
"""

import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, redirect_stdout, suppress
from pathlib import Path

import numpy as np
import pandas as pd
import psutil
from pymongo.database import Database

from benchmarks.memory import resident_mib, sampled
from benchmarks.tables import spread
from pipeline.catalogue import catalogue
from pipeline.extract import extract
from pipeline.settings import Settings
from pipeline.store import connect
from pipeline.store.server import EmbeddedServer

ROUNDS = 3
SAMPLE_EVERY_S = 0.2


def measure_processes(clips: Sequence[Path], n_tracks: int) -> pd.DataFrame:
    """Time extraction three times in turn: of `n_tracks` by one process and by two, of three times as many by two."""
    one_s, two_s, more_s = [], [], []
    with _project(clips, n_tracks) as few, _project(clips, 3 * n_tracks) as many:
        _extract(*few, "warm-1", jobs=1)
        _extract(*few, "warm-2", jobs=2)
        for turn in range(ROUNDS):
            one_s.append(_extract(*few, f"one-{turn}", jobs=1))
            two_s.append(_extract(*few, f"two-{turn}", jobs=2))
            more_s.append(_extract(*many, f"more-{turn}", jobs=2))
    one, two, more = (np.array(times_s) / n_tracks for times_s in (one_s, two_s, more_s))
    started = (more - two) / 2
    table = [
        ("one process / two processes, once these have started", spread(one / started, 2)),
        (f"one process / two processes, {n_tracks} tracks", spread(one / two, 2)),
        (f"one process / two processes, {3 * n_tracks} tracks", spread(one / (more / 3), 2)),
        ("one process", f"{1000 * np.median(one):.0f} ms a track"),
        ("two processes, once they have started", f"{1000 * np.median(started):.0f} ms a track"),
        ("start of two processes", f"{np.median(two - started) * n_tracks:.1f} s"),
    ]
    return pd.DataFrame(table, columns=["", "wall clock, with MongoDB (median of three turns; range)"])


def measure_memory(clips: Sequence[Path], n_tracks: int) -> pd.DataFrame:
    """Watch the resident memory of two workers while they extract `n_tracks`."""
    with (
        _project(clips, n_tracks) as (database, root, settings),
        sampled(lambda: _progress(database), SAMPLE_EVERY_S) as samples,
    ):
        _extract(database, root, settings, "memory", jobs=2)
    seen = pd.DataFrame(samples, columns=["n_done", "mib"])
    rows = []
    for share in (0.1, 0.25, 0.5, 0.75, 1.0):
        until = seen[seen["n_done"] <= share * n_tracks].tail(10)
        rows.append((f"{share * n_tracks:.0f}", f"{until['mib'].median():.0f} MiB"))
    rows.append(("at any time", f"{seen['mib'].max():.0f} MiB"))
    return pd.DataFrame(rows, columns=["tracks done", "resident memory of the larger worker"])


@contextmanager
def _project(clips: Sequence[Path], n_tracks: int) -> Iterator[tuple[Database, Path, Settings]]:
    """Give a database of its own, and a folder where `n_tracks` names lead to `clips`."""
    with tempfile.TemporaryDirectory(prefix="genrelab-bench-") as name:
        home, root = Path(name) / "home", Path(name) / "music"
        for i in range(n_tracks):
            clip = clips[i % len(clips)]
            link = root / clip.parent.name / f"{i:06d}{clip.suffix}"
            link.parent.mkdir(parents=True, exist_ok=True)
            link.symlink_to(clip.resolve())
        settings = Settings(mongodb_uri=None, home=home)
        database = connect(settings)
        try:
            yield database, root, settings
        finally:
            database.client.close()
            EmbeddedServer(home).stop()


def _extract(database: Database, root: Path, settings: Settings, dataset: str, jobs: int) -> float:
    """Return how long the extraction took, seconds."""
    catalogue(database, dataset, audio=str(root), settings=settings)
    started = time.perf_counter()
    with redirect_stdout(sys.stderr):  # its progress is no result
        extract(database, dataset, windows_s=(30.0, 3.0), feature_sets=("spectral-v1",), jobs=jobs)
    return time.perf_counter() - started


def _progress(database: Database) -> tuple[int, float] | None:
    """Return how many tracks are done and the memory of the larger worker, MiB; None where there are no workers."""
    sizes = []
    for child in psutil.Process().children():
        with suppress(psutil.NoSuchProcess):
            if "loky" in " ".join(child.cmdline()):
                sizes.append(resident_mib(child))
    n_done = database["tracks"].count_documents({"status": {"$in": ["ready", "rejected"]}})
    return (n_done, max(sizes)) if sizes else None
