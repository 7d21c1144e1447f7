"""By commands and processes: a finished run is changed only by who says so, and is consistent whatever was changed."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from pipeline.report.csv_export import read_csv
from pipeline.settings import NOTEBOOKS_DIR, get_settings
from pipeline.store import Run
from pipeline.store.runs import find_finished
from pipeline.tables import TABLES
from tests.patience import HANG_S

DATASET = "closed"
pytestmark = pytest.mark.faults


@pytest.fixture(scope="module")
def table(tmp_path_factory) -> Path:
    """Return a table of three genres, sixteen tracks each, and six features."""
    random = np.random.default_rng(0)
    rows = pd.DataFrame(random.normal(np.repeat([0, 1, 2], 16)[:, None], 1, (48, 6)).round(4))
    rows.columns = [f"{name}_{kind}" for name in "xyz" for kind in ("mean", "var")]
    rows.insert(0, "filename", [f"{genre}.{n:05d}.wav" for genre in ("folk", "jazz", "rock") for n in range(16)])
    rows["label"] = rows["filename"].str.split(".").str[0]
    path = tmp_path_factory.mktemp("table") / "closed.csv"
    rows.to_csv(path, index=False)
    return path


@pytest.fixture(scope="module")
def finished(database, genrelab, table) -> Run:
    """Return a finished run of the table, by the command."""
    command(genrelab, "--table", table, "--models", "logistic_regression,knn_3", "-p", "repeats=2", "-p", "k_max=5")
    return find_finished(database, DATASET)


def command(genrelab, *arguments) -> str:
    done = genrelab("run", "--dataset", DATASET, *arguments)
    assert done.returncode == 0, done.stderr
    return done.stdout


def exported() -> dict[str, pd.DataFrame]:
    return {table.name: read_csv(table, get_settings().exports / table.file_name) for table in TABLES}


def content(run: Run) -> dict:
    """Return all that a run says, through every reader."""
    tables = {name: run.table(name) for name in sorted(run.tables())}
    frames = {"scores": run.scores(), "predictions": run.predictions(), **tables}
    return {name: frame.to_json() for name, frame in frames.items()} | {
        "facts": run.facts,
        "models": [file.content for file in run.models()],
    }


def test_two_notebooks_at_once_keep_apart(finished, tmp_path):
    before = content(finished)
    started = []
    for model in ("knn_3", "logistic_regression"):
        (tmp_path / model).mkdir()
        arguments = ["-p", "dataset", DATASET, "-p", "models", model, "-p", "repeats", "1", "--no-progress-bar"]
        paths = [NOTEBOOKS_DIR / "04_compare.ipynb", tmp_path / model / "out.ipynb"]
        command = [sys.executable, "-m", "papermill", *map(str, paths), *arguments, "--cwd", str(NOTEBOOKS_DIR)]
        started.append(subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True))
    for process in started:
        _, said = process.communicate(timeout=HANG_S)
        assert process.returncode == 0, said
    newest = finished.database["runs"].find({"dataset": DATASET}, sort=[("number", -1)], limit=2)
    forks = [Run(finished.database, DATASET, found["run_id"]) for found in newest]
    models = [set(fork.scores(stage="compare")["model"]) for fork in forks]
    assert sorted(map(sorted, models)) == [["knn_3"], ["logistic_regression"]]
    assert content(finished) == before


def test_other_models_compared_in_it_make_what_was_chosen_among_the_old_ones_outdated(finished, genrelab):
    notebooks = get_settings().runs / finished.run_id
    command(genrelab, "--from", "compare", "--to", "compare", "--models", "random_forest_top_half,knn_3")
    assert finished.outdated == ["optimise", "holdout"]
    assert finished.champion is None
    assert not (notebooks / "05_optimise.html").exists()
    assert (notebooks / "earlier" / "05_optimise.html").exists()
    said = command(genrelab, "--from", "export")
    frames = exported()
    for name in ("scores", "class_report", "confusion", "summary_30s_vs_3s", "model_comparisons"):
        models = frames[name].filter(regex="^model")
        assert set(models.to_numpy().ravel()) == {"random_forest_top_half", "knn_3"}, name
    assert set(frames["scores"]["run_id"]) == {finished.run_id}
    for name in ("k_search", "genre_pairs", "holdout_predictions", "feature_importance"):
        assert frames[name].empty, name
    assert not frames["scores"]["is_champion"].any()
    assert frames["runs"]["champion_model"].isna().all()
    assert "exports:" in said
    kept = (notebooks / "07_export.ipynb").read_text()
    assert "05_optimise and 06_holdout belong to earlier rows" in kept


def test_gone_on_with_it_is_whole_again(finished, genrelab):
    command(genrelab, "--from", "optimise")
    frames = exported()
    models = set(frames["scores"]["model"])
    assert {"random_forest_top_half", "knn_3"} <= models
    assert set(frames["class_report"]["model"]) == models
    assert set(frames["holdout_predictions"]["model"]) == models
    assert finished.outdated == []
    assert frames["runs"]["champion_model"].iloc[0] in models
    counted = frames["scores"].groupby(
        ["model", "feature_set", "window_s", "split_policy", "subset", "level", "metric"]
    )
    assert counted.size().max() == 1
