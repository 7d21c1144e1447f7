"""The better half of the features, and scikit-learn's checks of an estimator."""

import numpy as np
from sklearn.ensemble import RandomForestClassifier
from sklearn.feature_selection import SelectFromModel
from sklearn.utils.estimator_checks import parametrize_with_checks

from pipeline.models.better_half import N_TREES, BetterHalf


@parametrize_with_checks([BetterHalf(random_state=0)])
def test_it_is_an_estimator_as_scikit_learn_wants_it(estimator, check):
    check(estimator)


def test_it_keeps_what_scikit_learn_would_and_nothing_of_the_forest():
    rng = np.random.default_rng(0)
    y = np.arange(90) % 3
    X = rng.normal(size=(90, 9)) + y[:, None] * rng.random(9)
    kept = BetterHalf(random_state=5).fit(X, y)
    theirs = SelectFromModel(RandomForestClassifier(N_TREES, random_state=5), threshold="median").fit(X, y)
    np.testing.assert_array_equal(kept.get_support(), theirs.get_support())
    assert all(np.size(value) <= 9 for value in vars(kept).values())
