"""A table to make a run of, and what such a run has to say after each change; by stages and by commands alike."""

from pathlib import Path

import numpy as np
import pandas as pd

from pipeline.report.csv_export import read_csv
from pipeline.settings import get_settings
from pipeline.store import Run
from pipeline.tables import TABLES

OTHER_MODELS = "random_forest_top_half,knn_3"


def write_table(path: Path) -> Path:
    """Write a table of three genres, sixteen tracks each, and six features."""
    random = np.random.default_rng(0)
    rows = pd.DataFrame(random.normal(np.repeat([0, 1, 2], 16)[:, None], 1, (48, 6)).round(4))
    rows.columns = [f"{name}_{kind}" for name in "xyz" for kind in ("mean", "var")]
    rows.insert(0, "filename", [f"{genre}.{n:05d}.wav" for genre in ("folk", "jazz", "rock") for n in range(16)])
    rows["label"] = rows["filename"].str.split(".").str[0]
    rows.to_csv(path, index=False)
    return path


def exported() -> dict[str, pd.DataFrame]:
    """Return the tables that were exported last, by name."""
    return {table.name: read_csv(table, get_settings().exports / table.file_name) for table in TABLES}


def content(run: Run) -> dict:
    """Return all that a run says, through every reader."""
    tables = {name: run.table(name) for name in sorted(run.tables())}
    frames = {"scores": run.scores(), "predictions": run.predictions(), **tables}
    return {name: frame.to_json() for name, frame in frames.items()} | {
        "facts": run.facts,
        "models": [file.content for file in run.models()],
    }


def assert_chosen_is_outdated(run: Run) -> None:
    """After a comparison of `OTHER_MODELS`: what was chosen among the ones before is not the run's any more."""
    assert run.outdated == ["optimise", "holdout"]
    assert run.champion is None


def assert_others_are_exported_alone(run: Run) -> None:
    """After an export of such a run: every table is of `OTHER_MODELS`, or empty."""
    frames = exported()
    for name in ("scores", "class_report", "confusion", "summary_30s_vs_3s", "model_comparisons"):
        models = frames[name].filter(regex="^model(_a|_b)?$")
        assert set(models.to_numpy().ravel()) == set(OTHER_MODELS.split(",")), name
    assert set(frames["scores"]["run_id"]) == {run.run_id}
    for name in ("k_search", "genre_pairs", "holdout_predictions", "feature_importance"):
        assert frames[name].empty, name
    assert not frames["scores"]["is_champion"].any()
    assert frames["runs"]["champion_model"].isna().all()


def assert_whole_again(run: Run) -> None:
    """After all stages from 05 on: the exports are of one choice among `OTHER_MODELS`."""
    frames = exported()
    models = set(frames["scores"]["model"])
    assert set(OTHER_MODELS.split(",")) <= models
    assert set(frames["class_report"]["model"]) == models
    assert set(frames["holdout_predictions"]["model"]) == models
    assert run.outdated == []
    assert frames["runs"]["champion_model"].iloc[0] in models
    counted = frames["scores"].groupby(
        ["model", "feature_set", "window_s", "split_policy", "subset", "level", "metric"]
    )
    assert counted.size().max() == 1
