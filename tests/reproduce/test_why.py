"""The sentences on why figures differ: none is said that the computed figures don't bear out."""

import numpy as np
import pandas as pd
import pytest

from pipeline.errors import InputError
from pipeline.models import build
from pipeline.reproduce import pairs, windows
from pipeline.reproduce.gaussians import check_order
from pipeline.reproduce.gtzan import beside_filtered
from pipeline.reproduce.protocols import Splits, shuffled_folds, without_scaling
from pipeline.reproduce.six_seconds import share_of_own_clip
from pipeline.reproduce.spotify_why import count_lucky, reasons_for_fewer
from pipeline.reproduce.words import against, leak, scaling
from tests.reproduce.conftest import make_samples

GENRES = ("disco", "hiphop", "rock")


def test_a_leak_is_told_only_where_the_shuffled_score_is_beyond_the_interval():
    honest = pd.Series({"honest": 0.7, "ci_high": 0.75})
    assert (
        leak(0.9, honest, "the clip", "so")
        == "20 points of the shuffled score are recognising the clip, not the genre: so"
    )
    assert "no better" in leak(0.74, honest, "the clip", "so")


def test_scale_is_told_only_where_it_matters():
    assert scaling(0.25, 0.45).endswith("costs 20 points (0.25 against 0.45)")
    assert scaling(0.45, 0.25).startswith("scaling changes nothing")


def test_a_published_figure_is_inside_or_outside_what_splits_give_as_far_as_it_is_rounded():
    tested = np.array([0.241, 0.288])
    assert "0.24 lies inside" in against(0.24, tested)
    assert "0.3 lies outside" in against(0.3, tested)
    assert against(np.nan, tested) == "no figure to compare with"
    assert against(0.713, np.array([0.723])) == "0.713 stands against 0.723"


def test_segments_of_a_clip_are_each_others_nearest_only_where_clips_differ():
    assert share_of_own_clip(make_samples(GENRES, segments=5, track_share=5), seed=0) > 0.9
    assert share_of_own_clip(make_samples(GENRES, segments=5, genre_share=0, track_share=0), seed=0) < 0.3


def test_the_shape_of_the_windows_shows_on_tracks_with_a_sound_of_their_own(bench):
    whole = make_samples(GENRES, tracks=30, window_s=30.0, track_share=2, seed=1)
    pieces = make_samples(GENRES, tracks=30, segments=8, window_s=3.0, track_share=2, seed=1)
    ours = {(one.rows, one.model, one.subset): one for one in windows.lay_out([whole, pieces], bench)}
    assert len(ours) == 12
    knn = ours["3 s", "knn_3", "test"]
    assert knn.same_way > knn.ci_high
    assert "recognising the track" in knn.why
    assert "published score moves +34 points" in knn.why
    assert ours["30 s", "knn_3", "test"].same_way == ours["30 s", "knn_3", "test"].honest
    assert "memory" in ours["3 s", "random_forest", "train"].why


def test_a_pair_is_told_apart_where_both_genres_are_there_and_named_missing_where_not(bench):
    rows = {one.rows: one for one in pairs.tell_apart(make_samples(GENRES, segments=4), "track", bench)}
    assert 0.5 < rows["Hip-Hop/Rock"].honest <= 1
    assert rows["Pop/Folk"].why == "not computed: not both of these genres are among disco, hiphop, rock"
    assert np.isnan(rows["Pop/Folk"].honest)


def test_the_filtered_split_is_set_beside_as_many_clips_shuffled(bench):
    samples = make_samples(GENRES, tracks=30)
    same = {"knn_5": shuffled_folds(build("knn_5", 0), samples, 3, bench)}
    (row,) = beside_filtered("rows", same, pd.Series({"knn_5": 0.5}), samples, bench)
    assert row.honest_policy == "predefined"
    assert "no better as far as the interval tells" in row.why  # these artists have no sound of their own


def test_without_scaling_the_rest_of_a_model_stays():
    assert list(without_scaling(build("knn_3", 0)).named_steps) == ["kneighborsclassifier"]
    assert list(without_scaling(build("random_forest", 0)).named_steps) == ["randomforestclassifier"]


def test_fewer_genres_and_easier_genres_are_told_apart():
    of_all, chosen = Splits(np.array([0.5, 0.7])), Splits(np.array([0.8, 0.9]))
    first, _ = reasons_for_fewer(0.8, of_all, chosen, np.array([0.7, 0.8]), 6)
    assert first.startswith("of 25 points more than on all genres 15 points come of there being 6, 10 points of which")


def test_luck_is_counted():
    samples = make_samples(("a", "b", "c", "d"))
    assert count_lucky(samples, 0.0) == 1000
    assert count_lucky(samples, 1.01) == 0


def test_gaussians_in_another_order_than_the_table_are_refused():
    rng = np.random.default_rng(0)
    mean, label = rng.normal(size=(20, 13)), np.repeat([1, 2], 10)
    mean[15] = mean[3]
    clips = pd.DataFrame(rng.normal(size=(20, 4)), columns=list("abcd"))
    clips.loc[15] = clips.loc[3]
    clips = clips.assign(filename="x.wav", label=np.repeat(["jazz", "rock"], 10))
    check_order(mean, label, clips)
    other = np.concatenate([rng.permutation(10), 10 + rng.permutation(10)])
    with pytest.raises(InputError, match="not in one order"):
        check_order(mean[other], label, clips)
    with pytest.raises(InputError, match="not in one order"):
        check_order(mean, label[::-1] % 2, clips.iloc[:-1])
