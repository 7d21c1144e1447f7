"""Models on another dataset than their own: the map of genres, recalls, their difference, a shift that is planted."""

from dataclasses import replace

import numpy as np
import pytest
from sklearn.metrics import recall_score

from pipeline.errors import InputError
from pipeline.evaluation.contenders import Contender
from pipeline.evaluation.label_map import map_genres, read_map
from pipeline.evaluation.like_rows import common_columns, find_like
from pipeline.evaluation.mean_recall import Answered, Rate, difference, mean_recall
from pipeline.evaluation.protocol import fit, predict
from pipeline.evaluation.shared_music import SharedMusic
from pipeline.evaluation.transfer import meet, put_away
from tests.evaluation.conftest import GENRES, make_samples

NOTHING_SHARED = SharedMusic(frozenset(), frozenset(), (), 0, 0)


class TestTheMapOfGenres:
    def test_names_that_differ_by_case_hyphens_and_blanks_map_by_themselves(self):
        found = map_genres(["Hip-Hop", "drum and bass", "jazz", "polka"], ["hiphop", "Drum & Bass", "jazz"])
        assert found == {"Hip-Hop": "hiphop", "drum and bass": "Drum & Bass", "jazz": "jazz"}

    def test_a_name_that_two_genres_share_maps_to_the_one_that_is_written_so_or_to_none(self):
        assert map_genres(["HIPHOP", "hip-hop"], ["hiphop", "hip-hop"]) == {"hip-hop": "hip-hop"}

    def test_what_is_told_goes_first_and_nothing_is_told_by_an_empty_cell(self, tmp_path):
        (tmp_path / "map.csv").write_text("theirs,ours\nrap,hiphop\njazz,\n")
        assert map_genres(["rap", "jazz", "rock"], ["hiphop", "jazz", "rock"], read_map(tmp_path / "map.csv")) == {
            "rap": "hiphop",
            "rock": "rock",
        }

    @pytest.mark.parametrize(
        ("told", "message"),
        [
            (
                {"rapp": "rock"},
                r"genre 'rapp', which the dataset that is tested on does not have: did you mean 'rap'\?",
            ),
            ({"rap": "xyz"}, r"genre 'xyz', which the model does not have; there are: jazz, rock"),
        ],
    )
    def test_a_genre_that_is_not_there_is_named(self, told, message):
        with pytest.raises(InputError, match=message):
            map_genres(["rap"], ["rock", "jazz"], told)

    @pytest.mark.parametrize(
        ("text", "message"),
        [
            ("a,b,c\nrap,hiphop,x\n", "must have two columns, .* not 3"),
            ("a,b\nrap,hiphop\nrap,rock\n", "maps genre 'rap' twice, to 'hiphop' and 'rock'"),
        ],
    )
    def test_a_table_that_is_no_map_is_refused(self, tmp_path, text, message):
        (tmp_path / "map.csv").write_text(text)
        with pytest.raises(InputError, match=message):
            read_map(tmp_path / "map.csv")


class TestRecalls:
    def test_the_mean_recall_is_scikit_learns_and_its_interval_is_that_of_the_genres_score(self):
        rng = np.random.default_rng(0)
        y = rng.integers(0, 3, 200)
        named = np.where(rng.random(200) < 0.6, y, rng.integers(0, 3, 200))
        found = mean_recall(Answered(y.astype(str), (y == named).astype(float), np.ones(200), np.arange(200)))
        assert found.value == pytest.approx(recall_score(y, named, average="macro"))
        assert found.ci_low < found.value < found.ci_high
        assert 0.1 < found.ci_high - found.ci_low < 0.2  # 200 answers of which two thirds are right: about 2 * .066

    def test_artists_of_many_tracks_make_it_wider(self):
        y = np.repeat(["a", "b"], 60)
        right = np.repeat(np.random.default_rng(1).integers(0, 2, 20), 6).astype(float)
        alone = mean_recall(Answered(y, right, np.ones(120), np.arange(120)))
        by_artist = mean_recall(Answered(y, right, np.ones(120), np.repeat(np.arange(20), 6)))
        assert by_artist.ci_high - by_artist.ci_low > 1.5 * (alone.ci_high - alone.ci_low)

    def test_a_difference_has_an_interval_as_wide_as_both_together(self):
        value, low, high = difference(Rate(0.7, 0.6, 0.8, 50), Rate(0.3, 0.2, 0.4, 50))
        assert (value, low, high) == pytest.approx((0.4, 0.4 - 0.1 * np.sqrt(2), 0.4 + 0.1 * np.sqrt(2)))
        assert np.isnan(difference(Rate(0.7, np.nan, np.nan, 3), Rate(0.3, 0.2, 0.4, 50))[1])

    def test_what_is_taken_from_a_rate_does_not_take_it_below_nothing(self):
        assert Rate(0.1, 0.04, 0.2, 9).less(0.05).fields == pytest.approx((0.05, 0.0, 0.15, 9))
        assert Rate(0.03, np.nan, np.nan, 9).less(0.05).fields == pytest.approx((0.0, np.nan, np.nan, 9), nan_ok=True)


