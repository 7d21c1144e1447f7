"""AdaBoost with the probabilities of the paper that it comes from."""

import numpy as np
from scipy.special import softmax
from sklearn.ensemble import AdaBoostClassifier


class BoostedStumps(AdaBoostClassifier):
    """AdaBoost for many classes (SAMME), whose probabilities are those of Zhu, Zou, Rosset and Hastie 2009.

    With K classes and a stump's weight a, its vote counts a for its class and -a / (K - 1) for each other one. The
    paper's probability is the softmax of (K - 1) / K times the sum. scikit-learn divides the sum by all weights and by
    K - 1: with ten genres every song is then "10 %" of its genre. The order of the classes is the same.

    Parameters
    ----------
    n_estimators, learning_rate, random_state
        as in `sklearn.ensemble.AdaBoostClassifier`
    """

    def __init__(self, n_estimators: int = 50, learning_rate: float = 1.0, random_state: int | None = None):
        super().__init__(n_estimators=n_estimators, learning_rate=learning_rate, random_state=random_state)

    def predict_proba(self, X: np.ndarray) -> np.ndarray:
        """Return probabilities [shape=(n, n_classes)]."""
        votes, k = self.decision_function(X), self.n_classes_
        if k == 2:  # the sum of both classes' votes, the first one's with its sign turned
            votes = np.column_stack([-votes, votes]) / 2
        return softmax(votes * self.estimator_weights_.sum() * (k - 1) / k, axis=1)
