"""Which tracks are chosen, of all that there are."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from pipeline.errors import InputError
from pipeline.playlist import Wish, make_playlist
from pipeline.playlist.choose import nearest
from pipeline.playlist.flow import flow
from tests.playlist.made import made_space


@given(arrays(np.float32, st.integers(1, 40), elements=st.integers(0, 5)), st.integers(1, 50), st.randoms())
def test_the_nearest_are_those_of_a_whole_sort_whatever_is_tied(squared, k, random):
    allowed = np.array([random.random() < 0.7 for _ in squared])
    sorted_ = [i for i in np.argsort(squared, kind="stable") if allowed[i]]
    assert list(nearest(squared, allowed, k)) == sorted_[:k]


def test_distances_in_blocks_are_those_of_the_formula_though_one_feature_is_far_off():
    rng = np.random.default_rng(0)
    values = rng.normal(size=(10_000, 7)) * [1, 1e6, 1e-6, 1, 1, 1, 1] + [0, 1e9, 0, 0, 0, 5, 0]
    space = made_space(values)
    z = (values - values.mean(axis=0)) / values.std(axis=0)
    expected = ((z - z[17]) ** 2).mean(axis=1)
    np.testing.assert_allclose(space.squared_distances(space.z[17]), expected, rtol=1e-3, atol=1e-6)
    assert space.squared_distances(space.z[17])[17] == 0


def test_no_artist_has_more_than_its_share_no_recording_comes_twice_and_no_seed_at_all():
    rng = np.random.default_rng(1)
    n = 300
    artists = [None if i % 5 == 0 else f"artist {i % 7}" for i in range(n)]
    recordings = [f"t{i - i % 2:04d}" for i in range(n)]
    space = made_space(rng.normal(size=(n, 4)), artist=artists, recording=recordings)
    for adventure in (0, 0.3, 1):
        made = make_playlist(space, Wish(like=("t0010", "t0020"), length=40, per_artist=2, adventure=adventure))
        rows = [space.places[name] for name in made.tracks["track_id"]]
        assert made.tracks["artist"].dropna().value_counts().max() == 2
        assert len(set(space.recordings[rows])) == len(rows)
        assert not set(space.recordings[rows]) & set(space.recordings[[10, 20]])
        assert list(made.tracks["position"]) == list(range(1, len(rows) + 1))


def test_a_limit_that_leaves_too_few_is_told_with_how_many_were_found():
    space = made_space(np.random.default_rng(2).normal(size=(60, 3)), artist=[f"a{i % 4}" for i in range(60)])
    made = make_playlist(space, Wish(like=("t0000",), length=30, per_artist=3))
    assert len(made.tracks) == 12
    assert made.sentences[-1] == "Asked for were 30 tracks, found 12: no more with 3 of an artist at most."
    assert len(make_playlist(space, Wish(like=("t0000",), length=30, per_artist=0)).tracks) == 30


def test_three_tracks_give_the_other_two():
    space = made_space(np.array([[0.0], [1.0], [3.0]]))
    made = make_playlist(space, Wish(like=("t0000",)))
    assert list(made.tracks["track_id"]) == ["t0001", "t0002"]
    assert "found 2" in made.sentences[-1]
    alone = made_space(np.array([[1.0, 2.0]]))
    with pytest.raises(InputError, match="no other track than the seeds"):
        make_playlist(alone, Wish(like=("t0000",)))


def test_more_adventure_is_more_diverse_and_farther_away():
    space = made_space(np.random.default_rng(3).normal(size=(2000, 5)))
    spread, far = [], []
    for adventure in (0, 0.4, 0.8):
        made = make_playlist(space, Wish(like=("t0000",), length=15, adventure=adventure))
        points = space.z[[space.places[name] for name in made.tracks["track_id"]]]
        spread.append(np.linalg.norm(points[:, None] - points, axis=2).mean())
        far.append(made.tracks["distance"].mean())
    assert spread == sorted(spread)
    assert far == sorted(far)


def test_what_is_not_liked_pushes_away():
    space = made_space(np.random.default_rng(4).normal(size=(500, 2)))
    liked, unliked = space.z[0], space.z[1]
    toward = (liked - unliked) / np.linalg.norm(liked - unliked)
    along = [
        (space.z[[space.places[name] for name in make_playlist(space, wish).tracks["track_id"]]] @ toward).mean()
        for wish in (Wish(like=("t0000",)), Wish(like=("t0000",), unlike=("t0001",)))
    ]
    assert along[1] > along[0]
    with pytest.raises(InputError, match="both liked and not liked"):
        make_playlist(space, Wish(like=("t0000",), unlike=("t0000",)))


def test_a_genre_alone_starts_from_its_middle_and_pure_keeps_to_it():
    values = np.r_[np.random.default_rng(5).normal(0, 1, (80, 2)), np.random.default_rng(6).normal(1, 1, (80, 2))]
    space = made_space(values, genre=["Hip-Hop"] * 80 + ["rock"] * 80)
    assert set(make_playlist(space, Wish(genre="hip hop", pure=True)).tracks["genre"]) == {"Hip-Hop"}
    assert set(make_playlist(space, Wish(like=("t0100",), pure=True)).tracks["genre"]) == {"rock"}
    with pytest.raises(InputError, match=r"no usable track of genre 'polka'; its genres: Hip-Hop, rock"):
        make_playlist(space, Wish(genre="polka"))


def test_an_order_that_flows_has_smaller_steps_and_the_same_tracks():
    space = made_space(np.random.default_rng(7).normal(size=(400, 3)), features=["tempo", "loudness", "f"])
    similar, flowing = (make_playlist(space, Wish(like=("t0000",), order=order)) for order in ("similar", "flow"))
    assert set(similar.tracks["track_id"]) == set(flowing.tracks["track_id"])

    def way(made):
        steps = space.z[[space.places[name] for name in made.tracks["track_id"]], :2]
        return np.abs(np.diff(steps, axis=0)).sum()

    assert way(flowing) < way(similar)
    assert list(flowing.tracks["position"]) == list(range(1, 21))
    with pytest.raises(InputError, match="--order similar"):
        flow(made_space(np.eye(3)), [0, 1, 2])


@pytest.mark.parametrize(
    ("wish", "said"),
    [
        (Wish(like=("t0000",), length=0), "--length 0 must be from 1 to 500"),
        (Wish(like=("t0000",), adventure=1.5), "--adventure 1.5 must be from 0"),
        (Wish(like=("t0000",), adventure=float("nan")), "--adventure nan must be"),
        (Wish(like=("t0000",), order="loud"), "--order 'loud' is none of similar, flow"),
        (Wish(like=("t0000",), per_artist=-1), "--per-artist -1 must be"),
        (Wish(), "needs a seed"),
    ],
)
def test_what_can_t_be_is_refused_in_a_line(wish, said):
    with pytest.raises(InputError, match=said):
        make_playlist(made_space(np.eye(4)), wish)
