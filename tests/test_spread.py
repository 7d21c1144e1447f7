"""Work spread over a real Dask cluster: what becomes of it where workers die, come, go, or are not the same."""

import subprocess
import sys

import pytest
from distributed import LocalCluster

from pipeline.cluster import at_hand, on_cluster, work
from pipeline.errors import InputError, WorkerDied, WorkerError
from pipeline.evaluation.spread import spread
from pipeline.settings import PROJECT_DIR
from tests import cluster_tasks
from tests.patience import until

N = 12
NUMBERS = [(number,) for number in range(N)]
DOUBLES = [2 * number for number in range(N)]


def test_without_a_cluster_this_process_does_it():
    with on_cluster(""):
        assert at_hand() is None
        assert list(spread(cluster_tasks.double, NUMBERS, jobs=2)) == DOUBLES


def test_results_come_in_the_order_of_their_arguments(dask):
    with on_cluster(dask.address):
        assert list(spread(cluster_tasks.double, NUMBERS, jobs=1)) == DOUBLES
    assert at_hand() is None


def test_a_worker_that_dies_costs_its_task_and_what_was_fetched_stays(dask, tmp_path):
    doomed = dask.start_worker()
    dask.said(doomed, r"(Registered to)")
    with on_cluster(dask.address):
        client = at_hand()
        found = spread(cluster_tasks.double_slowly, [(number, tmp_path) for number in range(2 * N)], jobs=1)
        first = next(found)
        until(lambda: dict(client.run(cluster_tasks.pid_and_fetched).values())[doomed.pid] > 1)
        doomed.kill()
        assert [first, *found] == [2 * number for number in range(2 * N)]
    begun = [sign.name.split("-") for sign in tmp_path.iterdir()]
    by_the_dead = [number for number, pid in begun if pid == str(doomed.pid)]
    again = [number for number, pid in begun if number in by_the_dead and pid != str(doomed.pid)]
    assert len(by_the_dead) - len(again) >= 1, "what was fetched is not done again, though nobody has asked for it yet"
    assert len(begun) == 2 * N + len(again), "nothing else is"


def test_whoever_stops_takes_back_what_nobody_has_begun(dask, tmp_path):
    with on_cluster(dask.address):
        client = at_hand()
        found = spread(cluster_tasks.double_slowly, [(number, tmp_path) for number in range(200)], jobs=1)
        next(found)
        found.close()
        until(lambda: not client.run_on_scheduler(cluster_tasks.count_tasks))
        until(lambda: not any(client.run(cluster_tasks.count_running).values()))
    assert len(list(tmp_path.iterdir())) < 50


def test_a_client_that_is_killed_leaves_nothing_to_do(dask, tmp_path):
    code = (
        "from pathlib import Path; from pipeline.cluster import on_cluster; from tests import cluster_tasks\n"
        "from pipeline.evaluation.spread import spread\n"
        f"with on_cluster({dask.address!r}):\n"
        f"    list(spread(cluster_tasks.double_slowly, [(n, Path({str(tmp_path)!r})) for n in range(500)], 1))\n"
    )
    client = subprocess.Popen([sys.executable, "-c", code], cwd=PROJECT_DIR)
    until(lambda: list(tmp_path.iterdir()))
    client.kill()
    client.wait()
    with on_cluster(dask.address):
        until(lambda: not at_hand().run_on_scheduler(cluster_tasks.count_tasks))
    assert len(list(tmp_path.iterdir())) < 500


def test_a_worker_of_other_versions_is_refused_in_one_line(dask, monkeypatch):
    monkeypatch.setattr(work, "own_versions", lambda: {"python": "3.99", "numpy": "0.1"})
    said = r"a worker on \S+ has python 3\.\S+ instead of 3.99, numpy \S+ instead of 0.1: its results could be others"
    with on_cluster(dask.address), pytest.raises(InputError, match=said):
        list(spread(cluster_tasks.double, NUMBERS, jobs=1))


def test_a_file_that_a_worker_lacks_is_told_with_its_name(dask):
    with on_cluster(dask.address), pytest.raises(WorkerError, match=r"a worker on \S+ can't work: no file \d"):
        list(spread(cluster_tasks.fail, NUMBERS, jobs=1))


@pytest.fixture
def adaptive():
    """Return a cluster that has no worker while there is nothing to do, and up to two otherwise."""
    quiet = {"dashboard_address": None, "silence_logs": 50}
    with LocalCluster(n_workers=0, threads_per_worker=1, processes=True, **quiet) as cluster:
        cluster.adapt(minimum=0, maximum=2, interval="100ms", wait_count=3)
        yield cluster


def test_workers_of_an_adaptive_cluster_come_when_there_is_work_and_go_afterwards(adaptive, tmp_path):
    assert not adaptive.scheduler.workers
    with on_cluster(adaptive.scheduler_address):
        given = [(number, tmp_path) for number in range(N)]
        assert list(spread(cluster_tasks.double_slowly, given, jobs=1)) == DOUBLES
        until(lambda: not adaptive.scheduler.workers)
        assert list(spread(cluster_tasks.double, NUMBERS, jobs=1)) == DOUBLES


@pytest.mark.faults
def test_a_task_that_costs_every_worker_its_life_ends_the_run_in_one_line(adaptive):
    said = "workers of the cluster died, one after the other, on the same task of die"
    with on_cluster(adaptive.scheduler_address), pytest.raises(WorkerDied, match=said):
        list(spread(cluster_tasks.die, [(0,)], jobs=1))
