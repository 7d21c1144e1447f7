"""Which tracks the rows of a window length answer for: a file that is shorter than a window has no row of it.

Where windows, or feature sets, don't all have the same tracks, their accuracies are of unlike tracks. So they are
compared on the tracks that all have (`COMMON`), and candidates are ranked by right answers among all tracks: the
accuracy times the share of tracks that are answered at all (`COVERAGE`).
"""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from pipeline.evaluation.samples import Samples
from pipeline.evaluation.tally import Answers
from pipeline.features.means import means_set
from pipeline.splits import find_policy
from pipeline.tables import DIMENSIONS

COVERAGE, COMMON = "coverage", "common_accuracy"
"""Metrics in ``scores``; neither is there where all rows have the same tracks."""

RowsKey = tuple[str, float]
"""Feature set and window [s]."""


def tracks_of(samples: Samples, policy: str) -> np.ndarray:
    """Return the numbers of the tracks that have rows which count under a policy, ascending."""
    return np.unique(samples.rows["track"].to_numpy()[find_policy(policy).counted(samples.rows)])


def coverages(samples: Sequence[Samples], policy: str) -> dict[RowsKey, float]:
    """Return the share of all tracks that have such rows, by feature set, means alone too, and window."""
    tracks = {(each.feature_set, each.window_s): tracks_of(each, policy) for each in samples}
    n = len(np.unique(np.concatenate(list(tracks.values()))))
    shares = {key: len(of) / max(n, 1) for key, of in tracks.items()}
    return {(means_set(name), window_s): share for (name, window_s), share in shares.items()} | shares


def common_tracks(samples: Sequence[Samples], policy: str) -> np.ndarray | None:
    """Return the tracks that all `samples` have rows of; None where they all have the same."""
    distinct = {id(each.rows): each for each in samples}  # a feature set and its means have the same
    of_each = [tracks_of(each, policy) for each in distinct.values()]
    common = of_each[0] if of_each else np.array([], dtype=int)
    for tracks in of_each[1:]:
        common = np.intersect1d(common, tracks)
    return None if all(len(tracks) == len(common) for tracks in of_each) else common


def accuracy_on(tracks: np.ndarray, of_rows: np.ndarray, repeats: Sequence[Answers]) -> tuple[float, int] | None:
    """Return the accuracy of answers about these tracks, and how many of them there are; None where there is none.

    Parameters
    ----------
    tracks : np.ndarray of int
    of_rows : np.ndarray of int
        the track of each row that answers are numbered by
    repeats : sequence of Answers
    """
    right, n, met = 0.0, 0.0, []
    for answers in repeats:
        track = of_rows[answers.rows]
        kept = np.isin(track, tracks)
        right += answers.right[kept].sum()
        n += kept.sum()
        met.append(track[kept])
    return (float(right / n), len(np.unique(np.concatenate(met)))) if n else None


def coverage_rows(
    pooled: Mapping[tuple, Mapping[str, tuple[float, int]]], samples: Mapping[tuple, Samples], repeats: int
) -> pd.DataFrame:
    """Return rows of ``scores`` for candidates that were tested on unlike tracks.

    Parameters
    ----------
    pooled : mapping
        for each candidate (model, feature set, window [s], split policy) what `accuracy_on` says, by level
    samples : mapping
        of each candidate
    repeats : int
    """
    rows: list[dict] = []
    shares: dict[str, dict[RowsKey, float]] = {}
    for key, by_level in pooled.items():
        policy = key[-1]
        if policy not in shares:
            shares[policy] = coverages([each for other, each in samples.items() if other[-1] == policy], policy)
        found = [("track", COVERAGE, shares[policy][key[1:3]], len(tracks_of(samples[key], policy)))]
        found += [(level, COMMON, *common) for level, common in by_level.items()]
        for level, metric, value, n in found:
            named = dict(zip(DIMENSIONS, (*key, "test", level), strict=True))
            rows.append(named | {"metric": metric, "value": value, "n": n, "ci_low": np.nan, "ci_high": np.nan})
    return pd.DataFrame(rows).assign(repeats=repeats)


def read_coverage(scores: pd.DataFrame, policy: str) -> pd.DataFrame:
    """Return what rows of ``scores`` say of coverage: ``feature_set``, ``window_s``, ``coverage``, ``n_tracks``."""
    here = scores[(scores["metric"] == COVERAGE) & (scores["split_policy"] == policy)]
    columns = {"value": "coverage", "n": "n_tracks"}
    found = here.drop_duplicates(["feature_set", "window_s"]).rename(columns=columns)
    return pd.DataFrame(found, columns=["feature_set", "window_s", "coverage", "n_tracks"])


def say_left_out_of(samples: Sequence[Samples]) -> list[str]:
    """Say of which window lengths files were left out that have rows of others, held out or not; a sentence each."""
    every = np.unique(np.concatenate([each.rows["track"].to_numpy() for each in samples]))
    sentences = []
    for window_s in dict.fromkeys(each.window_s for each in samples):
        here = [each for each in samples if each.window_s == window_s]
        tracks = np.unique(np.concatenate([each.rows["track"].to_numpy() for each in here]))
        if len(tracks) == len(every):
            continue
        codes = {code for each in here for code in np.unique(each.y)}
        unknown = [name for code, name in enumerate(here[0].genres) if code not in codes]
        none = f" Of {', '.join(unknown)} there is none." if unknown else ""
        sentences.append(
            f"{window_s:g} s was left out for {len(every) - len(tracks)} of {len(every)} files, "
            f"which have no {window_s:g}-second row.{none}"
        )
    return sentences
