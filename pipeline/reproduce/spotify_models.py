"""The published way with the Spotify table: its models by the defaults of then, and its splits."""

import numpy as np
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import GradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import ShuffleSplit, train_test_split
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.svm import SVC

from pipeline.evaluation import Samples
from pipeline.models import build
from pipeline.reproduce.bench import Bench
from pipeline.reproduce.protocols import Splits, cross_validated, without_scaling
from pipeline.reproduce.samme_r import SammeR

OWN_SEED = 42
"""The seed that the published code splits by."""

TEST_SHARE = 0.2
N_SPLITS, N_SPLITS_OF_SLOW = 20, 5


def as_published(model: str, seed: int) -> Pipeline:
    """Return a model as the published code has it: by the defaults of then, on features without scale.

    That code does fit a scaler, and then goes on with the features as they were.
    """
    defaults = {
        "dummy_stratified": DummyClassifier(strategy="stratified", random_state=seed),
        "adaboost": SammeR(random_state=seed),
        "gradient_boosting": GradientBoostingClassifier(random_state=seed),
        "logistic_regression": LogisticRegression(max_iter=100),
        "svm_rbf": SVC(),
    }
    return make_pipeline(defaults[model]) if model in defaults else without_scaling(build(model, seed))


def split_like_it(estimator: Pipeline, samples: Samples, bench: Bench, n_splits: int = 0) -> Splits:
    """Score an estimator on 80/20 splits at random, not stratified; the first is the published one."""
    slow = isinstance(estimator[-1], GradientBoostingClassifier)
    n_splits = n_splits or (N_SPLITS_OF_SLOW if slow else N_SPLITS)
    return cross_validated(
        estimator, samples, ShuffleSplit(n_splits, test_size=TEST_SHARE, random_state=OWN_SEED), bench
    )


def own_split(samples: Samples) -> tuple[np.ndarray, np.ndarray]:
    """Return the row numbers of the published split, to train and to test on."""
    return train_test_split(np.arange(len(samples)), test_size=TEST_SHARE, random_state=OWN_SEED)
