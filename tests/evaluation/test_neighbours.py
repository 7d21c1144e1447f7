import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.neighbors import KNeighborsClassifier

from pipeline.evaluation import evaluate, search_k
from pipeline.evaluation.candidates import Candidate
from pipeline.evaluation.neighbours import predict_for_each_k


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000))
def test_votes_for_every_k_are_those_of_scikit_learn(seed):
    rng = np.random.default_rng(seed)
    X, y, asked = rng.normal(size=(40, 3)), rng.integers(0, 4, 40), rng.normal(size=(15, 3))
    k_values = [1, 2, 3, 5, 9]
    nearest = KNeighborsClassifier(9).fit(X, y).kneighbors(asked, return_distance=False)
    votes = predict_for_each_k(y[nearest], k_values, 4)
    for column, k in enumerate(k_values):
        np.testing.assert_array_equal(votes[:, column], KNeighborsClassifier(k).fit(X, y).predict(asked))


def test_the_curve_goes_through_the_score_of_the_same_model_on_the_same_splits(samples):
    found = search_k(samples, "track", k_values=[1, 5], repeats=3, seed=0).found.set_index("k")
    scores = evaluate([Candidate("knn_5", samples, "track")], repeats=3, seed=0, jobs=1).scores
    score = scores[(scores["subset"] == "test") & (scores["level"] == "segment") & (scores["metric"] == "accuracy")]
    assert abs(found.loc[5, "test_accuracy"] - score["value"].iloc[0]) < 1e-9


def test_k_3_is_always_shown_and_one_k_is_chosen(samples):
    found = search_k(samples, "random", k_values=[1, 5, 9], repeats=2, seed=0).found
    assert list(found["k"]) == [1, 3, 5, 9]
    assert found["chosen"].sum() == 1
    assert found.loc[found["chosen"], "test_accuracy"].iloc[0] == found["test_accuracy"].max()


def test_no_more_neighbours_are_asked_for_than_there_are(samples):
    few = samples.where(samples.rows["track"].to_numpy() < 6)
    found = search_k(few, "track", k_values=[1, 99], repeats=1, seed=0).found
    assert found["k"].max() == 3


@pytest.mark.parametrize("policy", ["track", "random", "predefined"])
def test_what_each_k_answers_is_what_the_same_model_answers_in_a_comparison(samples, policy):
    found = search_k(samples, policy, k_values=[1, 5], repeats=3, seed=0, answers=True)
    candidates = [Candidate(f"knn_{k}", samples, policy) for k in (1, 5)]
    evaluated = evaluate(candidates, repeats=3 if policy != "predefined" else 1, seed=0, jobs=1)
    for k in (1, 5):
        mine, other = found.of_tracks[k], evaluated.answered[f"knn_{k}", samples.feature_set, samples.window_s, policy]
        assert list(mine.track_ids) == list(other.track_ids)
        np.testing.assert_array_equal(mine.n, other.n)
        np.testing.assert_array_equal(mine.right, other.right)
        rows = found.of_rows[k]
        if policy != "predefined":  # a mean over repeats is the pooled one where all test as many
            assert rows.right.sum() / rows.n.sum() == pytest.approx(found.found.set_index("k").loc[k, "test_accuracy"])


def test_answers_are_kept_where_they_are_asked_for(samples):
    found = search_k(samples, "track", k_values=[1], repeats=1, seed=0)
    assert not found.of_rows
    assert not found.of_tracks


def test_the_search_finds_the_same_on_any_number_of_threads(samples):
    one, two = (search_k(samples, "track", k_values=[1, 5], repeats=3, seed=0, answers=True, jobs=n) for n in (1, 2))
    pd.testing.assert_frame_equal(one.found, two.found)
    for k, answers in one.of_tracks.items():
        np.testing.assert_array_equal(answers.right, two.of_tracks[k].right)