def contend(seed: int, moved: float = 0.0):
    """Return what knn gets on tracks drawn as its own, half of them moved away in every feature."""
    drawn = make_samples(tracks_a_genre=80, segments=1, track_share=0.8, seed=seed)
    drawn = replace(drawn, rows=drawn.rows.assign(holdout=False, artist=drawn.rows["track"]))
    is_home = drawn.rows["track"].to_numpy() % 2 == 0
    home, away = drawn.where(is_home), drawn.where(~is_home)
    aside = np.random.default_rng(seed).random(len(home)) < 0.33
    learned, tested = home.where(~aside), np.flatnonzero(aside)
    own = predict(fit("knn_3", learned, seed).estimator, home, tested)["track"]
    names = np.array(GENRES, dtype=object)
    answers = Answered(names[own.actual], own.answers.right, np.ones(len(tested)), own.groups)
    away = replace(away, values=away.X + moved * np.random.default_rng(seed).normal(size=away.X.shape[1]))
    contender = Contender("knn_3", home, fit("knn_3", home, seed).estimator, answers, is_champion=True)
    return meet(contender, put_away(away, GENRES, {genre: genre for genre in GENRES}, NOTHING_SHARED, "away"), seed)


def test_a_planted_shift_is_told_and_none_is_told_where_there_is_none():
    gaps = [contend(seed).row for seed in range(20)]
    assert sum(row["gap_ci_low"] <= 0 <= row["gap_ci_high"] for row in gaps) >= 18
    shifted = [contend(seed, moved=3.0).row for seed in range(20)]
    assert sum(row["gap_ci_low"] > 0 for row in shifted) >= 17


class TestRowsAlike:
    def test_columns_are_taken_by_name_and_those_that_are_missing_are_named(self):
        ours = make_samples()
        more = replace(
            ours, feature_set="other", features=("new", *ours.features), values=np.insert(ours.X, 0, 7.0, axis=1)
        )
        assert np.array_equal(find_like(ours, [more], "away").X, ours.X)
        fewer = more.only(["new", "f0_mean", "f1_mean"])
        with pytest.raises(
            InputError, match=r"lacks 4 of the 6 columns .*: f0_var, f1_var, .*2 columns that both have"
        ):
            find_like(ours, [fewer], "away")
        assert [each.features for each in common_columns(ours, [fewer], "away")] == [("f0_mean", "f1_mean")] * 2
        with pytest.raises(InputError, match="no common columns"):
            common_columns(ours, [more.only(["new"])], "away")

    def test_bands_of_sequences_are_taken_by_name_of_all_frames(self):
        vectors = make_samples()
        bands = vectors.features[:4]
        ours = replace(
            vectors, feature_set="table", features=bands, values=np.repeat(vectors.X[:, None, :4], 5, axis=1)
        )
        theirs = replace(ours, features=bands[::-1], values=ours.X[..., ::-1])
        assert np.array_equal(find_like(ours, [theirs], "away").X, ours.X)
        fewer = theirs.only(bands[1:3])
        assert [each.X.shape[1:] for each in common_columns(ours, [fewer], "away")] == [(5, 2)] * 2

    def test_a_set_of_another_version_or_window_is_not_taken(self):
        ours = replace(make_samples(), feature_set="spectral-v1")
        with pytest.raises(
            InputError, match=r"features of 'spectral-v1', and dataset 'away' has those of mfcc-gaussian-v1"
        ):
            find_like(ours, [replace(ours, feature_set="mfcc-gaussian-v1")], "away")
        with pytest.raises(InputError, match="rows of 3 seconds, and those of dataset 'away' are of 30"):
            find_like(ours, [replace(ours, window_s=30.0)], "away")


@pytest.mark.parametrize(
    ("mapping", "message"),
    [
        ({}, "no genre in common: the model knows blues, jazz, rock"),
        ({"jazz": "jazz"}, "only one genre in common with dataset 'away', 'jazz': it takes two"),
    ],
)
def test_too_few_genres_in_common_are_told(mapping, message):
    with pytest.raises(InputError, match=message):
        put_away(make_samples(), GENRES, mapping, NOTHING_SHARED, "away")


def test_a_model_that_knows_fewer_genres_than_the_champion_is_tested_on_those():
    away = make_samples()
    found = put_away(away, GENRES[:2], {genre: genre for genre in GENRES}, NOTHING_SHARED, "away")
    assert found.samples.genres == tuple(GENRES[:2])
    assert set(found.own_genres) == set(GENRES[:2])
    assert {found.left_out.genres[code] for code in found.left_out.y} == {GENRES[2]}
