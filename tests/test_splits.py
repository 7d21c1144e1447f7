"""Splits that hold for any table: nothing on both sides, nothing lost, nothing moved."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import InputError
from pipeline.splits import LEFT_FOR_TRAINING, POLICIES, draw_holdout, split_groups, train_test_split

seeds = st.integers(0, 2**32 - 1)
never = st.none()
shares = st.floats(0, 0.99)


@st.composite
def rows(draw):
    """Draw rows of tracks; a group may hold several rows, and even several genres, as real duplicates do."""
    groups = draw(st.lists(st.integers(0, 30), min_size=1, max_size=60))
    genre_of = draw(st.lists(st.sampled_from("ABCD"), min_size=31, max_size=31))
    odd = draw(st.sets(st.integers(0, len(groups) - 1), max_size=2))
    genres = ["A" if i in odd else genre_of[group] for i, group in enumerate(groups)]
    return np.array(groups), np.array(genres)


@st.composite
def track_tables(draw, drawn=never):
    """Draw tracks, of which some repeat others; `drawn` is what an earlier holdout may say of them."""
    genres = draw(st.lists(st.sampled_from("ABC"), min_size=1, max_size=60))
    tracks = pd.DataFrame({"track_id": [f"t{i:03}" for i in range(len(genres))], "genre": genres})
    copies = draw(st.dictionaries(st.integers(0, len(genres) - 1), st.integers(0, len(genres) - 1), max_size=5))
    tracks["group"] = tracks["track_id"]
    for copy, original in copies.items():
        tracks.loc[max(copy, original), "group"] = tracks.loc[min(copy, original), "group"]
    tracks["holdout"] = pd.Series([draw(drawn) for _ in genres], dtype=object)
    return tracks


def balanced(n_genres, n_tracks, prefix="t"):
    names = [f"{prefix}{g}.{i:04}" for g in range(n_genres) for i in range(n_tracks)]
    genres = [f"g{g}" for g in range(n_genres) for _ in range(n_tracks)]
    return pd.DataFrame({"track_id": names, "group": names, "genre": genres, "holdout": None})


@given(rows(), seeds, st.floats(0.05, 0.9))
def test_every_row_is_on_one_side_and_no_group_is_on_both(table, seed, share):
    groups, genres = table
    train, test = train_test_split(groups, genres, seed, test_share=share)
    assert sorted([*train, *test]) == list(range(len(groups)))
    assert not set(groups[train]) & set(groups[test])
    assert len(train) > 0
    assert (np.diff(train) > 0).all()
    assert (np.diff(test) > 0).all()


@given(rows(), seeds)
def test_the_same_seed_splits_the_same_way(table, seed):
    first, second = (train_test_split(*table, seed) for _ in range(2))
    assert all(np.array_equal(a, b) for a, b in zip(first, second, strict=True))


def test_another_seed_splits_another_way():
    groups, genres = np.arange(100), np.repeat(["A", "B"], 50)
    tests = {tuple(train_test_split(groups, genres, seed)[1]) for seed in range(20)}
    assert len(tests) == 20


@given(st.lists(st.integers(1, 40), min_size=1, max_size=5), seeds)
def test_a_quarter_of_each_genre_is_for_testing_and_a_single_group_is_for_training(sizes, seed):
    genres = np.repeat(np.arange(len(sizes)), sizes)
    _, test = train_test_split(np.arange(len(genres)), genres, seed)
    for genre, size in enumerate(sizes):
        n_test = int((genres[test] == genre).sum())
        assert n_test == 0 if size == 1 else 1 <= n_test < size
        assert abs(n_test - size / 4) <= 1


def test_policies_keep_together_what_they_name():
    table = pd.DataFrame({"content": [0, 1, 2, 1], "group": [0, 0, 1, 1]})
    assert split_groups("random", table).tolist() == [0, 1, 2, 1]
    assert split_groups("track", table).tolist() == [0, 0, 1, 1]
    with pytest.raises(InputError, match="'artists'; there are: " + ", ".join(POLICIES)):
        split_groups("artists", table)


@given(track_tables(), shares, seeds)
def test_the_holdout_takes_duplicates_together_and_leaves_each_genre_something_to_learn_from(tracks, share, seed):
    held = draw_holdout(tracks, share, seed)
    assert held.dtype == bool
    assert held.index.equals(tracks.index)
    assert (held.groupby(tracks["group"]).nunique() == 1).all()
    groups = tracks.assign(held=held).drop_duplicates("group")
    for _, genre in groups.groupby("genre"):
        assert (~genre["held"]).sum() >= min(LEFT_FOR_TRAINING, len(genre))
        assert genre["held"].sum() <= share * len(genre) + 1


@given(track_tables(st.sampled_from([None, True, False])), shares, seeds)
def test_a_track_drawn_before_stays_where_it_is_whatever_is_asked_for_now(tracks, share, seed):
    tracks["holdout"] = tracks.groupby("group")["holdout"].transform("first")  # copies were drawn together
    held = draw_holdout(tracks, share, seed)
    before = tracks["holdout"].notna()
    assert (held[before] == tracks.loc[before, "holdout"].astype(bool)).all()


@given(track_tables(), shares, seeds, st.randoms(use_true_random=False))
def test_neither_the_order_of_the_tracks_nor_a_second_draw_matters(tracks, share, seed, random):
    tracks["genre"] = tracks.groupby("group")["genre"].transform("first")
    held = draw_holdout(tracks, share, seed)
    shuffled = tracks.iloc[random.sample(range(len(tracks)), len(tracks))]
    assert draw_holdout(shuffled, share, seed).sort_index().equals(held)
    assert draw_holdout(tracks.assign(holdout=held), share, seed).equals(held)


@pytest.mark.parametrize(("n_genres", "n_tracks"), [(10, 100), (10, 12), (3, 7), (14, 85), (2, 5)])
@pytest.mark.parametrize("share", [0.1, 0.2, 1 / 3])
def test_the_share_is_what_was_asked_for_in_all_and_in_each_genre(n_genres, n_tracks, share):
    tracks = balanced(n_genres, n_tracks)
    held = draw_holdout(tracks, share, seed=0)
    assert held.sum() == round(share * len(tracks))
    assert held.groupby(tracks["genre"]).sum().between(int(share * n_tracks), int(share * n_tracks) + 1).all()


def test_unequal_genres_are_held_out_in_proportion():
    tracks = pd.concat(
        [balanced(1, 300), balanced(1, 100, "u").assign(genre="u"), balanced(1, 50, "v").assign(genre="v")]
    )
    tracks = tracks.reset_index(drop=True)
    assert draw_holdout(tracks, 0.1, 0).groupby(tracks["genre"]).sum().to_dict() == {"g0": 30, "u": 10, "v": 5}


def test_a_holdout_of_nothing_is_empty_and_another_seed_gives_another_one():
    tracks = balanced(5, 40)
    assert not draw_holdout(tracks, 0, 0).any()
    assert len({tuple(draw_holdout(tracks, 0.1, seed)) for seed in range(10)}) == 10


def test_tracks_added_later_move_no_old_one_and_bring_the_share_along():
    old = balanced(5, 40)
    old["holdout"] = draw_holdout(old, 0.1, 0)
    everything = pd.concat([old, balanced(5, 40, "a")], ignore_index=True)
    held = draw_holdout(everything, 0.1, 0)
    assert (held[: len(old)] == old["holdout"]).all()
    assert held.sum() == 0.1 * len(everything)


def test_a_new_copy_of_a_track_that_is_held_out_is_held_out_too():
    tracks = balanced(2, 20)
    tracks["holdout"] = draw_holdout(tracks, 0.1, 0)
    original = tracks[tracks["holdout"]].iloc[0]
    copy = pd.DataFrame([{**original, "track_id": "copy", "holdout": None}])
    assert draw_holdout(pd.concat([tracks, copy], ignore_index=True), 0.1, 0).iloc[-1]


@pytest.mark.parametrize("share", [-0.1, 1, 1.5, float("nan")])
def test_a_share_that_is_none_is_refused(share):
    with pytest.raises(InputError, match=r"--holdout .* at least 0 and below 1"):
        draw_holdout(balanced(2, 5), share, 0)
