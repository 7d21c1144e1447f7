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
from pipeline.store import Run
from pipeline.store.server import EmbeddedServer
from tests.dask_cluster import with_two_workers
from tests.patience import HANG_S

Told = namedtuple("Told", "status out err")


def pytest_make_parametrize_id(val, argname):
    """Name a parameter of bytes by its argument: packed bytes hold the time, and each worker would collect others."""
    return argname if isinstance(val, bytes) else None


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
    run: Run
    folder: Path

    @property
    def database(self) -> Database:
        return self.run.database

    @property
    def dataset(self) -> str:
        return self.run.dataset

    @property
    def run_id(self) -> str:
        return self.run.run_id

    @property
    def environment(self) -> dict[str, str]:
        """Of a command that answers for it, with one worker: each takes seconds to start."""
        return os.environ | {"GENRELAB_HOME": str(self.home), "GENRELAB_JOBS": "1"}

    def digest(self) -> dict[str, str]:
        """Return what tells of each collection whether it is as it was; but for answers to files, which come and go."""
        told = self.database.command("dbHash")["collections"]
        return {name: md5 for name, md5 in told.items() if name not in ("labels", "tags", "leases")}

    def path(self, **query) -> Path:
        """Return the file of the first track that is so."""
        found = self.database["tracks"].find_one({"dataset": self.dataset, **query}, sort=[("track_id", 1)])
        return self.folder / found["path"]


_songs = pytest.StashKey[tuple[Songs, dict[str, str]]]()


@pytest.fixture(scope="session")
def songs(request):
    """Return a small run of the stages 01 to 06, by their functions."""
    from pipeline.settings import Settings
    from pipeline.sources.demo import write_demo
    from pipeline.stages.catalogue import CatalogueOptions, catalogue
    from pipeline.stages.compare import CompareOptions, compare
    from pipeline.stages.extract import ExtractOptions, extract
    from pipeline.stages.holdout import HoldoutOptions, holdout
    from pipeline.stages.optimise import OptimiseOptions, optimise
    from pipeline.store import connect
    from pipeline.store.runs import finish_run, start_run
    from tests.finished import few_refits

    home = Path(tempfile.mkdtemp(prefix="genrelab-songs-"))
    n_tracks = int(os.environ["GENRELAB_DEMO_TRACKS"])
    folder = Path(os.environ["GENRELAB_HOME"]) / "demo" / f"{n_tracks}-a-genre"  # where other tests have it too
    write_demo(folder, tracks_per_genre=n_tracks, jobs=1)
    database = connect(Settings(home=home))
    run = start_run(database, "songs", {})
    with few_refits():
        catalogue(run, CatalogueOptions(audio=str(folder), metadata=str(folder / "metadata.csv")))
        extract(run, ExtractOptions(features="spectral-v1", holdout=0.2, jobs=1))
        compare(run, CompareOptions(models="random_forest,knn_3", repeats=1, jobs=2))
        optimise(run, OptimiseOptions(k_max=5, repeats=1, jobs=2))
        holdout(run, HoldoutOptions(jobs=1))
    finish_run(run)
    songs = Songs(home, run, folder)
    request.config.stash[_songs] = songs, songs.digest()
    yield songs
    del request.config.stash[_songs]
    database.client.close()
    EmbeddedServer(home).stop()
    shutil.rmtree(home, ignore_errors=True)


@pytest.fixture(scope="module", autouse=True)
def _songs_stay_as_they_are(request):
    """Fail where a module leaves the shared run otherwise than it found it: later ones would fail, and not say why."""
    yield
    songs, before = request.config.stash.get(_songs, (None, {}))
    if songs:
        after = songs.digest()
        changed = sorted(name for name in before | after if before.get(name) != after.get(name))
        request.config.stash[_songs] = songs, after  # told once
        assert not changed, f"{request.node.name} has changed {', '.join(changed)} of the run that tests share"


@pytest.fixture(scope="session")
def dask(tmp_path_factory):
    """Return a Dask cluster of two workers."""
    dask = with_two_workers(tmp_path_factory.mktemp("dask"))
    yield dask
    dask.end()


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
