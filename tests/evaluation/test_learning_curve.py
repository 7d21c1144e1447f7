"""The learning curve: fewer tracks by whole groups, the same tests, and one sentence that says no more than it can."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.evaluation import crown, learning_curve
from pipeline.splits import share_of_groups
from tests.evaluation.conftest import make_samples


def curve_of(samples, model="knn_1", policy="track", **options):
    """Return the learning curve of a model that was crowned on these rows."""
    best = {"model": model, "feature_set": samples.feature_set, "window_s": samples.window_s, "value": 0.5}
    ranked = pd.DataFrame([best])
    champion = crown(ranked, [samples], policy=policy, seed=0)
    return learning_curve(champion, ranked, [samples], **{"repeats": 3, "seed": 0, "jobs": 2, **options})


@given(
    st.lists(st.tuples(st.integers(0, 9), st.integers(0, 2)), min_size=1, max_size=40),
    st.floats(0.01, 1),
    st.integers(0, 3),
)
def test_a_share_is_of_whole_groups_and_of_every_genre(rows, share, seed):
    groups, genres = (np.array(column) for column in zip(*rows, strict=True))
    drawn = share_of_groups(groups, genres, share, np.random.default_rng(seed))
    assert drawn.tolist() == np.flatnonzero(np.isin(groups, groups[drawn])).tolist()
    main = {g: np.bincount(genres[groups == g]).argmax() for g in np.unique(groups)}
    assert {main[g] for g in groups[drawn]} == set(main.values())
    assert len(share_of_groups(groups, genres, 1.0, np.random.default_rng(seed))) == len(groups)


def test_every_point_learns_from_more_tracks_and_is_tested_on_the_same():
    curve = curve_of(make_samples(tracks_a_genre=40))
    assert curve.rows["share"].tolist() == [0.25, 0.5, 0.75, 1.0]
    assert curve.rows["n_tracks"].tolist() == [21, 45, 66, 90]
    assert curve.rows["n"].nunique() == 1
    assert (curve.rows["train_accuracy"] == 1).all(), "the nearest neighbour of a row that was learned is that row"
    assert curve.rows["ci_low"].le(curve.rows["accuracy"]).all()
    assert len(curve.tested) == 3 * 30
    assert set(curve.tested["track_id"]) <= set(make_samples(tracks_a_genre=40).rows["track_id"])


def test_artists_are_thinned_whole():
    curve = curve_of(make_samples(tracks_a_genre=40), policy="artist")
    assert curve.rows["n_tracks"].tolist() == [2 * n for n in curve.rows["n_groups"]]


def test_where_doubling_helps_it_is_said():
    """A genre is made of many small islands: a model knows those that it has heard."""
    rng = np.random.default_rng(0)
    samples = make_samples(tracks_a_genre=200, segments=1, n_features=2)
    island = rng.integers(0, 60, len(samples))
    X = 100.0 * np.column_stack([np.cos(island), np.sin(2 * island)]) + rng.normal(size=(len(samples), 2)) * 1e-3
    curve = curve_of(replace(samples, values=X, y=island % 3))
    assert curve.says.startswith("More music would probably help: with ")
    assert curve.rows["accuracy"].is_monotonic_increasing


def test_where_nothing_is_left_to_learn_it_is_said():
    curve = curve_of(make_samples(tracks_a_genre=200, segments=1, n_features=20, track_share=0.05))
    assert curve.says.startswith("More music of the same kind would hardly help: with ")


def test_where_nobody_can_tell_it_is_said():
    noise = make_samples(tracks_a_genre=20, n_features=4)
    noise = replace(noise, values=np.random.default_rng(1).normal(size=noise.X.shape))
    assert curve_of(noise).says.startswith("Nobody can say yet whether more music would help: with ")


@pytest.mark.parametrize("model", ["knn_3", "logistic_regression"])
def test_six_tracks_are_too_few_for_a_curve_or_an_interval(model):
    few = make_samples(tracks_a_genre=2, segments=1)
    says = curve_of(few, model).says
    assert says.startswith("Would more music help? ")
    assert "too few" in says


def test_a_curve_is_the_same_on_any_number_of_threads():
    one, two = (curve_of(make_samples(), "random_forest", jobs=jobs, repeats=1) for jobs in (1, 2))
    pd.testing.assert_frame_equal(one.rows, two.rows)
    pd.testing.assert_frame_equal(one.tested, two.tested)
