"""The published protocols and the honest one, each giving accuracies that stand beside one another."""

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from joblib import parallel_config
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import BaseCrossValidator, BaseShuffleSplit, StratifiedKFold, cross_validate
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler
from threadpoolctl import threadpool_limits

from pipeline.evaluation import Candidate, Samples, evaluate
from pipeline.random_streams import seed_of
from pipeline.reproduce.bench import Bench


@dataclass(frozen=True)
class Splits:
    """Accuracies on the test rows of several splits."""

    tested: np.ndarray

    def as_same_way(self) -> dict[str, Any]:
        """Return mean, least and greatest, by their names in a `Reproduced`; a single split has no spread."""
        several = len(self.tested) > 1
        return {
            "same_way": float(self.tested.mean()),
            "same_low": float(self.tested.min()) if several else np.nan,
            "same_high": float(self.tested.max()) if several else np.nan,
        }


def shuffled_folds(estimator: Pipeline, samples: Samples, n_folds: int, bench: Bench) -> Splits:
    """Cross-validate on shuffled rows, whichever track they are of."""
    return cross_validated(
        estimator,
        samples,
        StratifiedKFold(n_folds, shuffle=True, random_state=seed_of("published folds", bench.seed)),
        bench,
    )


def cross_validated(
    estimator: Pipeline,
    samples: Samples,
    splitter: BaseCrossValidator | BaseShuffleSplit | Sequence[tuple[np.ndarray, np.ndarray]],
    bench: Bench,
) -> Splits:
    """Score an estimator on the splits of any scikit-learn splitter, or on those given: rows to learn from, to test on.

    That a published model stops before it has converged is a part of the figure, not worth a warning.
    """
    with warnings.catch_warnings(), threadpool_limits(1), parallel_config("threading", n_jobs=bench.jobs):
        warnings.simplefilter("ignore", ConvergenceWarning)
        found = cross_validate(estimator, samples.X, samples.y, cv=splitter)
    return Splits(found["test_score"])


def without_scaling(estimator: Pipeline) -> Pipeline:
    """Return the same pipeline on features as they are."""
    return Pipeline([(name, step) for name, step in estimator.steps if not isinstance(step, StandardScaler)])


def honest_scores(samples: Samples, models: Sequence[str], policy: str, bench: Bench) -> pd.DataFrame:
    """Score models by the project's own protocol, at the level of single rows.

    Returns
    -------
    pd.DataFrame
        one row a model and subset, as index: ``honest, ci_low, ci_high, honest_policy``, by their names in a
        `Reproduced`
    """
    candidates = [Candidate(model, samples, policy) for model in models]
    scores = evaluate(candidates, repeats=bench.repeats, seed=bench.seed, jobs=bench.jobs).scores
    wanted = scores[(scores["metric"] == "accuracy") & (scores["level"] == "segment")]
    named = wanted.rename(columns={"value": "honest", "split_policy": "honest_policy"})
    return named.set_index(["model", "subset"])[["honest", "ci_low", "ci_high", "honest_policy"]]
