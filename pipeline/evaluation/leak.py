"""How much of a score with rows shuffled is gone under an honest policy, in numbers and in sentences."""

import numpy as np
import pandas as pd

from pipeline.splits import find_policy, holdout_policy, in_order

KEYS = ["model", "feature_set", "window_s", "level"]

MEASURED = "leak_gap"
"""The metric under which `evaluate` files a gap that it has measured pair by pair; of older runs there is none."""


def leak_gaps(scores: pd.DataFrame) -> pd.DataFrame:
    """Return how much of each shuffled test accuracy is gone under every honest policy that there are scores of.

    At level ``segment`` alone: shuffled, a whole track votes with a part of its segments, so that its scores are of
    unlike votes.

    Parameters
    ----------
    scores : pd.DataFrame
        rows of ``scores``

    Returns
    -------
    pd.DataFrame
        ``KEYS``; ``split_policy``; ``shuffled``, ``kept`` and their difference ``gap``, with its 95 % interval
        ``gap_low`` and ``gap_high``, missing where there are too few to say; ``tested``: whether the two splits differ
        at all. As it was measured, where it was; else as `_gaps` makes it of the two scores

    Raises
    ------
    InputError
        where a policy is unknown
    """
    rows = scores[(scores["metric"] == "accuracy") & (scores["subset"] == "test")]
    values = [*KEYS, "value", "ci_low", "ci_high"]
    found = []
    for policy in (policy for policy in in_order(rows["split_policy"]) if policy.honest):
        shuffled = rows.loc[(rows["split_policy"] == policy.compared_with) & (rows["level"] == "segment"), values]
        kept = rows.loc[rows["split_policy"] == policy.name, values]
        both = shuffled.merge(kept, on=KEYS, suffixes=("", "_kept"))
        found.append(_gaps(both, _sizes(rows[rows["split_policy"] == policy.name]), policy.name))
    columns = [*KEYS, "split_policy", "shuffled", "kept", "gap", "gap_low", "gap_high", "tested"]
    gaps = pd.concat(found, ignore_index=True)[columns] if found else pd.DataFrame(columns=columns)
    measured = scores[scores["metric"] == MEASURED]
    if measured.empty:
        return gaps
    names = {"value": "gap", "ci_low": "gap_low", "ci_high": "gap_high"}
    measured = measured[[*KEYS, "split_policy", *names]].rename(columns=names).assign(tested=True)
    kept = gaps.drop(columns=["gap", "gap_low", "gap_high", "tested"])
    both = kept.merge(measured, on=[*KEYS, "split_policy"], how="left")
    return both.assign(tested=both["tested"].eq(True))[columns]


def leak_sentences(scores: pd.DataFrame, policy: str, feature_set: str) -> list[str]:
    """Say how much of each window's highest shuffled score is left under the policy that results are read under.

    Looks at single rows of one feature set, the one that figures show. A baseline that is highest is told of too: then
    no model learned anything.

    Parameters
    ----------
    scores : pd.DataFrame
        rows of ``scores``
    policy : str
        the run's; of ``random``, the one that it is compared with
    feature_set : str
    """
    gaps = leak_gaps(scores[scores["feature_set"] == feature_set])
    read = gaps[gaps["split_policy"] == holdout_policy(policy)]
    ranked = read.sort_values(["window_s", "shuffled"], ascending=False, kind="stable").drop_duplicates("window_s")
    others = gaps[(gaps["split_policy"] != holdout_policy(policy)) & gaps["tested"].astype(bool)]
    return [_leak_sentence(row, others) for row in ranked.itertuples()]


def _gaps(both: pd.DataFrame, sizes: pd.DataFrame, policy: str) -> pd.DataFrame:
    """Give the interval of the difference from those of the two scores, as if they were independent.

    After Newcombe (1998), and Zou and Donner (2008). The scores share tracks, which can only make it too wide.
    """
    gap = both["value"] - both["value_kept"]
    below = np.hypot(both["value"] - both["ci_low"], both["ci_high_kept"] - both["value_kept"])
    above = np.hypot(both["ci_high"] - both["value"], both["value_kept"] - both["ci_low_kept"])
    n = both[KEYS[:-1]].merge(sizes, on=KEYS[:-1], how="left")
    told = [
        find_policy(policy).tells_leak(rows, tracks, difference)
        for rows, tracks, difference in zip(n["segment"], n["track"], gap, strict=True)
    ]
    return both[KEYS].assign(
        split_policy=policy,
        shuffled=both["value"],
        kept=both["value_kept"],
        gap=gap,
        gap_low=gap - below,
        gap_high=gap + above,
        tested=np.array(told, dtype=bool),
    )


def _sizes(rows: pd.DataFrame) -> pd.DataFrame:
    """Return how many rows, and how many tracks, each model was tested on."""
    sizes = rows.pivot_table(index=KEYS[:-1], columns="level", values="n", aggfunc="max")
    return sizes.reindex(columns=["segment", "track"]).reset_index()


def _leak_sentence(row, others: pd.DataFrame) -> str:
    chosen = find_policy(row.split_policy)
    shuffled = find_policy(chosen.compared_with)
    named = f"{row.model} on {row.window_s:g}-second rows of {row.feature_set}"
    if not row.tested:
        return (
            f"{named} reads {row.shuffled:.0%} {shuffled.phrase}. How much of that is a leak was not tested: each of "
            f"the {chosen.resampled} is one row, so that {shuffled.label} and {chosen.label} are the same split."
        )
    reads = f"{named} reads {row.shuffled:.0%} {shuffled.phrase} and {row.kept:.0%} {chosen.phrase}"
    interval = f"95 % interval {100 * row.gap_low:.0f} to {100 * row.gap_high:.0f}"
    if pd.isna(row.gap_low):
        told = (
            f"{reads}: {100 * row.gap:.0f} points less, and too few {chosen.resampled} to say how much of it is chance."
        )
    elif row.gap_low > 0:
        told = f"{reads}: {100 * row.gap:.0f} points of that score {chosen.leak} ({interval})."
    else:
        told = f"{reads}: no leak that could be told from chance (a gap of {100 * row.gap:.0f} points, {interval})."
    same = (others[["model", "feature_set", "window_s"]] == [row.model, row.feature_set, row.window_s]).all(axis=1)
    beside = [(find_policy(other.split_policy).phrase, other.kept) for other in others[same].itertuples()]
    return " ".join([told, *(f"{phrase[0].upper()}{phrase[1:]} it reads {kept:.0%}." for phrase, kept in beside)])
