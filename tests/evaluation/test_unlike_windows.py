"""Files of one genre are too short for the longer window: windows and champions are compared on like tracks."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from pipeline.evaluation import (
    Candidate,
    correct,
    crown,
    evaluate,
    gather,
    hold_out,
    ranking,
    say_left_out_of,
    summarise,
)
from pipeline.evaluation.coverage import COMMON, COVERAGE, read_coverage
from pipeline.evaluation.samples import describe_split
from tests.evaluation.conftest import make_samples

SHORT = "jazz"


@pytest.fixture(scope="module")
def windows():
    """Three-second rows of three genres, and 30-second rows of two of them, which are easily told apart."""
    short = make_samples(tracks_a_genre=14, segments=3, track_share=1.0)
    first = short.where(short.rows["start_s"].to_numpy() == 0)
    long = replace(first, window_s=30.0, values=first.X + 20 * np.eye(3, first.X.shape[1])[first.y])
    return [long.where(long.y != long.genres.index(SHORT)), short]


@pytest.fixture(scope="module")
def evaluated(windows):
    candidates = [
        Candidate(model, window.learning(), "track") for window in windows for model in ("knn_3", "dummy_most_frequent")
    ]
    return evaluate(candidates, repeats=4, seed=0, jobs=1)


def accuracy(scores, model, window_s, metric="accuracy", level="track"):
    named = (scores["model"] == model) & (scores["window_s"] == window_s) & (scores["metric"] == metric)
    found = scores[named & (scores["subset"] == "test") & (scores["level"] == level)]
    return found.iloc[0]


def test_a_window_that_is_right_on_fewer_tracks_is_ranked_by_all_tracks(evaluated):
    scores = evaluated.scores
    assert accuracy(scores, "knn_3", 30)["value"] == 1, "of the two genres that it knows"
    ranked = ranking(scores, "track").set_index("window_s")
    share = accuracy(scores, "knn_3", 30, COVERAGE)["value"]
    assert 0.6 < share < 0.7
    assert ranked.loc[30, "right_of_all"] == pytest.approx(share)
    assert ranked.loc[3, "coverage"] == 1
    assert list(ranked["right_of_all"]) == sorted(ranked["right_of_all"], reverse=True)


def test_the_accuracy_on_common_tracks_is_of_the_tracks_that_both_windows_have(evaluated, windows):
    common = accuracy(evaluated.scores, "knn_3", 3, COMMON)
    own = accuracy(evaluated.scores, "knn_3", 3)
    assert common["n"] < own["n"]
    tested = evaluated.tested["knn_3", windows[1].feature_set, 3.0, "track"]
    there = tested["track_id"].isin(windows[0].rows["track_id"])
    assert common["value"] == pytest.approx(tested.loc[there, "correct"].mean())
    assert common["n"] == tested.loc[there, "track_id"].nunique()
    rows = accuracy(evaluated.scores, "dummy_most_frequent", 30, COMMON, "segment")
    assert rows["value"] == pytest.approx(
        accuracy(evaluated.scores, "dummy_most_frequent", 30, level="segment")["value"]
    )


def test_the_summary_compares_like_with_like_and_says_how_many_tracks_it_rests_on(evaluated):
    row = summarise(evaluated.scores).query("model == 'knn_3' and level == 'track'").iloc[0]
    assert row["test_3s"] == accuracy(evaluated.scores, "knn_3", 3, COMMON)["value"]
    assert row["tracks_3s"] == accuracy(evaluated.scores, "knn_3", 3, COMMON)["n"]
    assert row["tracks_30s"] == accuracy(evaluated.scores, "knn_3", 30)["n"]


def test_windows_with_the_same_tracks_have_no_coverage_to_tell(windows):
    same = [replace(windows[1], window_s=window_s).learning() for window_s in (3.0, 6.0)]
    scores = evaluate([Candidate("knn_3", window, "track") for window in same], repeats=1, seed=0, jobs=1).scores
    assert not scores["metric"].isin([COVERAGE, COMMON]).any()
    assert read_coverage(scores, "track").empty
    assert "coverage" not in ranking(scores, "track")
    assert say_left_out_of(same) == []


def test_what_is_announced_is_chosen_by_all_tracks_too(evaluated, windows):
    tried = gather(evaluated.answered, [], [window.learning() for window in windows], "track")
    assert sorted(tried.coverage)[-1] == 1
    best = ranking(evaluated.scores, "track").iloc[0]
    found = correct(tried, 0)
    if best["window_s"] == 30:
        assert found.value == 1
    alone = correct(replace(tried, coverage=np.where(tried.coverage < 1, 0, 1)), 0)
    own = accuracy(evaluated.scores, "knn_3", 3)
    assert alone.value == pytest.approx(own["value"])


def test_a_champion_lists_the_genres_that_it_knows_and_names_them_rightly(evaluated, windows):
    ranked = ranking(evaluated.scores, "track").query("window_s == 30").reset_index(drop=True)
    champion = crown(ranked, windows, policy="track", seed=0)
    assert SHORT not in champion.genres
    assert len(champion.genres) == 2
    evaluation, predictions = hold_out(champion, evaluated.scores, windows, seed=0)
    mine = predictions[(predictions["model"] == "knn_3") & (predictions["window_s"] == 30)]
    assert mine["correct"].all()
    assert set(mine["predicted"]) == set(champion.genres)
    common = evaluation.scores[evaluation.scores["metric"] == COMMON]
    assert set(common["window_s"]) == {30, 3}
    assert common.loc[common["level"] == "track", "n"].nunique() == 1


def test_what_is_never_tested_is_told_of_each_window(windows):
    learning = [window.learning() for window in windows]
    assert describe_split(learning, "track") == [f"Never tested with tracks kept whole on 30-second rows: {SHORT}."]
    assert describe_split(learning[1:], "track") == []


def test_files_that_a_window_leaves_out_are_counted(windows):
    assert say_left_out_of(windows) == [
        f"30 s was left out for 14 of 42 files, which have no 30-second row. Of {SHORT} there is none."
    ]


def test_ranking_takes_scores_of_before_coverage_was_told(evaluated):
    before = evaluated.scores[evaluated.scores["metric"] != COVERAGE]
    assert ranking(before, "track")["value"].is_monotonic_decreasing
    assert isinstance(ranking(before, "track"), pd.DataFrame)
