"""Splits that hold for any table: nothing on both sides, nothing lost, genres in proportion."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.splits import fill, train_test_split
from pipeline.splits.draw import OVERSHOOT

rng_of = np.random.default_rng
seeds = st.integers(0, 2**32 - 1)


@st.composite
def rows(draw):
    """Draw rows of tracks; a group may hold several rows, and even several genres, as real duplicates do."""
    groups = draw(st.lists(st.integers(0, 30), min_size=1, max_size=60))
    genre_of = draw(st.lists(st.sampled_from("ABCD"), min_size=31, max_size=31))
    odd = draw(st.sets(st.integers(0, len(groups) - 1), max_size=2))
    genres = ["A" if i in odd else genre_of[group] for i, group in enumerate(groups)]
    return np.array(groups), np.array(genres)


@given(rows(), seeds, st.floats(0.05, 0.9))
def test_every_row_is_on_one_side_and_no_group_is_on_both(table, seed, share):
    groups, genres = table
    train, test = train_test_split(groups, genres, rng_of(seed), test_share=share)
    assert sorted([*train, *test]) == list(range(len(groups)))
    assert not set(groups[train]) & set(groups[test])
    assert len(train) > 0
    assert (np.diff(train) > 0).all()
    assert (np.diff(test) > 0).all()


@given(rows(), seeds)
def test_the_same_seed_splits_the_same_way(table, seed):
    first, second = (train_test_split(*table, rng_of(seed)) for _ in range(2))
    assert all(np.array_equal(a, b) for a, b in zip(first, second, strict=True))


def test_another_seed_splits_another_way():
    groups, genres = np.arange(100), np.repeat(["A", "B"], 50)
    tests = {tuple(train_test_split(groups, genres, rng_of(seed))[1]) for seed in range(20)}
    assert len(tests) == 20


@given(st.lists(st.integers(1, 40), min_size=1, max_size=5), seeds)
def test_a_quarter_of_each_genre_is_for_testing_and_a_single_group_is_for_training(sizes, seed):
    genres = np.repeat(np.arange(len(sizes)), sizes)
    _, test = train_test_split(np.arange(len(genres)), genres, rng_of(seed))
    for genre, size in enumerate(sizes):
        n_test = int((genres[test] == genre).sum())
        assert n_test == 0 if size == 1 else 1 <= n_test < size
        assert abs(n_test - size / 4) <= 1


def test_groups_of_any_size_make_a_quarter_of_the_rows_as_nearly_as_they_can():
    artists = np.repeat(np.arange(20), np.arange(1, 21))  # one of one track, one of two, …
    shares = [len(train_test_split(artists, np.zeros(210), rng_of(seed))[1]) / 210 for seed in range(200)]
    assert 0.22 < np.mean(shares) < 0.28
    assert max(shares) <= 0.25 * OVERSHOOT
    ever = {
        artist for seed in range(200) for artist in artists[train_test_split(artists, np.zeros(210), rng_of(seed))[1]]
    }
    assert ever == set(range(20))


@given(st.lists(st.integers(1, 40), max_size=40), st.floats(0, 200), st.integers(0, 40))
def test_filling_takes_in_order_what_brings_the_sum_nearer_and_never_far_beyond(sizes, target, at_most):
    sizes = np.array(sizes, dtype=int)
    taken = fill(sizes, target, at_most)
    expected, filled = [], 0
    for size in sizes:  # one after the other, as the documentation says
        helps = abs(filled + size - target) < abs(filled - target) and filled + size <= OVERSHOOT * target
        expected.append(helps and sum(expected) < at_most)
        filled += size * expected[-1]
    assert taken.tolist() == expected


@pytest.mark.parametrize(("sizes", "expected"), [([7, 3], [3]), ([60, 50, 55], [50])])
def test_where_every_group_is_too_large_the_smallest_is_tested_on(sizes, expected):
    groups = np.repeat(np.arange(len(sizes)), sizes)
    _, test = train_test_split(groups, np.zeros(len(groups)), rng_of(0), test_share=0.1)
    assert np.unique(groups[test], return_counts=True)[1].tolist() == expected
