"""The sentence above each dashboard: what the run found, of the figures that the dashboard shows at first."""

from collections.abc import Mapping

import pandas as pd

from pipeline.printable import count
from pipeline.report.views.choices import most_needed

Frames = Mapping[str, pd.DataFrame]


def say_findings(frames: Frames) -> dict[str, dict[str, str]]:
    """Return by dashboard, and by run, the sentence; a run whose tables don't tell has none.

    Parameters
    ----------
    frames : mapping
        conformed tables by name
    """
    said: dict[str, dict[str, str]] = {name: {} for name in _SENTENCES}
    for run in frames["runs"].to_dict("records"):
        own = {name: frame[frame["run_id"] == run["run_id"]] for name, frame in frames.items()}
        for name, say in _SENTENCES.items():
            if words := say(run, own):
                said[name][run["run_id"]] = words
    return said


def _overview(run: Mapping, frames: Frames) -> str:
    if frames["overview"].empty or pd.isna(frames["overview"]["accuracy"].iloc[0]):
        return ""
    row = frames["overview"].iloc[0]
    low, high = row["ci_low"], row["ci_high"]
    spread = "" if pd.isna(low) or pd.isna(high) else f" ({low:.0%} to {high:.0%})"
    genres = count(row["n_genres"], "genre")
    return f"{row['champion']} names {row['accuracy']:.0%}{spread} of unseen tracks rightly, of {genres}"


def _dataset(run: Mapping, frames: Frames) -> str:
    tracks, checks = frames["tracks"], frames["data_quality"]
    if tracks.empty:
        return ""
    told = f"{count(len(tracks), 'track')} of {count(tracks['genre'].nunique(), 'genre')}"
    warned = int((checks["status"] == "warning").sum())
    return f"{told}; {count(warned, 'warning')} from {count(len(checks), 'check')}"


def _windows(run: Mapping, frames: Frames) -> str:
    bars = frames["bars_30s_vs_3s"]
    bars = bars[(bars["subset"] == "test") & ~bars["is_baseline"].fillna(False)]
    if bars.empty:
        return ""
    best = bars.sort_values("accuracy").groupby("window_s").tail(1).sort_values("window_s", ascending=False)
    told = [f"{row.window_s:g}-second windows get {row.accuracy:.0%} ({row.model_name})" for row in best.itertuples()]
    return f"Of whole test tracks, at best: {', '.join(told)}"


def _model(run: Mapping, frames: Frames) -> str:
    rows = _of_champion(run, frames["confusion"])
    if rows.empty:
        return ""
    rows = rows[(rows["subset"] == "test") & (rows["split_policy"] == run["champion_split_policy"])]
    wrong = rows[rows["actual"] != rows["predicted"]].dropna(subset=["share_of_actual"])
    if wrong.empty:
        return ""
    worst = wrong.sort_values(["share_of_actual", "n"], ascending=False).iloc[0]
    taken = f"{worst['share_of_actual']:.0%} of {worst['actual']} is taken for {worst['predicted']}"
    return f"What {run['champion_name']} confuses most: {taken}"


def _features(run: Mapping, frames: Frames) -> str:
    row = most_needed(frames["feature_importance"], run["champion_model"])
    if row is None:
        return ""
    return f"What {row['model_name']} needs most, of {row['window_s']:g}-second windows: {row['feature_name']}"


def _pairs(run: Mapping, frames: Frames) -> str:
    pairs = frames["genre_pairs"]
    pairs = pairs[pairs["subset"] == "test"]
    if pairs.empty:
        return ""
    mean = pairs.groupby("pair")["accuracy"].mean().sort_values()
    return f"Of the pairs that were tried, {mean.index[0]} is hardest to tell apart: {mean.iloc[0]:.0%} right"


def _holdout(run: Mapping, frames: Frames) -> str:
    rows = _of_champion(run, frames["holdout_predictions"])
    if rows.empty:
        return ""
    return f"{run['champion_name']} names {rows['correct'].sum()} of {count(len(rows), 'held-out track')} rightly"


def _elsewhere(run: Mapping, frames: Frames) -> str:
    rows = frames["transfers"]
    rows = rows[rows["is_champion"].fillna(False).astype(bool)].sort_values("recall")
    if rows.empty:
        return ""
    row = rows.iloc[0]
    own = "" if pd.isna(row["own_recall"]) else f"{row['own_recall']:.0%} on its own dataset, "
    return f"{row['model_name']} names {own}{row['recall']:.0%} on {row['tested_on']}"


def _of_champion(run: Mapping, rows: pd.DataFrame) -> pd.DataFrame:
    """Return the champion's rows of whole tracks."""
    if pd.isna(run["champion_model"]):
        return rows.iloc[:0]
    same = (rows["model"] == run["champion_model"]) & (rows["feature_set"] == run["champion_feature_set"])
    return rows[same & (rows["window_s"] == run["champion_window_s"]) & (rows["level"] == "track")]


_SENTENCES = {
    "Overview": _overview,
    "Dataset": _dataset,
    "30 s against 3 s": _windows,
    "One model": _model,
    "Feature explorer": _features,
    "Genre pairs": _pairs,
    "Holdout": _holdout,
    "Other music": _elsewhere,
}
