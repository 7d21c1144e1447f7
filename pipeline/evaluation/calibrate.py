"""Votes made chances of being right: a method is fitted, chosen and tested on out-of-fold votes alone.

The methods are `pipeline.models.calibrators`. Each is fitted on four fifths of the groups and gives chances for the
rest, until all have some; these tell its log-loss, calibration error and accuracy. What is kept is fitted on all.
"""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator

from pipeline.evaluation.calibration_error import calibration_error
from pipeline.evaluation.genre_sets import least_chances
from pipeline.evaluation.interval import overall_interval, share_of_one
from pipeline.evaluation.out_of_fold import OutOfFold, deal
from pipeline.evaluation.tally import Answers, count
from pipeline.evaluation.threads import run_in_threads
from pipeline.models import Chance
from pipeline.models.calibrators import CALIBRATORS, doubted
from pipeline.splits import Policy

FEWEST_TRACKS = 50
"""Of fewer tracks or artists nobody can tell whether 80 % is 80 %."""
MOST_LOST = 0.01
"""Of accuracy: a method that costs more is not chosen."""
N_FOLDS = 5
N_BINS = 10
"""Of the reliability curve."""
BEFORE, AFTER = "vote", "chance"


def calibrate(
    answers: OutOfFold, genres: tuple[str, ...], policy: Policy, seed: int, jobs: int = 1
) -> tuple[Chance | None, dict[str, pd.DataFrame]]:
    """Choose and fit what makes chances and sets of a champion's votes.

    Parameters
    ----------
    answers : OutOfFold
    genres : tuple of str [shape=(k,)]
    policy : Policy
        that the groups of `answers` come from
    seed : int
    jobs : int
        threads

    Returns
    -------
    chance : Chance or None
        None where there are fewer groups than `FEWEST_TRACKS`
    tables : mapping of pd.DataFrame
        rows of ``calibration``, ``reliability`` and ``genre_promises``; none without a chance
    """
    if len(np.unique(answers.units)) < FEWEST_TRACKS:
        return None, {}
    given = [(method, answers, seed) for method in CALIBRATORS]
    crossed = dict(zip(CALIBRATORS, run_in_threads(_cross_fit, given, jobs), strict=True))
    methods = pd.DataFrame([_test(method, chances, answers, seed) for method, chances in crossed.items()])
    kept = methods["accuracy"] >= methods["accuracy"].iloc[0] - MOST_LOST
    best = methods["log_loss"].where(kept).idxmin()
    method = methods.loc[best, "method"]
    chances = crossed[method]
    thresholds, n_groups = least_chances(chances, answers.y, answers.units)
    chance = Chance(
        genres=genres,
        calibrator=_fitted(method, answers.votes, answers.y),
        error=float(methods.loc[best, "expected_calibration_error"]),
        n_tracks=answers.n_tracks,
        thresholds=thresholds,
        n_groups=n_groups,
        resampled=policy.resampled,
    )
    shown: Mapping[str, np.ndarray] = {BEFORE: answers.votes, AFTER: chances}
    curve = [reliability(values, answers).assign(of=of) for of, values in shown.items()]
    promises = pd.DataFrame({"genre": genres, "n_groups": n_groups, "least_chance": thresholds})
    return chance, {
        "calibration": methods.assign(chosen=methods.index == best),
        "reliability": pd.concat(curve, ignore_index=True),
        "genre_promises": promises.assign(promised=np.isfinite(thresholds)),
    }


def reliability(chances: np.ndarray, answers: OutOfFold) -> pd.DataFrame:
    """Return how often the most probable genre was right, by how probable it was said to be.

    Returns
    -------
    pd.DataFrame
        a row a bin that is not empty: ``bin_low``, ``bin_high``, ``confidence`` (mean), ``accuracy``, ``ci_low``,
        ``ci_high``, ``n`` (answers); intervals are over groups
    """
    confidence, right = chances.max(axis=1), chances.argmax(axis=1) == answers.y
    bins = np.clip(np.ceil(confidence * N_BINS).astype(int) - 1, 0, N_BINS - 1)
    rows = []
    for place in np.unique(bins):
        inside = bins == place
        codes, names = pd.factorize(answers.units[inside])
        sizes, hits = np.bincount(codes), np.bincount(codes, right[inside])
        n, value = sizes.sum(), hits.sum() / sizes.sum()
        without = (hits.sum() - hits) / np.maximum(n - sizes, 1)
        low, high = overall_interval(float(value), without, share_of_one(sizes)) if len(names) > 1 else (np.nan, np.nan)
        mean = float(confidence[inside].mean())
        rows.append((place / N_BINS, (place + 1) / N_BINS, mean, float(value), low, high, int(n)))
    return pd.DataFrame(rows, columns=["bin_low", "bin_high", "confidence", "accuracy", "ci_low", "ci_high", "n"])


def _cross_fit(method: str, answers: OutOfFold, seed: int) -> np.ndarray:
    folds = deal(answers.units, answers.y, N_FOLDS, seed)
    chances = np.empty_like(answers.votes)
    for fold in np.unique(folds):
        learned = (folds != fold) if fold >= 0 else np.ones(len(folds), dtype=bool)
        calibrator = _fitted(method, answers.votes[learned], answers.y[learned])
        chances[folds == fold] = calibrator.predict_proba(answers.votes[folds == fold])
    return chances


def _fitted(method: str, votes: np.ndarray, y: np.ndarray) -> BaseEstimator:
    return CALIBRATORS[method]().fit(votes, y)


def _test(method: str, chances: np.ndarray, answers: OutOfFold, seed: int) -> dict[str, object]:
    predicted, rows = chances.argmax(axis=1), np.arange(len(answers))
    k = chances.shape[1]
    counted = count([Answers(rows, answers.units, answers.y, predicted, chances.max(axis=1))], k)
    error, (low, high) = calibration_error(counted.gaps, counted.sizes, seed)
    return {
        "method": method,
        "log_loss": float(-np.log(doubted(chances)[rows, answers.y]).mean()),
        "expected_calibration_error": error,
        "ci_low": low,
        "ci_high": high,
        "accuracy": float((predicted == answers.y).mean()),
        "n": answers.n_tracks,
    }
