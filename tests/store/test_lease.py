"""One run at a time on a dataset: refused with a sentence while another lives, taken over at once where it died."""

import multiprocessing
import os
import subprocess
import time
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest

from pipeline.errors import InputError
from pipeline.settings import Settings
from pipeline.store import lease
from pipeline.store.connection import connected
from pipeline.store.lease import LeaseLostError, hold
from tests.patience import HANG_S, until


def hold_for_good(home: Path, dataset: str, ready) -> None:
    with connected(Settings(home=home)) as database, hold(database, dataset):
        ready.set()
        time.sleep(HANG_S)


@pytest.fixture
def holder(database):
    """Return a function that starts a process which holds a dataset."""
    context = multiprocessing.get_context("spawn")
    started = []

    def start(dataset: str) -> psutil.Process:
        ready = context.Event()
        process = context.Process(target=hold_for_good, args=(Path(os.environ["GENRELAB_HOME"]), dataset, ready))
        process.start()
        started.append(process)
        assert ready.wait(HANG_S)
        return psutil.Process(process.pid)

    yield start
    for process in started:
        process.kill()
        process.join()


def kill(process: psutil.Process) -> None:
    """Kill a process; its parent has not been told yet when this returns."""
    process.kill()
    until(lambda: process.status() == psutil.STATUS_ZOMBIE)


def test_while_a_run_lives_another_is_refused_and_told_which(database, holder):
    other = holder("busy")
    told = rf"another run is at work on dataset 'busy': process {other.pid} on "
    with pytest.raises(InputError, match=told), hold(database, "busy"):
        pass
    with hold(database, "another dataset"):
        pass


def test_a_run_that_was_killed_is_in_nobodys_way(database, holder, monkeypatch):
    kill(holder("killed"))
    monkeypatch.setattr(lease, "time", SimpleNamespace(monotonic=lambda: 0.0))  # nothing to sleep by
    with hold(database, "killed") as held:
        held.check()


def test_a_process_that_got_the_id_of_a_dead_one_is_not_taken_for_it(database):
    as_dead = {
        "dataset": "reused",
        "run_id": "",
        "holder": "h",
        "machine": lease._machine(),
        "pid": os.getpid(),
        "beat": 3,
    }
    database["leases"].insert_one(as_dead | {"process_started": lease._started(os.getpid()) - 1})
    with hold(database, "reused"):
        pass
    assert database["leases"].count_documents({"dataset": "reused"}) == 0


@pytest.fixture
def far_away(database, monkeypatch):
    """Return the lease of a run whose process is not to be seen from here."""
    monkeypatch.setattr(lease, "SILENCE_S", HANG_S)
    held = {"dataset": "far", "run_id": "", "holder": "h", "machine": "elsewhere pid:[1] 0", "pid": 1}
    database["leases"].insert_one(held | {"process_started": 0.0, "beat": 0})
    yield database["leases"]
    database["leases"].delete_many({"dataset": "far"})


def test_a_run_of_another_machine_is_known_to_live_by_its_beat(database, far_away, monkeypatch):
    monkeypatch.setattr(lease, "BEAT_S", 0.2)
    beating = lease.Lease(far_away, "far", "h")
    with pytest.raises(InputError, match="process 1 on elsewhere; wait for it, or stop it"), hold(database, "far"):
        pass
    beating.release()


def test_a_run_of_another_machine_that_is_silent_is_taken_for_dead(database, far_away, monkeypatch):
    monkeypatch.setattr(lease, "SILENCE_S", 0.5)
    with hold(database, "far") as held:
        held.check()
        assert database["leases"].find_one({"dataset": "far"})["pid"] == os.getpid()


def test_a_run_that_lost_its_dataset_hears_of_it(database):
    with hold(database, "lost") as held:
        held.check()
        database["leases"].update_one({"dataset": "lost"}, {"$set": {"holder": "another"}})
        with pytest.raises(LeaseLostError, match="another run took dataset 'lost' over"):
            held.check()
    assert database["leases"].delete_one({"dataset": "lost"}).deleted_count == 1, "it is the other's"


def test_a_kernel_that_outlives_its_run_is_waited_for(database, holder, monkeypatch):
    monkeypatch.setattr(lease, "FAMILY_S", HANG_S)
    killed = holder("orphaned")
    kill(killed)
    environment = os.environ | {"JPY_PARENT_PID": str(killed.pid)}
    with subprocess.Popen(["sleep", "1.5"], env=environment) as kernel, hold(database, "orphaned"):
        assert kernel.poll() == 0


def test_two_runs_of_a_dataset_and_the_dataset_itself_are_held_apart(database, holder):
    holder("apart")
    with hold(database, "apart", "run-1"), hold(database, "apart", "run-2"):
        assert database["leases"].count_documents({"dataset": "apart"}) == 3
        with (
            pytest.raises(InputError, match="another run is at work on run run-1: process"),
            hold(database, "apart", "run-1"),
        ):
            pass


def test_a_kernel_works_under_what_its_batch_holds(database, monkeypatch):
    with hold(database, "handed") as held:
        monkeypatch.setenv(lease.HOLDER_VARIABLE, held.holder)
        for run_id in ("", "run-1"):
            with hold(database, "handed", run_id) as none:
                assert none is None
        held.check()
        with hold(database, "not handed") as other:
            assert other is not None
