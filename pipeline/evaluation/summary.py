"""30-second tracks against 3-second segments, and what shuffled rows would have made of them."""

import pandas as pd

ROWS = ["model", "split_policy", "level", "feature_set"]
USUAL_WINDOWS = ("30s", "3s")
LEAST_GAP = 0.005
"""A smaller leak gap is not spoken of."""


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


def leak_sentences(summary: pd.DataFrame) -> list[str]:
    """Say in words how much of each window's best shuffled score is recognising the track.

    Looks at single rows, at the model that scores best with rows shuffled.
    """
    sentences = []
    shuffled = summary[(summary["split_policy"] == "random") & (summary["level"] == "segment")]
    for column in [name for name in summary.columns if name.startswith("test_")]:
        label = column.removeprefix("test_")
        scored = shuffled.dropna(subset=[column, f"leak_gap_{label}"])
        if scored.empty:
            continue
        best = scored.loc[scored[column].idxmax()]
        gap, seconds = best[f"leak_gap_{label}"], label.removesuffix("s").replace("_", ".")
        honest = best[column] - gap
        reads = f"{seconds}-second rows: {best['model']} reads {best[column]:.0%} with rows shuffled"
        leak = "no leak to see"
        if gap > LEAST_GAP:
            leak = f"{100 * gap:.0f} points of that score are recognising the track, not the genre"
        sentences.append(f"{reads} and {honest:.0%} with tracks kept whole: {leak}.")
    return sentences


def _look_up(summary: pd.DataFrame, scores: pd.DataFrame, keys: list[str]) -> pd.Series:
    values = scores.drop_duplicates(keys).set_index(keys)["value"]
    return pd.Series(values.reindex(pd.MultiIndex.from_frame(summary[keys])).to_numpy(), index=summary.index)
