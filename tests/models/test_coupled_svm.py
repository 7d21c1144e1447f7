"""The coupled support-vector machine: the formula's own words, and scikit-learn's checks of an estimator."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit
from sklearn.svm import SVC
from sklearn.utils.estimator_checks import parametrize_with_checks

from pipeline.models import coupling
from pipeline.models.coupled_svm import SLOPE, SUREST, CoupledSVC


@parametrize_with_checks([CoupledSVC()])
def test_it_is_an_estimator_as_scikit_learn_wants_it(estimator, check):
    check(estimator)


def couple(r):
    """Couple what is said of pairs as one table a row, r_ij: the probability of i where it is i or j."""
    first, second = np.triu_indices(r.shape[-1], 1)
    return coupling.couple(r[:, second, first] / r[:, first, second], r.shape[-1])


def pairs_of(p):
    return p[:, :, None] / (p[:, :, None] + p[:, None, :])


@settings(max_examples=30, deadline=None)
@given(st.integers(2, 12), st.integers(0, 10**6))
def test_what_is_said_of_pairs_of_a_distribution_gives_it_back(k, seed):
    p = np.random.default_rng(seed).dirichlet(np.ones(k), size=20) + 1e-4
    p /= p.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(couple(pairs_of(p)), p, atol=1e-6)


@settings(max_examples=30, deadline=None)
@given(st.integers(2, 12), st.integers(0, 10**6))
def test_pairs_that_contradict_each_other_give_a_distribution_and_no_nearby_one_agrees_better(k, seed):
    rng = np.random.default_rng(seed)
    said = np.triu(rng.normal(scale=rng.choice([1, 10, 1000]), size=(10, k, k)), 1)
    r = np.clip(expit(said - said.transpose(0, 2, 1)), SUREST, 1 - SUREST)
    p = couple(r)
    assert (p >= 0).all()
    np.testing.assert_allclose(p.sum(axis=1), 1)

    def disagreement(q):
        return ((r.transpose(0, 2, 1) * q[:, :, None] - r * q[:, None, :]) ** 2).sum(axis=(1, 2))

    nearby = 0.999 * p + 0.001 * rng.dirichlet(np.ones(k), size=10)
    assert (disagreement(p) <= disagreement(nearby) + 1e-9).all()


@settings(max_examples=30, deadline=None)
@given(st.integers(2, 60), st.sampled_from([0.1, 1, 4, 40, 1000]), st.booleans(), st.integers(0, 10**6))
def test_steps_end_where_elimination_does(k, scale, is_of_ranks, seed):
    rng = np.random.default_rng(seed)
    ranks, said = rng.normal(scale=scale, size=(20, k)), np.triu(rng.normal(scale=scale, size=(20, k, k)), 1)
    margins = ranks[:, :, None] - ranks[:, None, :] if is_of_ranks else said - said.transpose(0, 2, 1)
    r = np.clip(expit(margins), SUREST, 1 - SUREST)
    off = ~np.eye(k, dtype=bool)
    Q = np.where(off, -r * r.transpose(0, 2, 1), (r**2 * off).sum(axis=1)[:, :, None] * np.eye(k))
    p = np.linalg.solve(Q + 1, np.ones((k, 1)))[..., 0].clip(min=0)
    np.testing.assert_allclose(couple(r), p / p.sum(axis=1, keepdims=True), atol=1e-10)


@pytest.mark.parametrize("k", [2, 3, 7])
def test_a_pair_of_classes_is_told_apart_by_the_side_of_its_own_machine(k):
    rng = np.random.default_rng(k)
    y = np.arange(60 * k) % k
    X = rng.normal(size=(len(y), 4)) + 2 * rng.normal(size=(k, 4))[y]
    fitted, plain = CoupledSVC().fit(X, y), SVC().fit(X, y)
    assert (fitted.predict(X) == plain.predict(X)).mean() > 0.95
    if k == 2:
        sure = expit(SLOPE * plain.decision_function(X))
        np.testing.assert_allclose(fitted.predict_proba(X)[:, 1], sure, atol=1e-6)


def test_rows_are_answered_alike_in_blocks_and_one_by_one(monkeypatch):
    rng = np.random.default_rng(0)
    y = np.arange(300) % 30
    X = rng.normal(size=(300, 4)) + y[:, None]
    fitted = CoupledSVC().fit(X, y)
    together = fitted.predict_proba(X)
    monkeypatch.setattr("pipeline.models.coupled_svm._BLOCK_VALUES", 1)
    np.testing.assert_allclose(fitted.predict_proba(X), together, atol=1e-10)


def test_a_row_is_coupled_alike_whatever_the_others_say_and_elimination_takes_over_where_steps_end_too_early(
    monkeypatch,
):
    odds = np.exp(np.random.default_rng(0).normal(scale=5, size=(40, 12 * 11 // 2)))
    together = coupling.couple(odds, 12)
    assert np.array_equal(np.vstack([coupling.couple(row[None], 12) for row in odds]), together)
    solve = coupling._solve
    monkeypatch.setattr(coupling, "_solve", lambda odds, k: (solve(odds, k)[0], np.arange(len(odds)) % 2 == 0))
    np.testing.assert_allclose(coupling.couple(odds, 12), together, atol=1e-10)
