"""AdaBoost as scikit-learn ran it by default until version 1.6, which the published figure was made with."""

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.tree import DecisionTreeClassifier
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, validate_data


class SammeR(ClassifierMixin, BaseEstimator):
    """AdaBoost over stumps that vote by their probabilities: SAMME.R (Zhu, Zou, Rosset and Hastie 2009).

    Parameters
    ----------
    n_estimators : int
    random_state : int or None
        of the stumps
    """

    def __init__(self, n_estimators: int = 50, random_state: int | None = None):
        self.n_estimators = n_estimators
        self.random_state = random_state

    def fit(self, X: np.ndarray, y: np.ndarray) -> "SammeR":
        """Fit the stumps one after the other, each on rows weighted by what the last one was unsure of."""
        X, y = validate_data(self, X, y)
        check_classification_targets(y)
        self.classes_, codes = np.unique(y, return_inverse=True)
        k = len(self.classes_)
        coded = np.where(codes[:, None] == np.arange(k), 1.0, -1.0 / max(k - 1, 1))
        weights = np.full(len(y), 1 / len(y))
        self.stumps_ = []
        for _ in range(self.n_estimators):
            stump = DecisionTreeClassifier(max_depth=1, random_state=self.random_state)
            self.stumps_.append(stump.fit(X, codes, sample_weight=weights))
            unsure = -(k - 1) / k * (coded * _log_probabilities(stump, X)).sum(axis=1)
            weights = weights * np.exp(unsure)
            weights /= weights.sum()
        return self

    def predict(self, X: np.ndarray) -> np.ndarray:
        """Return the class with the largest sum of votes."""
        check_is_fitted(self)
        X = validate_data(self, X, reset=False)
        votes = [_log_probabilities(stump, X, centred=True) for stump in self.stumps_]
        return self.classes_[np.sum(votes, axis=0).argmax(axis=1)]


def _log_probabilities(stump: DecisionTreeClassifier, X: np.ndarray, *, centred: bool = False) -> np.ndarray:
    logs = np.log(np.clip(stump.predict_proba(X), np.finfo(float).eps, None))
    return logs - logs.mean(axis=1, keepdims=True) if centred else logs
