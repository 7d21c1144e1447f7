"""Killed at any moment, then the same again: nothing is lost, nothing is there twice."""

import multiprocessing
import os
import random
import signal
import subprocess
import sys
import time
from itertools import count

import psutil
import pytest
import soundfile

from pipeline.catalogue import catalogue
from pipeline.clip import SAMPLE_RATE_HZ
from pipeline.extract import extract
from pipeline.settings import PROJECT_DIR, Settings, get_settings
from pipeline.sources.demo import render_track
from pipeline.store import connect
from tests.extract_child import FEATURE_SET, WINDOWS_S, extract_all
from tests.patience import HANG_S, left_behind, until
from tests.short_music import write_short_music

pytestmark = pytest.mark.faults

N_TRACKS = 180
N_SEGMENTS = 3 * N_TRACKS
N_KILLS = {"run": 13, "run with workers": 1, "worker": 2, "mongod": 3, "command": 1}

SEED = int(os.environ.get("GENRELAB_FAULTS_SEED", "0")) or random.SystemRandom().randrange(1, 10**6)


@pytest.fixture(autouse=True)
def dice():
    """Return this test's dice; the seed is shown where it fails, and GENRELAB_FAULTS_SEED repeats it."""
    print(f"GENRELAB_FAULTS_SEED={SEED}")
    return random.Random(SEED)


