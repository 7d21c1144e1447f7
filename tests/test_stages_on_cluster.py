"""Stages 03 to 06 on a real Dask cluster: the same rows as on this machine, read by the workers themselves."""

import os
import signal
import subprocess
import sys
import threading

import pandas as pd
import pytest

from benchmarks.made import make_tracks
from pipeline.cluster import at_hand, on_cluster
from pipeline.errors import InputError
from pipeline.evaluation import Candidate, evaluate, labels, out_of_fold, pairs, samples
from pipeline.features import get_feature_set
from pipeline.settings import PROJECT_DIR, Settings
from pipeline.stages.compare import CompareOptions, compare
from pipeline.stages.explore import ExploreOptions, explore
from pipeline.stages.holdout import HoldoutOptions, holdout
from pipeline.stages.optimise import OptimiseOptions, optimise
from pipeline.store import columns
from pipeline.store.datasets import begin_segments, finish_segments
from pipeline.store.runs import start_run
from tests import cluster_tasks
from tests.patience import HANG_S, lives, until
from tests.wire import Wire

DATASET = "made-for-cluster"
N_TRACKS = 100
COMPARED = {"models": "logistic_regression,knn_3", "repeats": 2}
MANY = 200
"""Splits: tasks for longer than it takes to stop them."""

STAGES = ("explore", "compare", "optimise", "holdout")
N_BYTES = 8 * len(get_feature_set("spectral-v1").columns) * 11 * N_TRACKS
"""Of all features."""


@pytest.fixture(scope="module")
def made(database):
    make_tracks(database, DATASET, N_TRACKS)
    return database


def run_stages(database, scheduler="") -> dict[str, dict[str, pd.DataFrame]]:
    """Return all rows of each stage."""
    run = start_run(database, DATASET, {})
    where = {"scheduler": scheduler, "jobs": 2}
    with pytest.MonkeyPatch.context() as fewer:
        fewer.setattr(out_of_fold, "N_REPEATS", 1)
        fewer.setattr(pairs, "PAIR_MODELS", ("logistic_regression",))
        fewer.setattr(labels, "SEEDS", 1)
        explore(run, ExploreOptions(**where))
        compare(run, CompareOptions(**COMPARED, **where))
        optimise(run, OptimiseOptions(k_max=5, repeats=1, pairs="folk/rock", **where))
        holdout(run, HoldoutOptions(**where))
    return {stage: rows_of(run, stage) for stage in STAGES}


def rows_of(run, stage: str) -> dict[str, pd.DataFrame]:
    found = {name: run.table(name, stage=stage) for name in run.tables()}
    found |= {name: getattr(run, name)(stage=stage) for name in ("scores", "predictions", "answers")}
    return {name: rows for name, rows in found.items() if len(rows)}


@pytest.fixture(scope="module")
def here(made):
    return run_stages(made)


@pytest.fixture(scope="module")
def wire(dask):
    wire = Wire(dask.address)
    with wire.door:
        yield wire


@pytest.fixture(scope="module")
def there(made, wire):
    return run_stages(made, wire.address)


@pytest.mark.parametrize("stage", STAGES)
def test_every_row_of_a_stage_is_that_of_a_local_run_to_the_last_bit(here, there, stage):
    assert here[stage].keys() == there[stage].keys()
    assert here[stage]
    for name, rows in here[stage].items():
        pd.testing.assert_frame_equal(there[stage][name], rows, check_exact=True, obj=name)


def test_features_do_not_cross_the_network(there, wire):
    assert 0 < wire.n_out < N_BYTES, "hundreds of fits, and not once the values"


def same_rows(run, stage: str, expected: dict[str, pd.DataFrame]):
    found = rows_of(run, stage)
    assert found.keys() == expected.keys()
    for name, rows in expected.items():
        pd.testing.assert_frame_equal(found[name], rows, check_exact=True, obj=name)


def test_rows_on_a_disk_that_all_machines_see_are_those_of_the_database(made, dask, here, tmp_path, monkeypatch):
    for module in (columns, samples):
        monkeypatch.setattr(module, "get_settings", lambda: Settings(shared=tmp_path))
    folder = tmp_path / "columns"
    (folder / "0000000000000000-other").mkdir(parents=True)
    run = start_run(made, DATASET, {})
    compare(run, CompareOptions(**COMPARED, scheduler=dask.address))
    same_rows(run, "compare", here["compare"])
    kept = [place for place in folder.iterdir() if place.is_dir()]
    assert len(kept) == 3, "one a window, and what is no concern of this dataset"


def test_rows_that_changed_meanwhile_are_refused(made, dask):
    one = {"dataset": DATASET, "window_s": 30.0}
    with on_cluster(dask.address):
        loaded = samples.load_all(made, DATASET)[0].learning()
        before = made["segments"].find_one(one)
        begin_segments(made, DATASET)
        made["segments"].update_one({"_id": before["_id"]}, {"$set": {"rms_mean": 1.0}})
        try:
            with pytest.raises(InputError, match="reads other 30-second rows of 'spectral-v1' than this machine did"):
                evaluate([Candidate("knn_3", loaded, "track")], repeats=1, seed=0, jobs=1)
        finally:
            made["segments"].update_one({"_id": before["_id"]}, {"$set": {"rms_mean": before["rms_mean"]}})
            finish_segments(made, DATASET)


@pytest.mark.faults
def test_a_worker_that_dies_in_the_comparison_changes_no_row(made, dask, here):
    doomed = dask.start_worker()
    dask.said(doomed, r"(Registered to)")
    before = doomed.cpu_times().user
    killer = threading.Thread(target=lambda: (until(lambda: doomed.cpu_times().user > before + 0.5), doomed.kill()))
    killer.start()
    run = start_run(made, DATASET, {})
    compare(run, CompareOptions(**COMPARED, scheduler=dask.address))
    killer.join()
    same_rows(run, "compare", here["compare"])


def test_ctrl_c_takes_the_tasks_back_and_says_how_to_go_on(made, dask, here, main):
    run = start_run(made, DATASET, {"models": COMPARED["models"], "scheduler": dask.address})
    only = ("--dataset", DATASET, "--from", "04_compare", "--to", "04_compare", "-p")
    command = [sys.executable, "-m", "pipeline", "run", *only, f"repeats={MANY}"]
    pipes = {"stdout": subprocess.DEVNULL, "stderr": subprocess.PIPE, "text": True}
    process = subprocess.Popen(command, cwd=PROJECT_DIR, start_new_session=True, **pipes)
    with on_cluster(dask.address):
        client = at_hand()
        until(lambda: client.run_on_scheduler(cluster_tasks.count_tasks) > MANY, alive=lives(process))
        os.killpg(process.pid, signal.SIGINT)
        _, said = process.communicate(timeout=HANG_S)
        again = f"go on with: genrelab run --dataset {DATASET} --from 04_compare"
        assert (process.returncode, said.splitlines()[-1]) == (130, f"genrelab: stopped during 04_compare; {again}")
        until(lambda: not client.run_on_scheduler(cluster_tasks.count_tasks))
        until(lambda: not any(client.run(cluster_tasks.count_running).values()))
    told = main("run", *only, f"repeats={COMPARED['repeats']}", "--quiet")
    assert (told.status, told.err) == (0, "")
    same_rows(run, "compare", here["compare"])
