"""A reason is true: without the features that it names, the track would not stand where it stands."""

import numpy as np
import pytest

from pipeline.features.words import ALIKE, COMPARATIVES, compare_feature, equal_feature, same_feature, share_feature
from pipeline.playlist import Wish, make_playlist
from pipeline.playlist.reasons import reasons_for
from pipeline.playlist.truth import measure_truth
from tests.playlist.made import made_space

N, P = 1500, 12


def test_the_features_that_made_tracks_alike_are_the_ones_that_are_named():
    rng = np.random.default_rng(0)
    values = rng.normal(size=(N, P))
    values[0] = 2.0  # far from what is usual in all
    truth = {track: rng.choice(P, 3, replace=False) for track in range(1, 40)}
    for track, features in truth.items():
        values[track, features] = 2.0 + rng.normal(0, 0.05, 3)
    space = made_space(values)
    found = reasons_for(space, space.z[0], list(truth))
    for reason, features in zip(found, truth.values(), strict=True):
        assert set(features) <= set(reason.features) or len(set(features) & set(reason.features)) >= 2
        assert all(f"alike in f{place:02d}" in reason.words for place in reason.features)


@pytest.mark.parametrize("seed", range(3))
def test_taking_named_features_away_moves_a_rank_twice_as_far_as_random_ones(seed):
    rng = np.random.default_rng(seed)
    centres = rng.normal(size=(8, P)) * (rng.random((8, P)) < 0.4) * 2
    space = made_space(centres[rng.integers(8, size=N)] + rng.normal(size=(N, P)))
    lists = [make_playlist(space, Wish(like=(f"t{i:04d}",), length=10)) for i in range(0, 200, 10)]
    truth = measure_truth(space, lists, seed)
    assert len(truth) > 100
    assert truth["named"].mean() >= 2 * truth["random"].mean()


def test_words_say_what_values_are():
    values = np.random.default_rng(1).normal(size=(500, 4))
    values[0] = [2.5, -2.0, 0.0, 0.4]
    values[1] = [2.4, -1.9, 0.0, 0.41]
    values[2] = [1.4, -2.0, 2.2, 0.4]
    space = made_space(values, features=["tempo", "loudness", "valence", "tag_80s"])
    both, faster = reasons_for(space, space.z[0], [1, 2])
    assert both.words.startswith("as fast, as quiet")
    assert "fast too" in faster.words
    assert faster.words.endswith("; but happier")


def test_each_word_for_more_or_less_has_one_for_alike_and_what_has_none_is_alike_in_something():
    assert set(ALIKE) == set(COMPARATIVES)
    assert equal_feature("estimated_tempo_bpm", True) == "as fast"
    assert equal_feature("mfcc7_var", False) == "alike in timbre"
    assert equal_feature("no_such", True) == "alike in no such"
    assert (same_feature("estimated_key"), same_feature("tempo")) == ("same key", "")
    assert share_feature("loudness", False) == "quiet too"
    assert compare_feature("track_popularity", True) == "more popular"
