"""The leak gap: what a model reads more where rows are shuffled than under an honest policy, with its interval.

It is told of single rows alone. There both policies ask the same of a model, a row it has not learned from. Of whole
tracks they don't: shuffled, a track votes with the quarter of its rows that are tested, and with all of them where it
is kept whole; what more voters add would pass for a leak below nothing, and a model that always gives the same answer
would have one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from pipeline.evaluation.interval import NO_BOUNDS, paired_interval, share_of_one
from pipeline.evaluation.samples import Samples
from pipeline.evaluation.tally import Answers
from pipeline.splits import find_policy

LEAK_GAP = "leak_gap"
"""The metric's name in ``scores``, filed under the honest policy."""
MANY_COPIES = 0.1
"""Where so large a part of the rows are copies of other tracks, tearing these is a leak of its own."""
_CANDIDATE = ["model", "feature_set", "window_s"]


@dataclass(frozen=True)
class Gap:
    """A difference of two accuracies on rows.

    Attributes
    ----------
    value : float
        accuracy with rows shuffled minus that under the honest policy
    ci_low, ci_high : float
        95 % interval; missing where groups are too few, or nothing was tested
    tested : bool
        whether the two policies differ in more than copies of a track: where each track is one row they may not
    """

    value: float
    ci_low: float
    ci_high: float
    tested: bool


@dataclass(frozen=True)
class AnsweredRows:
    """How many answers to rows of each track were right, over all repeats.

    Attributes
    ----------
    samples : Samples
        whose rows were tested, before the policy left any out
    right, n : np.ndarray [shape=(n_tracks,)]
        by ``track``
    """

    samples: Samples
    right: np.ndarray
    n: np.ndarray


def rows_by_track(samples: Samples, policy: str, repeats: Sequence[Answers]) -> AnsweredRows:
    """Sum answers at the level of segments by track."""
    track = samples.rows["track"].to_numpy()[find_policy(policy).counted(samples.rows)]
    size = int(samples.rows["track"].max()) + 1
    right, n = np.zeros(size), np.zeros(size)
    for answers in repeats:
        right += np.bincount(track[answers.rows], answers.right, size)
        n += np.bincount(track[answers.rows], minlength=size)
    return AnsweredRows(samples, right, n)


def measure_gap(shuffled: AnsweredRows, kept: AnsweredRows, policy: str) -> Gap:
    """Return the gap between the scores of a model under the policy that `policy` is compared with, and under it.

    Both are of the same groups, those that intervals are over under `policy`, so the two are paired: the interval is
    that of the difference of two ratios over groups, by what each group adds to it.

    Parameters
    ----------
    shuffled, kept : AnsweredRows
        of the same rows
    policy : str
        the honest one
    """
    chosen, rows = find_policy(policy), kept.samples.rows
    if tears_copies_alone(rows, policy):
        return Gap(0.0, *NO_BOUNDS, tested=False)
    rates = [tested.right.sum() / max(tested.n.sum(), 1) for tested in (shuffled, kept)]
    difference = float(rates[0] - rates[1])
    adds = sum(
        sign * (tested.right - rate * tested.n) / max(tested.n.sum(), 1)
        for sign, tested, rate in zip((1, -1), (shuffled, kept), rates, strict=True)
    )
    tracks, first = np.unique(rows["track"].to_numpy(), return_index=True)
    groups = pd.factorize(chosen.units(rows)[first])[0]
    sizes = np.bincount(groups, (shuffled.n + kept.n)[tracks])
    influence = np.bincount(groups, adds[tracks])[sizes > 0]
    return Gap(difference, *paired_interval(difference, influence, share_of_one(sizes)), tested=True)


def read_gaps(scores: pd.DataFrame) -> pd.DataFrame:
    """Return the gaps that rows of ``scores`` tell of, as `gap_rows` gave them.

    Returns
    -------
    pd.DataFrame
        ``model``, ``feature_set``, ``window_s``, ``split_policy``, ``gap``, ``gap_low``, ``gap_high``; of a pair of
        scores without a row here the two splits are the same, and nothing was tested
    """
    found = scores.loc[scores["metric"] == LEAK_GAP, [*_CANDIDATE, "split_policy", "value", "ci_low", "ci_high"]]
    return found.rename(columns={"value": "gap", "ci_low": "gap_low", "ci_high": "gap_high"})


def tears_copies_alone(rows: pd.DataFrame, policy: str) -> bool:
    """Tell whether shuffling tears nothing that a policy keeps whole, but for a few copies of tracks.

    So it is where each track is one row, and the policy keeps nothing larger whole. Then a gap says nothing of a leak.
    """
    chosen = find_policy(policy)
    kept, tracks = (pd.factorize(each)[0] for each in (chosen.groups(rows), rows["group"]))
    n_copies = len(rows) - len(np.unique(tracks))
    is_same = chosen.drawn and rows["track"].is_unique and np.array_equal(kept, tracks)
    return is_same and n_copies < MANY_COPIES * len(rows)


def gap_rows(tested: Mapping[tuple, AnsweredRows]) -> pd.DataFrame:
    """Return the gaps of all candidates that were scored under an honest policy and the one that it is compared with.

    Parameters
    ----------
    tested : mapping
        by model, feature set, window [s] and split policy

    Returns
    -------
    pd.DataFrame
        the columns that name a candidate, ``metric``, ``value``, ``ci_low`` and ``ci_high``; no row where a
        gap says nothing
    """
    found = []
    for (*candidate, policy), kept in tested.items():
        chosen = find_policy(policy)
        shuffled = tested.get((*candidate, chosen.compared_with))
        if not chosen.honest or shuffled is None:
            continue
        gap = measure_gap(shuffled, kept, policy)
        if gap.tested:
            found.append((*candidate, policy, LEAK_GAP, gap.value, gap.ci_low, gap.ci_high))
    return pd.DataFrame(found, columns=[*_CANDIDATE, "split_policy", "metric", "value", "ci_low", "ci_high"])
