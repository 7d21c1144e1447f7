"""30-second tracks against 3-second segments, and what shuffled rows would have made of them."""

import pandas as pd

from pipeline.evaluation.coverage import COMMON
from pipeline.evaluation.leak import leak_gaps
from pipeline.splits import holdout_policy
from pipeline.tables import DIMENSIONS, SUMMARY, USUAL_WINDOWS

ROWS = SUMMARY.row_key
WHAT = ("train", "test", "holdout", "leak_gap", "tracks")


def window_label(window_s: float) -> str:
    """Return the part of a column name that stands for a window length, e.g. ``30s`` or ``2_5s``."""
    return f"{window_s:g}s".replace(".", "_")


def summarise(scores: pd.DataFrame) -> pd.DataFrame:
    """Lay accuracies side by side.

    Parameters
    ----------
    scores : pd.DataFrame
        rows of ``scores``

    Returns
    -------
    pd.DataFrame
        one row a model × split_policy × level × feature_set: ``train_…``, ``test_…``, ``holdout_…`` and ``leak_gap_…``
        (test accuracy with rows shuffled minus that under the row's policy, or ``track`` in the rows of ``random``;
        missing where the two splits are the same, and at level ``track``) for 30 s, 3 s and any other window there is;
        ``tracks_…``, how many tracks the test accuracy rests on. Where windows have unlike tracks, test and holdout
        accuracies are on those that all have
    """
    accuracy = _on_common_tracks(scores)
    learning = accuracy[accuracy["subset"] != "holdout"]
    held = accuracy[accuracy["subset"] == "holdout"]
    summary = learning[ROWS].drop_duplicates().sort_values(ROWS, ignore_index=True)
    others = sorted(set(accuracy["window_s"].map(window_label)) - set(USUAL_WINDOWS))
    labels = [*USUAL_WINDOWS, *others]
    unpolicied = [name for name in ROWS if name != "split_policy"]
    gaps = leak_gaps(scores).assign(level="segment").rename(columns={"gap": "value"})
    honest = summary.assign(split_policy=summary["split_policy"].map(holdout_policy))
    columns = {}
    for label in labels:
        here = learning[learning["window_s"].map(window_label) == label]
        for subset in ("train", "test"):
            columns[f"{subset}_{label}"] = _look_up(summary, here[here["subset"] == subset], ROWS)
        votes = here[(here["subset"] == "test") & (here["level"] == "track")].assign(value=here["n"])
        of_tracks = [name for name in ROWS if name != "level"]
        columns[f"tracks_{label}"] = _look_up(summary, votes, of_tracks).astype("Int64")
        columns[f"leak_gap_{label}"] = _look_up(honest, gaps[gaps["window_s"].map(window_label) == label], ROWS)
        columns[f"holdout_{label}"] = _look_up(summary, held[held["window_s"].map(window_label) == label], unpolicied)
    usual = [name for name in SUMMARY.stored_names if name not in ROWS]
    order = usual + [f"{what}_{label}" for label in others for what in WHAT]
    return pd.concat([summary, pd.DataFrame(columns)[order]], axis=1)


def _on_common_tracks(scores: pd.DataFrame) -> pd.DataFrame:
    """Return accuracies, on the tracks that all windows have where these are not all."""
    keys = [*DIMENSIONS]
    common = scores[scores["metric"] == COMMON]
    accuracy = scores[scores["metric"] == "accuracy"]
    if common.empty:
        return accuracy
    there = pd.MultiIndex.from_frame(accuracy[keys]).isin(pd.MultiIndex.from_frame(common[keys]))
    return pd.concat([accuracy[~there], common], ignore_index=True)


def _look_up(summary: pd.DataFrame, scores: pd.DataFrame, keys: list[str]) -> pd.Series:
    values = scores.drop_duplicates(keys).set_index(keys)["value"]
    return pd.Series(values.reindex(pd.MultiIndex.from_frame(summary[keys])).to_numpy(), index=summary.index)
