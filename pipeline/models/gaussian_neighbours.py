"""Nearest neighbours among Gaussians: the symmetrised Kullback-Leibler divergence as two matrix products."""

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, validate_data

from pipeline.models.registry import KERNEL_ROWS, ZooEntry

N_NEIGHBOURS = 5
LEAST_VARIANCE = 1e-4
"""Share of the largest variance of a Gaussian that its smallest is lifted to."""

_BLOCK = 1024


class KLNeighborsClassifier(ClassifierMixin, BaseEstimator):
    """The vote of the nearest Gaussians, near by the symmetrised Kullback-Leibler divergence.

    After Mandel and Ellis, "Song-level features and support vector machines for music classification", ISMIR 2005. For
    Gaussians of means m, n and covariances S, T in d dimensions it is

        1/2 tr(S^-1 T + T^-1 S) - d + 1/2 (m - n)' (S^-1 + T^-1) (m - n)

    Each of the two directions is linear in what belongs to one Gaussian once the other is fixed, so that all distances
    of a block of rows are two matrix products. Fitting inverts one small matrix a row; predicting costs
    n_rows × n_fitted × d².

    Parameters
    ----------
    n_neighbors : int
        of two that are equally near the one fitted first counts; all rows where there are fewer
    least_variance : float
        a covariance's eigenvalues are lifted to this share of its largest one, so that each can be inverted, and those
        of silence (all zero) to this share of 1
    """

    def __init__(self, n_neighbors: int = N_NEIGHBOURS, least_variance: float = LEAST_VARIANCE):
        self.n_neighbors = n_neighbors
        self.least_variance = least_variance

    def fit(self, X: np.ndarray, y: np.ndarray) -> "KLNeighborsClassifier":
        """Keep the Gaussians.

        Parameters
        ----------
        X : np.ndarray [shape=(n, d + d (d + 1) / 2)]
            means, then the upper triangles of covariances, row by row
        y : np.ndarray [shape=(n,)]

        Raises
        ------
        ValueError
            where the number of columns is no such sum, or an argument is out of range
        """
        X, y = validate_data(self, X, y, dtype=np.float64)
        check_classification_targets(y)
        if self.n_neighbors < 1 or not 0 < self.least_variance <= 1:
            raise ValueError(
                f"n_neighbors={self.n_neighbors} must be at least 1, least_variance={self.least_variance} in (0, 1]"
            )
        self.classes_, self._codes = np.unique(y, return_inverse=True)
        means, covariances = self._unpack(X)
        self._centre = means.mean(axis=0)  # the divergence does not depend on where zero is, its rounding does
        self._inner, self._outer = self._factors(means, covariances)
        return self

    def predict_proba(self, X: np.ndarray) -> np.ndarray:
        """Return each class's share of the nearest neighbours [shape=(n, n_classes)]."""
        check_is_fitted(self)
        X = validate_data(self, X, dtype=np.float64, reset=False)
        k = min(self.n_neighbors, len(self._codes))
        votes = np.zeros((len(X), len(self.classes_)))
        for start in range(0, len(X), _BLOCK):
            nearest = np.argsort(self.distances(X[start : start + _BLOCK]), axis=1, kind="stable")[:, :k]
            rows = np.arange(start, start + len(nearest))
            np.add.at(votes, (rows[:, None], self._codes[nearest]), 1 / k)
        return votes

    def predict(self, X: np.ndarray) -> np.ndarray:
        """Return the commonest class among the neighbours; of two equally common ones, the first of ``classes_``."""
        probabilities = self.predict_proba(X)
        return self.classes_[probabilities.argmax(axis=1)]

    def distances(self, X: np.ndarray) -> np.ndarray:
        """Return the divergence of rows from those that were fitted [shape=(n, n_fitted)], at least 0."""
        inner, outer = self._factors(*self._unpack(np.asarray(X, dtype=np.float64)))
        d = len(self._centre)
        return np.maximum((inner @ self._outer.T + outer @ self._inner.T) / 2 - d, 0.0)

    def _unpack(self, X: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return means [shape=(n, d)] and covariances [shape=(n, d, d)]."""
        d = int((np.sqrt(9 + 8 * X.shape[1]) - 3) / 2)
        if d * (d + 3) // 2 != X.shape[1]:
            raise ValueError(f"{X.shape[1]} columns are not the d means and d (d + 1) / 2 covariances of any d")
        covariances = np.empty((len(X), d, d))
        upper = np.triu_indices(d)
        covariances[:, *upper] = X[:, d:]
        covariances[:, upper[1], upper[0]] = X[:, d:]
        return X[:, :d], covariances

    def _factors(self, means: np.ndarray, covariances: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return a and b of each row, such that half of a_i · b_j + a_j · b_i, less d, is the divergence of i and j.

        With P the inverse covariance, (m - n)' P (m - n) = m'Pm - 2 n'Pm + n'Pn, and n'Pn = tr(P n n').
        """
        values, vectors = np.linalg.eigh(covariances)
        largest = np.where(values[:, -1:] > 0, values[:, -1:], 1.0)
        values = np.maximum(values, self.least_variance * largest)
        precisions = (vectors / values[:, None, :]) @ vectors.transpose(0, 2, 1)
        covariances = (vectors * values[:, None, :]) @ vectors.transpose(0, 2, 1)
        means = means - self._centre
        pulled = np.einsum("nij,nj->ni", precisions, means)
        own = np.einsum("ni,ni->n", pulled, means)[:, None]
        second = covariances + means[:, :, None] * means[:, None, :]
        n = len(means)
        inner = np.hstack([precisions.reshape(n, -1), -2 * pulled, own])
        outer = np.hstack([second.reshape(n, -1), means, np.ones((n, 1))])
        return inner, outer


def knn_kl(seed: int) -> Pipeline:
    """The vote of the 5 nearest Gaussians of timbre by Kullback-Leibler divergence, after Mandel and Ellis 2005.

    Takes ``mfcc-gaussian-v1``. Costs 0.05: a small matrix a row is inverted, but predicting compares each row with each
    row it learned from. Searches the number of neighbours.
    """
    return make_pipeline(KLNeighborsClassifier())


KNN_KL = ZooEntry(
    knn_kl,
    title="Nearest neighbours by KL divergence",
    kind="gaussian",
    space={"klneighborsclassifier__n_neighbors": (1, 3, 5, 8, 15)},
    most_rows=KERNEL_ROWS,
    stored_types=("pipeline.models.gaussian_neighbours.KLNeighborsClassifier",),
)
