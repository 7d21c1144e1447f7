"""AdaBoost's probabilities, by the words of the paper, and scikit-learn's checks of an estimator."""

import numpy as np
import pytest
from scipy.special import softmax
from sklearn.utils.estimator_checks import parametrize_with_checks

from pipeline.models.boosted_stumps import BoostedStumps


@pytest.mark.filterwarnings(
    "ignore:divide by zero encountered in log:RuntimeWarning"
)  # scikit-learn's, of weights of 0
@parametrize_with_checks([BoostedStumps(n_estimators=5)])
def test_it_is_an_estimator_as_scikit_learn_wants_it(estimator, check):
    check(estimator)


@pytest.mark.parametrize("k", [2, 3, 6])
def test_probabilities_are_those_of_zhu_et_al(k):
    rng = np.random.default_rng(k)
    y = np.arange(40 * k) % k
    X = rng.normal(size=(len(y), 4)) + y[:, None]
    fitted = BoostedStumps(random_state=0).fit(X, y)
    f = np.zeros((len(X), k))
    for stump, weight in zip(fitted.estimators_, fitted.estimator_weights_, strict=False):
        g = np.where(stump.predict(X)[:, None] == fitted.classes_, 1, -1 / (k - 1))
        f += (k - 1) ** 2 / k * weight * g
    np.testing.assert_allclose(fitted.predict_proba(X), softmax(f / (k - 1), axis=1))
