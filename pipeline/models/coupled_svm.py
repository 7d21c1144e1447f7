"""A support-vector machine whose probabilities come from its margins, by pairwise coupling."""

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.metrics.pairwise import rbf_kernel
from sklearn.svm import SVC
from sklearn.utils import gen_batches
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, validate_data

SLOPE = 4.0
"""Of the sigmoid that makes a margin a probability. Of 2, 3, 4 and 5 it leaves the smallest calibration error, 0.04 and
0.03, on the public GTZAN table and on six-second segments, in folds that keep tracks whole."""

SUREST = 1e-7
"""A pair's probability stays so far from 0 and 1, as in LIBSVM, so that what has to be solved can be."""

FARTHEST = np.log(1 / SUREST - 1) / SLOPE
"""A margin says no more beyond."""

_BLOCK_VALUES = 400_000
"""Classes times classes times rows that are answered at once: 3 MB, which stay in a processor's cache."""
_COMPARED = 512
"""Rows that are compared with all support vectors at once."""


class CoupledSVC(ClassifierMixin, BaseEstimator):
    """A support-vector machine with a radial basis function; the class of its largest probability is its answer.

    One machine a pair of classes (`sklearn.svm.SVC`). The margin of each becomes the probability of one class against
    the other by a sigmoid, the same for all, and those of all pairs become one distribution by the second method of Wu,
    Lin and Weng, "Probability estimates for multi-class classification by pairwise coupling", JMLR 5, 2004. What
    scikit-learn calls decision values of one class against the rest are the pairs' votes: all that they tell is how
    classes are ranked, and they are nearly the same for every song.

    No sigmoid is fitted. Platt's calibration would need folds inside of `fit`, which would tear the segments of a track
    apart.

    Parameters
    ----------
    C, gamma
        as in `sklearn.svm.SVC`

    Attributes
    ----------
    classes_ : np.ndarray [shape=(n_classes,)]
    svc_ : sklearn.svm.SVC
        all pairs' machines
    """

    def __init__(self, C: float = 1.0, gamma: float | str = "scale"):
        self.C = C
        self.gamma = gamma

    def fit(self, X: np.ndarray, y: np.ndarray) -> "CoupledSVC":
        """Fit on rows `X` [shape=(n, p)] of classes `y` [shape=(n,)], two at least."""
        X, y = validate_data(self, X, y, dtype=np.float64)
        check_classification_targets(y)
        self.svc_ = SVC(C=self.C, gamma=self.gamma, decision_function_shape="ovo").fit(X, y)
        self.classes_ = self.svc_.classes_
        return self

    def predict_proba(self, X: np.ndarray) -> np.ndarray:
        """Return probabilities [shape=(n, n_classes)]."""
        check_is_fitted(self)
        X = validate_data(self, X, dtype=np.float64, reset=False)
        machines = _Machines(self.svc_)
        return np.vstack([machines.answer(X[rows]) for rows in gen_batches(len(X), _COMPARED)])

    def predict(self, X: np.ndarray) -> np.ndarray:
        """Return the most probable class of each row [shape=(n,)]."""
        probabilities = self.predict_proba(X)
        return self.classes_[probabilities.argmax(axis=1)]


class _Machines:
    """The machines of all pairs, which share their support vectors: each row is compared with each of these once.

    `sklearn.svm.SVC.decision_function` gives the same, pair by pair and row by row; here they are products of matrices.
    """

    def __init__(self, svc: SVC):
        k = len(svc.classes_)
        sign = -1 if k == 2 else 1  # scikit-learn turns that of a single pair
        ends = np.cumsum(svc.n_support_)
        self.vectors, self.gamma = svc.support_vectors_, svc._gamma
        self.of_class = [slice(end - n, end) for end, n in zip(ends, svc.n_support_, strict=True)]
        coefficients = (sign * svc.dual_coef_[:, own].T for own in self.of_class)
        self.against = [np.insert(of_class, place, 0, axis=1).copy() for place, of_class in enumerate(coefficients)]
        self.intercepts = sign * svc.intercept_

    def answer(self, X: np.ndarray) -> np.ndarray:
        """Return probabilities [shape=(n, k)]."""
        from pipeline.models.coupling import couple, margins_of_pairs  # numba takes a second, once

        k = len(self.of_class)
        alike = rbf_kernel(X, self.vectors, gamma=self.gamma)
        answers = []
        for rows in gen_batches(len(X), max(_BLOCK_VALUES // k**2, 1)):
            odds = margins_of_pairs(self._sums(alike[rows]), self.intercepts)
            odds *= -SLOPE
            np.clip(odds, -SLOPE * FARTHEST, SLOPE * FARTHEST, out=odds)
            answers.append(couple(np.exp(odds, out=odds), k))
        return np.vstack(answers)

    def _sums(self, alike: np.ndarray) -> np.ndarray:
        """Return what the support vectors of a class say against each other class [shape=(n, k, k)].

        Parameters
        ----------
        alike : np.ndarray [shape=(n, n_vectors)]
            of the rows and support vectors
        """
        k = len(self.of_class)
        sums = np.empty((len(alike), k, k))
        for place, own in enumerate(self.of_class):
            np.matmul(alike[:, own], self.against[place], out=sums[:, place])
        return sums
