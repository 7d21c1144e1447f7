"""Fit and predict under a split policy, over several seeds; count what comes out."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from joblib import Parallel, delayed
from sklearn.pipeline import Pipeline
from threadpoolctl import threadpool_limits

from pipeline.errors import InputError
from pipeline.evaluation.samples import Samples
from pipeline.evaluation.tally import Tally, class_report, confusion_rows, score, tally
from pipeline.models import build
from pipeline.splits import find_policy, split_rows

DIMENSIONS = ["model", "feature_set", "window_s", "split_policy", "subset", "level"]


@dataclass(frozen=True)
class Candidate:
    """One model on one set of rows under one split policy."""

    model: str
    samples: Samples = field(repr=False)
    policy: str


@dataclass(frozen=True)
class Evaluation:
    """Tidy results of candidates; each table's rows are named by ``DIMENSIONS``."""

    scores: pd.DataFrame
    class_report: pd.DataFrame
    confusion: pd.DataFrame


@dataclass(frozen=True)
class Predictions:
    """Predicted rows of one subset at one level.

    Attributes
    ----------
    rows, groups : np.ndarray [shape=(n,), dtype=int]
        which row (at level ``track``: which track), and the group it belongs to
    actual : np.ndarray [shape=(n,), dtype=int]
    probabilities : np.ndarray [shape=(n, k)]
    """

    rows: np.ndarray
    groups: np.ndarray
    actual: np.ndarray
    probabilities: np.ndarray

    @property
    def predicted(self) -> np.ndarray:
        """The most probable genre of each row."""
        return self.probabilities.argmax(axis=1)


def evaluate(candidates: Sequence[Candidate], *, repeats: int, seed: int, jobs: int) -> Evaluation:
    """Evaluate candidates: 75/25 splits over `repeats` seeds, at the level of segments and of tracks.

    Parameters
    ----------
    candidates : sequence of Candidate
    repeats : int
    seed : int
        of splits and models; each repeat splits anew
    jobs : int
        threads; the estimators spend their time outside the interpreter's lock

    Returns
    -------
    Evaluation
        confusions and reports of the test subset only

    Raises
    ------
    InputError
        where `repeats` or `seed` are out of range, or a model or policy is unknown
    """
    if repeats < 1 or seed < 0:
        raise InputError(f"repeats {repeats} must be at least 1, and seed {seed} at least 0")
    parallel = Parallel(n_jobs=jobs, backend="threading", return_as="generator")
    scores, reports, confusions = [], [], []
    with threadpool_limits(1):
        fits = parallel(
            delayed(_fit_and_predict)(candidate, seed, repeat) for candidate in candidates for repeat in range(repeats)
        )
        for candidate in candidates:
            pooled = _pool([next(fits) for _ in range(repeats)], len(candidate.samples.genres))
            for (subset, level), counted in pooled.items():
                names = _names(candidate, subset, level)
                scores.append(score(counted, seed).assign(**names, repeats=repeats))
                if subset == "test":
                    confusion = counted.confusion()
                    reports.append(class_report(confusion, candidate.samples.genres).assign(**names))
                    confusions.append(confusion_rows(confusion, candidate.samples.genres).assign(**names))
    return Evaluation(_tidy(scores), _tidy(reports), _tidy(confusions))


def fit(model: str, samples: Samples, seed: int) -> Pipeline:
    """Fit a model on all rows of `samples`."""
    return build(model, seed).fit(samples.X, samples.y)


def predict(estimator: Pipeline, samples: Samples, rows: np.ndarray) -> dict[str, Predictions]:
    """Predict rows, at the level of segments and, by the mean of a track's probabilities, of tracks.

    Parameters
    ----------
    estimator : fitted Pipeline
    samples : Samples
    rows : np.ndarray of int
        which rows of `samples`

    Returns
    -------
    dict
        ``segment`` and ``track``
    """
    k = len(samples.genres)
    probabilities = np.zeros((len(rows), k))
    probabilities[:, estimator.classes_] = estimator.predict_proba(samples.X[rows])
    groups = samples.rows[samples.unit].to_numpy()[rows]
    tracks, first, code = np.unique(samples.rows["track"].to_numpy()[rows], return_index=True, return_inverse=True)
    summed = np.zeros((len(tracks), k))
    np.add.at(summed, code, probabilities)
    return {
        "segment": Predictions(rows, groups, samples.y[rows], probabilities),
        "track": Predictions(tracks, groups[first], samples.y[rows[first]], summed / np.bincount(code)[:, None]),
    }


def _fit_and_predict(candidate: Candidate, seed: int, repeat: int) -> list[tuple[str, str, Predictions]]:
    samples = candidate.samples.under(candidate.policy)
    train, test = split_rows(candidate.policy, samples.rows, samples.y, seed=seed, repeat=repeat)
    seed_of_model = seed if find_policy(candidate.policy).drawn else seed + repeat
    estimator = fit(candidate.model, samples.where(train), seed_of_model)
    return [
        (subset, level, predictions)
        for subset, rows in (("train", train), ("test", test))
        if len(rows)
        for level, predictions in predict(estimator, samples, rows).items()
    ]


def _pool(repeats: list[list[tuple[str, str, Predictions]]], k: int) -> dict[tuple[str, str], Tally]:
    gathered: dict[tuple[str, str], list[Predictions]] = {}
    for outcome in repeats:
        for subset, level, predictions in outcome:
            gathered.setdefault((subset, level), []).append(predictions)
    return {key: count(parts, k) for key, parts in gathered.items()}


def count(parts: Sequence[Predictions], k: int) -> Tally:
    """Count predictions of `k` genres, pooled over `parts`."""
    columns = ("rows", "groups", "actual", "predicted")
    return tally(*(np.concatenate([getattr(part, name) for part in parts]) for name in columns), k)


def _names(candidate: Candidate, subset: str, level: str) -> dict[str, str | float]:
    return {
        "model": candidate.model,
        "feature_set": candidate.samples.feature_set,
        "window_s": candidate.samples.window_s,
        "split_policy": candidate.policy,
        "subset": subset,
        "level": level,
    }


def _tidy(frames: list[pd.DataFrame]) -> pd.DataFrame:
    frame = pd.concat(frames, ignore_index=True)
    return frame[DIMENSIONS + [name for name in frame.columns if name not in DIMENSIONS]]


def plan(samples: Sequence[Samples], models: Sequence[str], policies: Sequence[str]) -> list[Candidate]:
    """Return every model on every window under every policy: on all features and, where told apart, on means only.

    A dummy looks at no feature, so it comes once.
    """
    candidates = []
    for chosen in samples:
        means = chosen.means_only()
        for policy in policies:
            for model in models:
                candidates.append(Candidate(model, chosen, policy))
                if means is not None and not model.startswith("dummy"):
                    candidates.append(Candidate(model, means, policy))
    return candidates
