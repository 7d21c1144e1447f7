"""Stages 03 to 06 on a real Dask cluster: the same rows as on this machine, read by the workers themselves."""

import pandas as pd
import pytest

from benchmarks.made import make_tracks
from pipeline.evaluation import out_of_fold, pairs
from pipeline.features import get_feature_set
from pipeline.stages.compare import CompareOptions, compare
from pipeline.stages.explore import ExploreOptions, explore
from pipeline.stages.holdout import HoldoutOptions, holdout
from pipeline.stages.optimise import OptimiseOptions, optimise
from pipeline.store.runs import start_run
from tests.wire import Wire

DATASET = "made-for-cluster"
N_TRACKS = 160
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
        explore(run, ExploreOptions(**where))
        compare(run, CompareOptions(models="logistic_regression,random_forest,knn_3", repeats=2, **where))
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
    print(wire.n_out, wire.n_back, N_BYTES)
