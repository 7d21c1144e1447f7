"""30-second tracks against 3-second segments, and what shuffled rows would have made of them."""

import numpy as np
import pandas as pd

ROWS = ["model", "split_policy", "level", "feature_set"]
USUAL_WINDOWS = ("30s", "3s")


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
        (test accuracy under ``random`` minus that under ``track``) for 30 s, 3 s and any other window there is
    """
    accuracy = scores[scores["metric"] == "accuracy"]
    learning = accuracy[accuracy["subset"] != "holdout"]
    held = accuracy[accuracy["subset"] == "holdout"]
    summary = learning[ROWS].drop_duplicates().sort_values(ROWS, ignore_index=True)
    others = sorted(set(accuracy["window_s"].map(window_label)) - set(USUAL_WINDOWS))
    labels = [*USUAL_WINDOWS, *others]
    columns = {}
    for label in labels:
        here = learning[learning["window_s"].map(window_label) == label]
        for subset in ("train", "test"):
            columns[f"{subset}_{label}"] = _look_up(summary, here[here["subset"] == subset], ROWS)
        by_policy = {
            policy: here[(here["subset"] == "test") & (here["split_policy"] == policy)]
            for policy in ("random", "track")
        }
        unpolicied = [name for name in ROWS if name != "split_policy"]
        columns[f"leak_gap_{label}"] = _look_up(summary, by_policy["random"], unpolicied) - _look_up(
            summary, by_policy["track"], unpolicied
        )
        columns[f"holdout_{label}"] = _look_up(summary, held[held["window_s"].map(window_label) == label], unpolicied)
    order = [f"{what}_{label}" for label in USUAL_WINDOWS for what in ("train", "test")]
    order += [f"{what}_{label}" for what in ("holdout", "leak_gap") for label in USUAL_WINDOWS]
    order += [f"{what}_{label}" for label in others for what in ("train", "test", "holdout", "leak_gap")]
    return pd.concat([summary, pd.DataFrame(columns)[order]], axis=1)


def leak_sentences(scores: pd.DataFrame) -> list[str]:
    """Say in words how much of each window's highest shuffled score is recognising the track.

    Looks at single rows, at the model that scores highest with rows shuffled. The two scores are of other splits, so
    nothing is paired; the interval of their difference is made of theirs (Newcombe 1998; Zou and Donner 2008), as if
    they were independent. They share tracks, which can only make it too wide.

    Parameters
    ----------
    scores : pd.DataFrame
        rows of ``scores``
    """
    rows = scores[(scores["metric"] == "accuracy") & (scores["subset"] == "test") & (scores["level"] == "segment")]
    keys = ["model", "feature_set", "window_s"]
    values = ["value", "ci_low", "ci_high"]
    by_policy = {policy: rows[rows["split_policy"] == policy][keys + values] for policy in ("random", "track")}
    both = by_policy["random"].merge(by_policy["track"], on=keys, suffixes=("_random", "_track"))
    highest = both.sort_values("value_random", ascending=False, kind="stable").drop_duplicates("window_s")
    return [_leak_sentence(row) for row in highest.sort_values("window_s", ascending=False).itertuples()]


def _leak_sentence(row) -> str:
    gap = row.value_random - row.value_track
    below = np.hypot(row.value_random - row.ci_low_random, row.ci_high_track - row.value_track)
    above = np.hypot(row.ci_high_random - row.value_random, row.value_track - row.ci_low_track)
    low, high = 100 * (gap - below), 100 * (gap + above)
    reads = (
        f"{row.window_s:g}-second rows: {row.model} reads {row.value_random:.0%} with rows shuffled and "
        f"{row.value_track:.0%} with tracks kept whole"
    )
    if gap == 0:
        return f"{reads}: no leak to see."
    interval = f"95 % interval {low:.0f} to {high:.0f}"
    if low <= 0:
        return f"{reads}: no leak to tell from chance (a gap of {100 * gap:.0f} points, {interval})."
    return f"{reads}: {100 * gap:.0f} points of that score are recognising the track, not the genre ({interval})."


def _look_up(summary: pd.DataFrame, scores: pd.DataFrame, keys: list[str]) -> pd.Series:
    values = scores.drop_duplicates(keys).set_index(keys)["value"]
    return pd.Series(values.reindex(pd.MultiIndex.from_frame(summary[keys])).to_numpy(), index=summary.index)
