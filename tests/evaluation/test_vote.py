import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from pipeline.evaluation.vote import pool


def some_probabilities(seed, n, k):
    """Rows that sum to 1, many of them with zeros."""
    rng = np.random.default_rng(seed)
    votes = rng.integers(0, 4, (n, k)) * rng.random((n, k)).round(1)
    votes[np.arange(n), rng.integers(0, k, n)] += 0.5
    return votes / votes.sum(axis=1, keepdims=True)


seeds, sizes, genres = st.integers(0, 10_000), st.integers(1, 40), st.integers(2, 12)


@given(seeds, sizes, genres)
def test_a_track_of_one_row_keeps_its_probabilities(seed, n, k):
    probabilities = some_probabilities(seed, n, k)
    np.testing.assert_allclose(pool(probabilities, np.arange(n)), probabilities, atol=1e-11)


@given(seeds, sizes, genres)
def test_neither_the_order_of_rows_nor_other_tracks_change_a_vote(seed, n, k):
    probabilities, rng = some_probabilities(seed, n, k), np.random.default_rng(seed)
    tracks = np.unique(rng.integers(0, 5, n), return_inverse=True)[1]
    pooled, order = pool(probabilities, tracks), rng.permutation(n)
    np.testing.assert_allclose(pooled.sum(axis=1), 1)
    np.testing.assert_allclose(pool(probabilities[order], tracks[order]), pooled, atol=1e-11)
    alone = pool(probabilities[tracks == 0], np.zeros((tracks == 0).sum(), int))
    np.testing.assert_allclose(alone[0], pooled[0], atol=1e-11)


@given(seeds, st.integers(1, 20), genres)
def test_rows_that_agree_are_their_own_vote_and_what_all_rule_out_stays_out(seed, n, k):
    one = some_probabilities(seed, 1, k)
    np.testing.assert_allclose(pool(np.repeat(one, n, axis=0), np.zeros(n, int)), one, atol=1e-11)
    without_the_first = np.column_stack([np.zeros(n), some_probabilities(seed, n, k)])
    assert pool(without_the_first, np.zeros(n, int))[0, 0] < 1e-11


def test_without_zeros_the_vote_is_near_the_scaled_geometric_mean():
    rows = np.array([[0.7, 0.2, 0.1], [0.3, 0.6, 0.1], [0.5, 0.3, 0.2]])
    geometric = rows.prod(axis=0) ** (1 / 3)
    np.testing.assert_allclose(pool(rows, np.zeros(3, int))[0], geometric / geometric.sum(), atol=0.005)


def test_one_zero_counts_heavily_and_is_no_veto():
    doubted = np.array([[0.9, 0.1]] * 9 + [[0.0, 1.0]])
    assert pool(doubted, np.zeros(10, int)).argmax() == 0
    assert pool(doubted, np.zeros(10, int))[0, 0] < doubted.mean(axis=0)[0]


def test_two_genres_with_the_same_votes_in_another_order_tie():
    rows = np.array([[0.2, 0.3, 0.5], [0.5, 0.2, 0.3], [0.3, 0.5, 0.2]])
    (pooled,) = pool(rows, np.zeros(3, int))
    assert len(set(pooled)) == 1
