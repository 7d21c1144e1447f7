"""AdaBoost as it was."""

import numpy as np
from sklearn.datasets import make_blobs
from sklearn.utils.estimator_checks import parametrize_with_checks

from pipeline.reproduce.samme_r import SammeR


@parametrize_with_checks([SammeR(n_estimators=5, random_state=0)])
def test_it_is_a_scikit_learn_classifier(estimator, check):
    check(estimator)


def test_it_learns_what_stumps_can_learn():
    X, y = make_blobs(300, centers=3, cluster_std=0.5, random_state=0)
    assert SammeR(random_state=0).fit(X, y).score(X, y) > 0.95


def test_more_stumps_learn_a_border_that_one_cannot():
    X = np.random.default_rng(0).uniform(-1, 1, size=(400, 2))
    y = (np.abs(X).max(axis=1) < 0.6).astype(int)
    assert SammeR(1, random_state=0).fit(X, y).score(X, y) < 0.8
    assert SammeR(50, random_state=0).fit(X, y).score(X, y) > 0.9
