"""The Kullback-Leibler neighbours: the divergence of the textbook, and scikit-learn's own checks of an estimator."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.utils.estimator_checks import parametrize_with_checks

from pipeline.models.gaussian_neighbours import KLNeighborsClassifier


class UnitSpheres(KLNeighborsClassifier):
    """The same on rows of any width, taken for the means of Gaussians of unit covariance, as the checks make them."""

    def _unpack(self, X):
        return X, np.broadcast_to(np.eye(X.shape[1]), (len(X), X.shape[1], X.shape[1]))


@parametrize_with_checks([UnitSpheres()])
def test_it_is_an_estimator_as_scikit_learn_wants_it(estimator, check):
    check(estimator)


def pack(means, covariances):
    return np.hstack([means, covariances[:, *np.triu_indices(means.shape[1])]])


def gaussians(seed, n, d):
    rng = np.random.default_rng(seed)
    spread = rng.normal(size=(n, d, 3 * d))
    return 100 * rng.normal(size=(n, d)), spread @ spread.transpose(0, 2, 1) / d


def divergence(m, S, n, T):
    P, Q, d = np.linalg.inv(S), np.linalg.inv(T), m - n
    return (np.trace(P @ T) + np.trace(Q @ S)) / 2 - len(m) + d @ (P + Q) @ d / 2


@given(seed=st.integers(0, 10**6), n=st.integers(2, 8), d=st.integers(1, 13))
def test_the_divergence_is_that_of_the_textbook_symmetric_and_zero_for_the_same(seed, n, d):
    means, covariances = gaussians(seed, n, d)
    model = KLNeighborsClassifier(least_variance=1e-9).fit(pack(means, covariances), np.arange(n))
    found = model.distances(pack(means, covariances))
    direct = [
        [divergence(*a, *b) for b in zip(means, covariances, strict=True)] for a in zip(means, covariances, strict=True)
    ]
    scale = np.abs(direct).max()
    np.testing.assert_allclose(found, direct, rtol=1e-6, atol=1e-9 * scale)


def test_silence_and_covariances_without_an_inverse_are_compared_too():
    means, covariances = gaussians(0, 6, 4)
    covariances[0] = 0  # silence
    covariances[1] = np.ones((4, 4))  # all coefficients move together
    model = KLNeighborsClassifier(1).fit(pack(means, covariances), np.arange(6))
    assert np.isfinite(model.distances(pack(means, covariances))).all()
    np.testing.assert_array_equal(model.predict(pack(means, covariances)), np.arange(6))


def test_many_rows_are_compared_block_by_block_with_the_same_result():
    means, covariances = gaussians(1, 1500, 2)
    X, y = pack(means, covariances), np.arange(1500) % 4
    model = KLNeighborsClassifier(7).fit(X[:100], y[:100])
    whole = model.predict_proba(X)
    np.testing.assert_array_equal(whole[1100:], model.predict_proba(X[1100:]))


def test_rows_that_pack_no_gaussian_are_refused():
    with pytest.raises(ValueError, match="6 columns are not"):
        KLNeighborsClassifier().fit(np.zeros((4, 6)), [0, 1, 0, 1])


@pytest.mark.realdata
@pytest.mark.parametrize(("k", "expected"), [(5, 0.72), (8, 0.71)])
def test_gtzan_clips_are_told_apart_as_published(real_data, k, expected):
    table = np.load(real_data / "tables" / "mfcc_gaussians.npz")
    X, y = pack(table["mean"], table["cov"]), table["label"]
    model = KLNeighborsClassifier(k).fit(X, y)
    distances = model.distances(X)
    np.fill_diagonal(distances, np.inf)  # leave one out
    votes = np.zeros((len(y), 10))
    names, codes = np.unique(y, return_inverse=True)
    np.add.at(votes, (np.arange(len(y))[:, None], codes[np.argsort(distances, axis=1)[:, :k]]), 1)
    assert (names[votes.argmax(axis=1)] == y).mean() == pytest.approx(expected, abs=0.02)
