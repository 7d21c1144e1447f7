"""The holdout: by artist where artists are known, in proportion, and never moved."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import InputError
from pipeline.splits import LEFT_FOR_TRAINING, draw_holdout

seeds = st.integers(0, 2**32 - 1)
shares = st.floats(0, 0.99)
never = st.none()


@st.composite
def track_tables(draw, drawn=never, artists=never):
    """Draw tracks, of which some repeat others; `drawn` is what an earlier holdout may say of them."""
    genres = draw(st.lists(st.sampled_from("ABC"), min_size=1, max_size=60))
    tracks = pd.DataFrame({"track_id": [f"t{i:03}" for i in range(len(genres))], "genre": genres})
    copies = draw(st.dictionaries(st.integers(0, len(genres) - 1), st.integers(0, len(genres) - 1), max_size=5))
    tracks["group"] = tracks["track_id"]
    for copy, original in copies.items():
        tracks.loc[max(copy, original), "group"] = tracks.loc[min(copy, original), "group"]
    tracks["holdout"] = pd.Series([draw(drawn) for _ in genres], dtype=object)
    tracks["artist"] = pd.Series([draw(artists) for _ in genres], dtype=object)
    return tracks


some_artists = st.one_of(st.none(), st.integers(0, 12).map("artist {}".format))


def balanced(n_genres, n_tracks, prefix="t", tracks_an_artist=0):
    """Genres of as many tracks; with `tracks_an_artist`, each by artists of one genre."""
    names = [f"{prefix}{g}.{i:04}" for g in range(n_genres) for i in range(n_tracks)]
    genres = [f"g{g}" for g in range(n_genres) for _ in range(n_tracks)]
    by = [f"{prefix} artist {g}.{i // tracks_an_artist}" if tracks_an_artist else None
          for g in range(n_genres) for i in range(n_tracks)]  # fmt: skip
    artists = pd.Series(by, dtype=object)
    return pd.DataFrame({"track_id": names, "group": names, "genre": genres, "artist": artists, "holdout": None})


def held_out(tracks, share=0.1, seed=0):
    return draw_holdout(tracks, share, seed).held


@given(track_tables(artists=some_artists), shares, seeds)
def test_the_holdout_takes_duplicates_together_and_no_genre_far_beyond_its_share(tracks, share, seed):
    draw = draw_holdout(tracks, share, seed)
    assert draw.held.dtype == bool
    assert draw.held.index.equals(tracks.index)
    assert (draw.held.groupby(tracks["group"]).nunique() == 1).all()
    assert draw.target.sum() == pytest.approx(share * len(tracks), abs=0.5)
    one_genre = tracks.groupby("artist")["genre"].nunique().max() in (1, np.nan)
    if one_genre and (tracks.groupby("group")["genre"].nunique() == 1).all():
        n_held = draw.held.groupby(tracks["genre"]).sum()
        assert (n_held <= 1.25 * draw.target).all()


@given(track_tables(), shares, seeds)
def test_each_genre_keeps_something_to_learn_from(tracks, share, seed):
    tracks["genre"] = tracks.groupby("group")["genre"].transform("first")
    groups = tracks.assign(held=held_out(tracks, share, seed)).drop_duplicates("group")
    for _, genre in groups.groupby("genre"):
        assert (~genre["held"]).sum() >= min(LEFT_FOR_TRAINING, len(genre))


@given(track_tables(st.sampled_from([None, True, False]), some_artists), shares, seeds)
def test_a_track_drawn_before_stays_where_it_is_whatever_is_asked_for_now(tracks, share, seed):
    tracks["holdout"] = tracks.groupby("group")["holdout"].transform("first")  # copies were drawn together
    held = held_out(tracks, share, seed)
    before = tracks["holdout"].notna()
    assert (held[before] == tracks.loc[before, "holdout"].astype(bool)).all()


@given(track_tables(artists=some_artists), shares, seeds, st.randoms(use_true_random=False))
def test_neither_the_order_of_the_tracks_nor_a_second_draw_matters(tracks, share, seed, random):
    held = held_out(tracks, share, seed)
    shuffled = tracks.iloc[random.sample(range(len(tracks)), len(tracks))]
    assert held_out(shuffled, share, seed).sort_index().equals(held)
    assert held_out(tracks.assign(holdout=held), share, seed).equals(held)


@pytest.mark.parametrize(("n_genres", "n_tracks"), [(10, 100), (10, 12), (3, 7), (14, 85), (2, 5)])
@pytest.mark.parametrize("share", [0.1, 0.2, 1 / 3])
def test_the_share_is_what_was_asked_for_in_all_and_in_each_genre(n_genres, n_tracks, share):
    tracks = balanced(n_genres, n_tracks)
    held = held_out(tracks, share)
    assert held.sum() == round(share * len(tracks))
    assert held.groupby(tracks["genre"]).sum().between(int(share * n_tracks), int(share * n_tracks) + 1).all()


def test_unequal_genres_are_held_out_in_proportion():
    tracks = pd.concat(
        [balanced(1, 300), balanced(1, 100, "u").assign(genre="u"), balanced(1, 50, "v").assign(genre="v")]
    )
    tracks = tracks.reset_index(drop=True)
    assert held_out(tracks).groupby(tracks["genre"]).sum().to_dict() == {"g0": 30, "u": 10, "v": 5}


def test_a_holdout_of_nothing_is_empty_and_another_seed_gives_another_one():
    tracks = balanced(5, 40)
    assert not held_out(tracks, 0).any()
    assert len({tuple(held_out(tracks, seed=seed)) for seed in range(10)}) == 10


def test_tracks_added_later_move_no_old_one_and_bring_the_share_along():
    old = balanced(5, 40)
    old["holdout"] = held_out(old)
    everything = pd.concat([old, balanced(5, 40, "a")], ignore_index=True)
    held = held_out(everything)
    assert (held[: len(old)] == old["holdout"]).all()
    assert held.sum() == 0.1 * len(everything)


def test_a_new_copy_of_a_track_that_is_held_out_is_held_out_too():
    tracks = balanced(2, 20)
    tracks["holdout"] = held_out(tracks)
    original = tracks[tracks["holdout"]].iloc[0]
    copy = pd.DataFrame([{**original, "track_id": "copy", "holdout": None}])
    assert held_out(pd.concat([tracks, copy], ignore_index=True)).iloc[-1]


@pytest.mark.parametrize("share", [-0.1, 1, 1.5, float("nan")])
def test_a_share_that_is_none_is_refused(share):
    with pytest.raises(InputError, match=r"--holdout .* at least 0 and below 1"):
        held_out(balanced(2, 5), share)


def test_where_artists_are_known_whole_ones_are_held_out_and_the_share_still_holds():
    tracks = balanced(5, 60, tracks_an_artist=3)
    draw = draw_holdout(tracks, 0.1, 0)
    assert draw.by_track == ()
    assert draw.held.groupby(tracks["artist"]).nunique().eq(1).all()
    assert draw.held.groupby(tracks["genre"]).sum().eq(6).all()


def test_every_artist_small_enough_is_held_out_under_some_seed():
    tracks = balanced(2, 40, tracks_an_artist=2)
    ever = pd.concat([held_out(tracks, seed=seed) for seed in range(100)], axis=1).any(axis=1)
    assert ever.all()


def test_a_new_track_of_an_artist_goes_where_the_artist_is():
    old = balanced(3, 60, tracks_an_artist=3)
    old["holdout"] = held_out(old)
    new = old.drop_duplicates("artist").assign(holdout=None, track_id=lambda t: "new " + t["track_id"])
    new["group"] = new["track_id"]
    held = held_out(pd.concat([old, new], ignore_index=True))
    assert (held[: len(old)] == old["holdout"]).all()
    assert held[len(old) :].tolist() == old.drop_duplicates("artist")["holdout"].tolist()


def test_artists_who_become_known_later_move_nothing_and_a_torn_one_s_new_track_stays_outside():
    tracks = balanced(2, 40)
    tracks["holdout"] = held_out(tracks)
    torn = tracks.assign(artist="one and the same")
    new = torn.iloc[[0]].assign(track_id="new", group="new", holdout=None)
    held = held_out(pd.concat([torn, new], ignore_index=True))
    assert held[:-1].tolist() == tracks["holdout"].tolist()
    assert not held.iloc[-1]


def test_a_genre_of_too_few_artists_or_too_large_ones_is_held_out_by_track_and_named():
    few = balanced(1, 40, "few", tracks_an_artist=20).assign(genre="few")
    large = balanced(1, 50, "large", tracks_an_artist=10).assign(genre="large")
    many = balanced(1, 40, "many", tracks_an_artist=2).assign(genre="many")
    unknown = balanced(1, 40, "unknown").assign(genre="unknown")
    tracks = pd.concat([few, large, many, unknown], ignore_index=True)
    draw = draw_holdout(tracks, 0.1, 0)
    assert draw.by_track == ("few", "large")
    assert draw.held.groupby(tracks["genre"]).sum().to_dict() == {"few": 4, "large": 5, "many": 4, "unknown": 4}
    by_artist = tracks["genre"] == "many"
    assert draw.held[by_artist].groupby(tracks["artist"]).nunique().eq(1).all()
