"""Every export of a run, gathered from MongoDB."""

import pandas as pd
from pymongo.database import Database

from pipeline.catalogue import extracted_windows, find_dataset
from pipeline.errors import InputError
from pipeline.evaluation import read_scores, read_table, summarise
from pipeline.quality import check_quality
from pipeline.report.csv_export import column_safe
from pipeline.store import read_frame, read_segments
from pipeline.tables import BY_NAME, OF_THE_RUN, TRACKS, stored_in


def assemble_exports(database: Database, dataset: str, run_id: str) -> dict[str, pd.DataFrame]:
    """Return all tables of ``exports/`` by name; a stage that was not run leaves its table without rows."""
    scores = read_scores(database, run_id)
    tables = {
        "runs": _run(database, run_id),
        "tracks": _tracks(database, dataset),
        "rejects": _rejects(database, dataset),
        "features": _features(database, dataset),
        **{table.name: read_table(database, run_id, table.name) for table in stored_in("results")},
        "scores": scores,
        "summary_30s_vs_3s": summarise(scores),
        "holdout_predictions": _predictions(database, run_id),
        "data_quality": pd.concat([check_quality(database, dataset), read_table(database, run_id, "data_quality")]),
    }
    return {name: _with_run(name, frame, dataset, run_id) for name, frame in tables.items()}


def _with_run(name: str, frame: pd.DataFrame, dataset: str, run_id: str) -> pd.DataFrame:
    table = BY_NAME[name]
    if frame.empty:
        frame = pd.DataFrame(columns=table.names)
    later = [column for column in table.names if column not in frame and not table.column(column).required]
    return frame.assign(**dict.fromkeys(later), run_id=run_id, dataset=dataset)  # later: declared since the run


def _run(database: Database, run_id: str) -> pd.DataFrame:
    run = database["runs"].find_one({"run_id": run_id})
    asked = run["parameters"]
    windows = [f"{float(window):g} s" for window in str(asked.get("windows", "")).split(",") if window.strip()]
    row = {
        "run_date": run["started_at"].date(),
        "started_at": run["started_at"].replace(tzinfo=None, microsecond=0),
        "windows_s": ", ".join(windows) or None,
        "split_policy": asked.get("split"),
        "holdout_share": asked.get("holdout"),
        "seed": asked.get("seed"),
    }
    return pd.DataFrame([row])


def _tracks(database: Database, dataset: str) -> pd.DataFrame:
    tracks = read_frame(database["tracks"], {"dataset": dataset, "status": "ready"}, TRACKS.names)
    undrawn = tracks["holdout"].isna().any() and find_dataset(database, dataset).get("holdout_share") != 0
    if tracks.empty or undrawn or not extracted_windows(database, dataset):
        raise InputError(f"dataset {dataset!r} is not extracted yet: run 02_extract first")
    return tracks.assign(holdout=tracks["holdout"].eq(True)).sort_values("track_id", ignore_index=True)


def _rejects(database: Database, dataset: str) -> pd.DataFrame:
    rejects = read_frame(database["rejects"], {"dataset": dataset}, ["path", "reason", "detail", "window_s"])
    return rejects.sort_values(["path", "window_s"], ignore_index=True).drop(columns="window_s")


def _features(database: Database, dataset: str) -> pd.DataFrame:
    genres = read_frame(database["tracks"], {"dataset": dataset, "status": "ready"}, ["track_id", "genre"])
    frames = [
        read_segments(database, dataset, feature_set, window_s)
        .merge(genres, on="track_id")
        .assign(feature_set=feature_set, window_s=window_s)
        for feature_set, windows_s in extracted_windows(database, dataset).items()
        for window_s in windows_s
    ]
    return pd.concat(frames, ignore_index=True)


def _predictions(database: Database, run_id: str) -> pd.DataFrame:
    rows = pd.DataFrame(list(database["predictions"].find({"run_id": run_id}, {"_id": False}).sort("_id")))
    if rows.empty:
        return rows
    genres = rows["genres"].iloc[0]
    names = pd.Index([f"p_{column_safe(genre)}" for genre in genres])
    names = [
        f"{name}_{i}" if repeated else name
        for i, (name, repeated) in enumerate(zip(names, names.duplicated(keep=False), strict=True))
    ]
    probabilities = pd.DataFrame(rows["probabilities"].tolist(), columns=names)
    rows = rows.drop(columns=["genres", "probabilities", *OF_THE_RUN])
    return pd.concat([rows, probabilities], axis=1)