@pytest.fixture(scope="module")
def children():
    """Return what starts processes from one that has everything imported."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.extract_child"])
    return context


@pytest.fixture(scope="module")
def music(tmp_path_factory):
    root = write_short_music(tmp_path_factory.mktemp("music"), N_TRACKS)
    soundfile.write(root / "rock" / "short.wav", render_track("rock", 0, duration_s=1.0), SAMPLE_RATE_HZ)
    return root


_numbers = count()


@pytest.fixture
def new_dataset(database, music):
    """Return what gives the name of another dataset of the same music, catalogued and not extracted."""

    def make(database=database) -> str:
        name = f"faults-{next(_numbers)}"
        catalogue(database, name, audio=str(music), settings=get_settings())
        return name

    return make


def content(database, dataset: str) -> list[list[dict]]:
    """Return segments, rejects and tracks, each value as it is stored."""
    order = {"segments": ["track_id", "window_s", "start_s"], "rejects": ["path", "window_s"], "tracks": ["track_id"]}
    return [
        list(database[name].find({"dataset": dataset}, {"_id": False, "dataset": False}).sort([(k, 1) for k in keys]))
        for name, keys in order.items()
    ]


@pytest.fixture(scope="module")
def uninterrupted(database, music):
    """Return what a run that nobody disturbs gives."""
    catalogue(database, "faults-none", audio=str(music), settings=get_settings())
    extract(database, "faults-none", windows_s=WINDOWS_S, feature_sets=[FEATURE_SET], jobs=1)
    found = content(database, "faults-none")
    assert len(found[0]) == N_SEGMENTS
    assert {reject["reason"] for reject in found[1]} == {"undecodable", "too_short"}
    return found


class Child:
    """A run of extraction alone."""

    def __init__(self, children, said, dataset, jobs=1, home=None):
        self.said = said
        self.process = children.Process(target=extract_all, args=(home or get_settings().home, dataset, jobs, said))
        self.process.start()

    def workers(self) -> list[psutil.Process]:
        try:
            family = psutil.Process(self.process.pid).children(recursive=True)
        except psutil.NoSuchProcess:
            return []
        return [process for process in family if "LokyProcess" in " ".join(safely(process.cmdline))]

    def end(self) -> int:
        self.process.join(HANG_S)
        assert self.process.exitcode is not None, "it does not end"
        return self.process.exitcode


def safely(ask):
    try:
        return ask()
    except psutil.Error:
        return []


def n_done(database, dataset: str) -> int:
    return database["tracks"].count_documents({"dataset": dataset, "status": {"$ne": "catalogued"}})


def kill_runs(database, new_dataset, children, dice, said, uninterrupted, *, n_kills, jobs, longest_s):
    """Kill runs at any moment, each going on where the one before was stopped, until enough of them were killed."""
    killed = 0
    while killed < n_kills:
        dataset, status = new_dataset(), None
        while status != 0:
            child = Child(children, said, dataset, jobs)
            child.process.join(dice.uniform(0.05, longest_s) if killed < n_kills else None)
            workers = child.workers()
            child.process.kill()  # does nothing where it has ended
            status = child.end()
            assert status in (0, -9), said.read_text()
            killed += status == -9
            assert left_behind(workers) == []
        assert content(database, dataset) == uninterrupted


def test_the_run_is_killed(database, new_dataset, children, dice, tmp_path, uninterrupted):
    kill_runs(database, new_dataset, children, dice, tmp_path / "said", uninterrupted,
              n_kills=N_KILLS["run"], jobs=1, longest_s=1.2)  # fmt: skip


def test_the_run_is_killed_and_its_workers_end_with_it(database, new_dataset, children, dice, tmp_path, uninterrupted):
    kill_runs(database, new_dataset, children, dice, tmp_path / "said", uninterrupted,
              n_kills=N_KILLS["run with workers"], jobs=2, longest_s=4)  # fmt: skip


def test_workers_are_killed_and_the_run_goes_on(database, new_dataset, children, dice, tmp_path, uninterrupted):
    dataset = new_dataset()
    child = Child(children, tmp_path / "said", dataset, jobs=2)
    done = 0
    for _ in range(N_KILLS["worker"]):
        until(lambda before=done: n_done(database, dataset) > before)
        time.sleep(dice.uniform(0, 0.1))
        done = n_done(database, dataset)
        assert done < N_TRACKS, "it was too fast to be killed"
        dice.choice(until(child.workers)).kill()
    assert child.end() == 0, (tmp_path / "said").read_text()
    assert f"extracted {N_TRACKS + 2} tracks into {N_SEGMENTS} segments" in (tmp_path / "said").read_text()
    assert content(database, dataset) == uninterrupted


def test_mongod_is_killed_and_the_same_command_starts_it_again(
    new_server, new_dataset, children, dice, tmp_path, uninterrupted
):
    server, said = new_server(), tmp_path / "said"
    database = connect(Settings(home=server.home))
    dataset = new_dataset(database)
    for jobs in (1, 2, 1)[: N_KILLS["mongod"]]:
        before = n_done(database, dataset)
        child = Child(children, said, dataset, jobs=jobs, home=server.home)
        until(lambda database=database, before=before: n_done(database, dataset) > before)
        time.sleep(dice.uniform(0, 0.05))
        workers = child.workers()
        server.process().kill()
        assert child.end() == 2, said.read_text()
        assert "Traceback" not in said.read_text()
        last = said.read_text().splitlines()[-1]
        assert last.startswith("genrelab: "), last
        assert "MongoDB" in last or "embedded server" in last
        assert last.endswith("start it, and run the same command again")
        assert left_behind(workers) == []
        database = connect(Settings(home=server.home))
    child = Child(children, said, dataset, home=server.home)
    assert child.end() == 0, said.read_text()
    assert content(database, dataset) == uninterrupted


class Command:
    """`genrelab run` up to 02_extract, in a session of its own as a terminal gives it."""

    def __init__(self, database, dataset, said):
        self.database, self.dataset, self.said = database, dataset, said

    def start(self, *arguments) -> psutil.Popen:
        line = [sys.executable, "-m", "pipeline", "run", "--dataset", self.dataset, "--to", "2", *map(str, arguments)]
        with open(self.said, "w") as said:
            options = {"cwd": PROJECT_DIR, "stdout": subprocess.DEVNULL, "stderr": said}
            return psutil.Popen(line, start_new_session=True, **options)

    def stop_at_work(self, how, delay_s: float, *arguments) -> tuple[int, str]:
        """Start it, stop it by `how` a while after its first batch; return status and last line."""
        before = n_done(self.database, self.dataset)
        process = self.start(*arguments)
        until(lambda: n_done(self.database, self.dataset) > before)
        time.sleep(delay_s)
        family = [child for child in process.children(recursive=True) if child.name() != "mongod"]
        how(process)
        status = process.wait(HANG_S)
        assert left_behind(family) == []
        assert n_done(self.database, self.dataset) < N_TRACKS, "it was stopped too late to show anything"
        return status, self.said.read_text().splitlines()[-1]


def press_ctrl_c(process):
    os.killpg(process.pid, signal.SIGINT)


def interrupt_alone(process):
    process.send_signal(signal.SIGINT)


def test_the_real_command_is_stopped_and_killed_and_always_goes_on(database, music, dice, tmp_path, uninterrupted):
    command = Command(database, "faults-command", tmp_path / "said")
    whole = ["--audio", music, "--features", "spectral-v1", "--windows", "3,1.5", "--holdout", "0", "--jobs", "2"]
    resumed = ["--from", "02_extract"]
    for how, arguments in ((press_ctrl_c, whole), (interrupt_alone, resumed)):
        stopped = command.stop_at_work(how, dice.uniform(0, 0.1), *arguments)
        again = "go on with: genrelab run --dataset faults-command --from 02_extract"
        assert stopped == (130, f"genrelab: stopped during 02_extract; {again}")
    status, _ = command.stop_at_work(psutil.Process.kill, dice.uniform(0, 0.1), *resumed)
    assert status == -9
    assert command.start(*whole).wait(HANG_S) == 0, command.said.read_text()
    assert_same_but_settled(content(database, "faults-command"), uninterrupted)


def assert_same_but_settled(found: list[list[dict]], expected: list[list[dict]]):
    """Compare contents of which one has been through `settle` too, which marks the tracks."""
    for track in (*found[2], *expected[2]):
        for field in ("holdout", "duplicate_of"):
            track.pop(field, None)
    assert found == expected


def test_at_least_twenty_kills_are_made():
    assert sum(N_KILLS.values()) >= 20
