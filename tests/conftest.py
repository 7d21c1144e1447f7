"""The command line as a person uses it: a process of its own, with its exit status and what it says."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections import namedtuple
from dataclasses import dataclass
from pathlib import Path

import pytest
from pymongo.database import Database

from pipeline import cli
from pipeline.settings import PROJECT_DIR, get_settings
from pipeline.store.server import EmbeddedServer
from tests.patience import HANG_S

Told = namedtuple("Told", "status out err")


@pytest.fixture(scope="session")
def genrelab():
    """Return a function that runs ``genrelab`` with arguments, and with variables added to the environment."""

    def command(*arguments, **variables) -> subprocess.CompletedProcess:
        return subprocess.run(
            [sys.executable, "-m", "pipeline", *map(str, arguments)],
            cwd=PROJECT_DIR,
            env=os.environ | {name: str(value) for name, value in variables.items()},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=HANG_S,
        )

    return command


@pytest.fixture
def main(monkeypatch, capfd):
    """Return a function that runs ``genrelab`` in this process, which spares the time of its imports."""

    def run(*arguments: str) -> Told:
        monkeypatch.setattr(sys, "argv", ["genrelab", *map(str, arguments)])
        get_settings.cache_clear()
        with pytest.raises(SystemExit) as end:
            cli.main()
        get_settings.cache_clear()
        return Told(end.value.code or 0, *capfd.readouterr())

    at_end = signal.getsignal(signal.SIGTERM)
    yield run
    signal.signal(signal.SIGTERM, at_end)  # a run takes it to end as by Ctrl-C


@dataclass(frozen=True)
class Songs:
    """A small dataset whose champion has met its holdout, in a home and on a server of its own."""

    home: Path
    database: Database
    dataset: str
    run_id: str
    folder: Path

    @property
    def environment(self) -> dict[str, str]:
        return os.environ | {"GENRELAB_HOME": str(self.home)}

    def path(self, **query) -> Path:
        """Return the file of the first track that is so."""
        found = self.database["tracks"].find_one({"dataset": self.dataset, **query}, sort=[("track_id", 1)])
        return self.folder / found["path"]


@pytest.fixture(scope="session")
def songs():
    """Return the stages 01 to 06 of a small run, without their notebooks."""
    from pipeline.catalogue import catalogue
    from pipeline.evaluation import (
        crown,
        crown_other_windows,
        evaluate,
        hold_out,
        load_samples,
        plan,
        ranking,
        read_scores,
        record_evaluation,
        record_table,
        search_k,
    )
    from pipeline.extract import extract, settle
    from pipeline.models import save_champion
    from pipeline.settings import Settings
    from pipeline.sources.demo import write_demo
    from pipeline.splits import COMPARED
    from pipeline.store import connect, open_run, replace_rows

    home, dataset = Path(tempfile.mkdtemp(prefix="genrelab-songs-")), "songs"
    n_tracks = int(os.environ["GENRELAB_DEMO_TRACKS"])
    folder = Path(os.environ["GENRELAB_HOME"]) / "demo" / f"{n_tracks}-a-genre"  # where other tests have it too
    write_demo(folder, tracks_per_genre=n_tracks, jobs=1)
    settings = Settings(home=home)
    database = connect(settings)
    catalogue(database, dataset, audio=str(folder), metadata=str(folder / "metadata.csv"), settings=settings)
    extract(database, dataset, windows_s=(30.0, 3.0), feature_sets=("spectral-v1",), jobs=1)
    settle(database, dataset, holdout=0.2, seed=0)
    run_id = open_run(database, dataset)
    samples = load_samples(database, dataset)
    learning = [window.learning() for window in samples]
    candidates = plan(learning, ("random_forest", "knn_3"), COMPARED)
    scores = record_evaluation(
        database, run_id, dataset, "compare", evaluate(candidates, repeats=1, seed=0, jobs=2)
    ).scores
    found = search_k(learning[-1], "track", k_values=(1, 3, 5), repeats=1, seed=0)
    record_table(database, run_id, dataset, "optimise", "k_search", found)
    ranked = ranking(scores, "track")
    champion = crown(ranked, learning, run_id=run_id, dataset=dataset, policy="track", seed=0)
    save_champion(database, champion, crown_other_windows(champion, ranked, learning, seed=0))
    evaluation, predictions = hold_out(champion, read_scores(database, run_id, subset="test"), samples, seed=0)
    record_evaluation(database, run_id, dataset, "holdout", evaluation)
    replace_rows(database["predictions"], {"run_id": run_id, "dataset": dataset}, predictions)
    yield Songs(home, database, dataset, run_id, folder)
    database.client.close()
    EmbeddedServer(home).stop()
    shutil.rmtree(home, ignore_errors=True)


@pytest.fixture
def new_server():
    """Return a function that gives the server, not started yet, of a new home; all end with the test."""
    servers = []

    def make(below: str = "") -> EmbeddedServer:
        # Not tmp_path: below that name a socket's path would be too long.
        home = Path(tempfile.mkdtemp(prefix="genrelab-"))
        servers.append((home, EmbeddedServer(home / below)))
        return servers[-1][1]

    yield make
    for home, server in servers:
        server.stop()
        shutil.rmtree(home, ignore_errors=True)
