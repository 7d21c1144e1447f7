import dataclasses

import numpy as np
import pytest
from sklearn.inspection import permutation_importance

from pipeline.evaluation import rank_features
from pipeline.evaluation.importance import permutation_losses
from pipeline.models import build


def test_the_feature_that_decides_ranks_first_by_both_methods_and_noise_last(samples):
    X = samples.X.copy()
    X[:, 2] = samples.y * 10.0 + np.random.default_rng(0).normal(size=len(samples))
    ranked = rank_features(dataclasses.replace(samples, values=X), "track", seed=0, jobs=1)
    assert set(ranked["method"]) == {"impurity", "permutation"}
    assert len(ranked) == 2 * len(samples.features)
    for _, rows in ranked.groupby("method"):
        assert rows.set_index("rank").loc[1, "feature"] == samples.features[2]
        assert sorted(rows["rank"]) == list(range(1, len(samples.features) + 1))


def test_losses_by_permutation_are_those_of_scikit_learn_but_for_the_dice_and_equal_on_any_threads(samples):
    X, y = samples.X, samples.y
    model = build("logistic_regression", 0).fit(X, y)
    ours = permutation_losses(model, X, y, seed=0, jobs=1)
    theirs = permutation_importance(model, X, y, n_repeats=50, random_state=0)
    assert ours.shape == (X.shape[1], 5)
    assert ours.mean(axis=1) == pytest.approx(theirs.importances_mean, abs=0.03)
    assert theirs.importances_mean.max() > 0.1
    np.testing.assert_array_equal(permutation_losses(model, X, y, seed=0, jobs=2), ours)
    assert not np.array_equal(permutation_losses(model, X, y, seed=1, jobs=1), ours)
