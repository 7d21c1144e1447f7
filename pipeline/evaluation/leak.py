"""How much of a score with rows shuffled is gone under an honest policy, in numbers and in sentences."""

import pandas as pd

from pipeline.evaluation.gap import read_gaps
from pipeline.features.set_words import title_set
from pipeline.models import display_name
from pipeline.printable import count
from pipeline.splits import find_policy, holdout_policy, in_order

KEYS = ["model", "feature_set", "window_s"]


def leak_gaps(scores: pd.DataFrame) -> pd.DataFrame:
    """Return how much of each shuffled test accuracy on rows is gone under every honest policy there are scores of.

    At level ``segment`` alone: shuffled, a whole track votes with a part of its segments, so that its scores are of
    unlike votes.

    Parameters
    ----------
    scores : pd.DataFrame
        rows of ``scores``

    Returns
    -------
    pd.DataFrame
        ``KEYS``; ``split_policy``; ``shuffled`` and ``kept``; their difference ``gap``, with its 95 % interval
        ``gap_low`` and ``gap_high``, as `measure_gap` measured it; ``tested``: whether it was, which it is where the
        two splits differ by more than copies of tracks; ``one_row``: whether each track has one row

    Raises
    ------
    InputError
        where a policy is unknown
    """
    accuracies = scores[(scores["metric"] == "accuracy") & (scores["subset"] == "test")]
    rows, tracks = (accuracies[accuracies["level"] == level] for level in ("segment", "track"))
    n_tracks = tracks.drop_duplicates([*KEYS, "split_policy"])
    found = []
    for policy in (policy for policy in in_order(rows["split_policy"]) if policy.honest):
        shuffled = rows.loc[rows["split_policy"] == policy.compared_with, [*KEYS, "value"]]
        kept = rows.loc[rows["split_policy"] == policy.name, [*KEYS, "value", "n"]]
        both = shuffled.merge(kept, on=KEYS, suffixes=("_shuffled", "_kept")).assign(split_policy=policy.name)
        found.append(both.rename(columns={"value_shuffled": "shuffled", "value_kept": "kept"}))
    columns = [*KEYS, "shuffled", "kept", "n", "split_policy"]
    pairs = pd.concat(found, ignore_index=True) if found else pd.DataFrame(columns=columns).astype({"window_s": float})
    gaps = pairs.merge(read_gaps(scores), on=[*KEYS, "split_policy"], how="left")
    of_tracks = gaps[[*KEYS, "split_policy"]].merge(n_tracks, on=[*KEYS, "split_policy"], how="left")["n"]
    return gaps.assign(tested=gaps["gap"].notna(), one_row=of_tracks.eq(gaps["n"]).to_numpy())


def leak_sentences(scores: pd.DataFrame, policy: str, feature_set: str, *, shares_artists: bool = False) -> list[str]:
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
    shares_artists : bool
        whether artists are known to be on both sides under that policy, which no gap between the two can show
    """
    gaps = leak_gaps(scores[scores["feature_set"] == feature_set])
    read = gaps[gaps["split_policy"] == holdout_policy(policy)]
    ranked = read.sort_values(["window_s", "shuffled"], ascending=False, kind="stable").drop_duplicates("window_s")
    others = gaps[(gaps["split_policy"] != holdout_policy(policy)) & gaps["tested"]]
    return [_leak_sentence(row, others, shares_artists=shares_artists) for row in ranked.itertuples()]


def _leak_sentence(row, others: pd.DataFrame, *, shares_artists: bool) -> str:
    chosen = find_policy(row.split_policy)
    shuffled = find_policy(chosen.compared_with)
    named = (
        f"Of the models compared on {title_set(row.feature_set)}, {display_name(row.model)} on "
        f"{row.window_s:g}-second rows"
    )
    gap = row.gap if row.tested else row.shuffled - row.kept
    adds_up = round(100 * row.shuffled) - round(100 * row.kept) == round(100 * gap)
    digits = 0 if adds_up else 1  # where rounded shares would give another difference than the one that is told
    highest = f"{named} scores highest {shuffled.phrase}"
    reads = f"{highest}, {row.shuffled:.{digits}%}, and gets {row.kept:.{digits}%} {chosen.phrase}"
    is_same = row.one_row and chosen.drawn and not chosen.keeps_artists  # but for copies
    if not row.tested and not is_same and row.shuffled != row.kept:  # a run of before gaps were measured
        return f"{reads}. How sure the difference is was not measured: `genrelab run --from compare` does."
    if not row.tested:
        return (
            f"{highest}, {row.shuffled:.0%}. How much of that is a leak was not tested: each of the "
            f"{chosen.resampled} is one row, so that {shuffled.label} and {chosen.label} are the same split"
            f"{'' if row.shuffled == row.kept else ', but for copies of a track'}."
        )
    interval = f"95 % interval {100 * row.gap_low:z.0f} to {100 * row.gap_high:z.0f}"
    if pd.isna(row.gap_low):
        sentence = f"{reads}: {_points(row.gap)} less, and too few {chosen.resampled} to say how much of it is chance."
    elif row.gap_low > 0:
        leak = chosen.leak
        if round(100 * row.gap) == 1:
            leak = leak.replace("are ", "is ", 1).replace("don't ", "doesn't ", 1)
        sentence = f"{reads}: {_points(row.gap)} of that score {leak} ({interval})."
    else:
        but = ", but artists are on both sides, and what that adds does not show here" if shares_artists else ""
        sentence = f"{reads}: no leak that could be told from chance (a gap of {_points(row.gap)}, {interval}){but}."
    same = (others[["model", "feature_set", "window_s"]] == [row.model, row.feature_set, row.window_s]).all(axis=1)
    beside = [(find_policy(other.split_policy).phrase, other.kept) for other in others[same].itertuples()]
    return " ".join([sentence, *(f"{phrase[0].upper()}{phrase[1:]} it gets {kept:.0%}." for phrase, kept in beside)])


def _points(share: float) -> str:
    return count(round(100 * share), "point")
