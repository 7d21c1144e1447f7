"""The run in one row, and its bars: of each model, window and subset one, and the figures that it is announced by."""

from datetime import UTC, datetime

import pandas as pd
import pytest

from pipeline.evaluation import bars, overview
from pipeline.models import display_name

COLUMNS = ["model", "feature_set", "window_s", "split_policy", "subset", "level", "metric", "value", "ci_low",
           "ci_high", "n"]  # fmt: skip
FIGURES = {"worst_change": "a telephone's band", "worst_change_accuracy": 0.3}
TRACKS = pd.DataFrame({"genre": ["jazz", "jazz", "rock"]})


def scored(model="knn_3", feature_set="f", window_s=3.0, policy="artist", subset="test", level="track", value=0.5):
    return (model, feature_set, window_s, policy, subset, level, "accuracy", value, 0.4, 0.6, 9)


def scores(*rows):
    return pd.DataFrame(rows, columns=COLUMNS)


def test_each_bar_is_there_once_of_whole_tracks_the_main_set_and_the_policy_results_are_read_under():
    here = [scored(subset=subset, window_s=window_s) for subset in ("train", "test") for window_s in (30.0, 3.0)]
    here += [scored(model="dummy_stratified", value=0.1), scored(subset="holdout", policy="artist")]
    others = [scored(policy="random", value=0.9), scored(level="segment", value=0.8), scored(feature_set="g")]
    found = bars(scores(*here, *others), "artist", "f")
    assert len(found) == len(here)
    assert not found.duplicated(["model", "window_s", "subset"]).any()
    assert found["accuracy"].max() == 0.5
    assert found.set_index("model")["is_baseline"].to_dict() == {"knn_3": False, "dummy_stratified": True}
    assert found["window_s"].is_monotonic_decreasing


@pytest.mark.parametrize("corrected", [None, 0.44])
def test_the_row_of_a_run_has_the_figure_that_its_champion_is_announced_by(corrected):
    champion = {"model": "svm_rbf", "feature_set": "f", "window_s": 3.0, "test_accuracy": 0.5, "test_ci_low": 0.4,
                "test_ci_high": 0.6, "corrected_accuracy": corrected, "corrected_ci_low": 0.3, "corrected_ci_high": 0.5,
                "holdout_accuracy": 0.7}  # fmt: skip
    facts = {"started_at": datetime(2026, 1, 2, tzinfo=UTC), "champion": champion}
    (row,) = overview(facts, scores(scored()), TRACKS, "artist", "f", "Beware.", FIGURES).to_dict("records")
    assert (row["champion"], row["n_tracks"], row["n_genres"], row["warnings"]) == ("SVM (RBF kernel)", 3, 2, "Beware.")
    assert (row["accuracy"], row["ci_low"]) == ((0.5, 0.4) if corrected is None else (0.44, 0.3))
    assert row["holdout_accuracy"] == 0.7
    assert (row["other_dataset"], row["worst_change_accuracy"]) == (None, 0.3)


def test_before_models_were_compared_the_row_has_tracks_and_genres_alone():
    facts = {"started_at": datetime(2026, 1, 2, tzinfo=UTC), "champion": None}
    (row,) = overview(facts, pd.DataFrame(), TRACKS, "", "", "", {}).to_dict("records")
    assert (row["champion"], row["accuracy"], row["leak_gap"], row["n_tracks"]) == (None, None, None, 3)


@pytest.mark.parametrize(("code", "name"), [("logistic_regression", "Logistic regression"), ("knn_12", "12 nearest "
                         "neighbours"), ("lstm", "LSTM"), ("of_another_version", "of_another_version")])  # fmt: skip
def test_a_model_has_a_name_in_words(code, name):
    assert display_name(code) == name
