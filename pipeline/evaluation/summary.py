"""30-second tracks against 3-second segments, and what shuffled rows would have made of them."""

import pandas as pd

from pipeline.evaluation.gap import read_gaps
from pipeline.splits import COMPARED, Policy, find_policy, in_order
from pipeline.tables import SUMMARY, USUAL_WINDOWS

ROWS = SUMMARY.row_key


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
        (test accuracy on rows under the first of ``COMPARED`` minus that under the second, so not at level ``track``)
        for 30 s, 3 s and any other window there is
    """
    accuracy = scores[scores["metric"] == "accuracy"]
    learning = accuracy[accuracy["subset"] != "holdout"]
    held = accuracy[accuracy["subset"] == "holdout"]
    summary = learning[ROWS].drop_duplicates().sort_values(ROWS, ignore_index=True)
    others = sorted(set(accuracy["window_s"].map(window_label)) - set(USUAL_WINDOWS))
    labels = [*USUAL_WINDOWS, *others]
    unpolicied = [name for name in ROWS if name != "split_policy"]
    columns = {}
    for label in labels:
        here = learning[learning["window_s"].map(window_label) == label]
        for subset in ("train", "test"):
            columns[f"{subset}_{label}"] = _look_up(summary, here[here["subset"] == subset], ROWS)
        tested = here[here["subset"] == "test"]
        shuffled, whole = (
            _look_up(summary, tested[tested["split_policy"] == policy], unpolicied) for policy in COMPARED
        )
        columns[f"leak_gap_{label}"] = (shuffled - whole).where(summary["level"] == "segment")
        columns[f"holdout_{label}"] = _look_up(summary, held[held["window_s"].map(window_label) == label], unpolicied)
    usual = [name for name in SUMMARY.names if name not in ROWS]
    order = usual + [f"{what}_{label}" for label in others for what in ("train", "test", "holdout", "leak_gap")]
    return pd.concat([summary, pd.DataFrame(columns)[order]], axis=1)


def leak_sentences(scores: pd.DataFrame) -> list[str]:
    """Say how much of each window's highest shuffled score is left under every honest policy that there are scores of.

    Looks at single rows, at the model that scores highest under the policy that is compared with. The intervals are
    those of `measure_gap`.

    Parameters
    ----------
    scores : pd.DataFrame
        rows of ``scores``

    Raises
    ------
    InputError
        where a policy is unknown
    """
    rows = scores[(scores["metric"] == "accuracy") & (scores["subset"] == "test") & (scores["level"] == "segment")]
    keys, gaps = ["model", "feature_set", "window_s"], read_gaps(scores)
    sentences = []
    for chosen in (policy for policy in in_order(rows["split_policy"]) if policy.honest):
        other = find_policy(chosen.compared_with)
        ranked = rows[rows["split_policy"] == other.name].sort_values("value", ascending=False, kind="stable")
        highest = ranked.drop_duplicates("window_s").sort_values("window_s", ascending=False)
        kept = rows.loc[rows["split_policy"] == chosen.name, [*keys, "value"]]
        both = highest[[*keys, "value"]].merge(kept, on=keys, suffixes=("", "_kept"))
        both = both.merge(gaps[gaps["split_policy"] == chosen.name], on=keys, how="left")
        sentences += [_leak_sentence(row, other, chosen) for row in both.itertuples()]
    return sentences


def _leak_sentence(row, other: Policy, chosen: Policy) -> str:
    reads = (
        f"{row.window_s:g}-second rows: {row.model} reads {row.value:.0%} {other.phrase} and "
        f"{row.value_kept:.0%} {chosen.phrase}"
    )
    if pd.isna(row.gap):
        same = f"as each of the {chosen.resampled} is one row, so that both are the same split"
        return f"{reads}: no leak was tested, {same}."
    points = f"{100 * row.gap:.0f} points"
    if pd.isna(row.gap_low):
        return f"{reads}: a gap of {points}, too few {chosen.resampled} for an interval."
    interval = f"95 % interval {100 * row.gap_low:.0f} to {100 * row.gap_high:.0f}"
    if row.gap_low <= 0:
        return f"{reads}: no leak to tell from chance (a gap of {points}, {interval})."
    return f"{reads}: {points} of that score {chosen.leak} ({interval})."


def _look_up(summary: pd.DataFrame, scores: pd.DataFrame, keys: list[str]) -> pd.Series:
    values = scores.drop_duplicates(keys).set_index(keys)["value"]
    return pd.Series(values.reindex(pd.MultiIndex.from_frame(summary[keys])).to_numpy(), index=summary.index)
