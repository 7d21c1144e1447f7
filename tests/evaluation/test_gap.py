from dataclasses import replace

import numpy as np
import pytest

from benchmarks import leak
from pipeline.evaluation import Candidate, evaluate
from pipeline.evaluation.gap import LEAK_GAP, AnsweredRows, measure_gap, tears_copies_alone
from tests.evaluation.conftest import make_samples


@pytest.fixture(scope="module")
def scores(samples):
    candidates = [Candidate(model, samples, policy) for model in ("knn_1", "dummy_most_frequent")
                  for policy in ("random", "track", "artist", "predefined")]  # fmt: skip
    return (
        evaluate(candidates, repeats=4, seed=0, jobs=2)
        .scores.set_index(["model", "split_policy", "metric"])
        .sort_index()
    )


def of_rows(scores, policy):
    return scores[(scores["subset"] == "test") & (scores["level"] == "segment")].loc[("knn_1", policy)]


def test_a_gap_is_filed_under_every_honest_policy_and_is_the_difference_of_the_two_accuracies(scores):
    shuffled = of_rows(scores, "random").loc["accuracy", "value"]
    assert LEAK_GAP not in of_rows(scores, "random").index
    for policy in ("track", "artist", "predefined"):
        gap, accuracy = (of_rows(scores, policy).loc[metric] for metric in (LEAK_GAP, "accuracy"))
        assert gap["value"] == pytest.approx(shuffled - accuracy["value"])
        assert 0 < gap["ci_low"] < gap["value"] < gap["ci_high"]
        assert gap["n"] == accuracy["n"]


def test_a_gap_is_told_of_rows_alone(scores):
    told = scores[scores.index.get_level_values("metric") == LEAK_GAP]
    assert set(told["level"]) == {"segment"}
    assert set(told["subset"]) == {"test"}


def test_a_model_that_looks_at_nothing_has_no_leak(scores):
    (gap,) = scores.loc[[("dummy_most_frequent", "track", LEAK_GAP)]].to_dict("records")
    assert gap["ci_low"] <= 0 <= gap["ci_high"]


def test_where_each_track_is_one_row_a_gap_is_zero_by_construction_and_no_row_of_scores():
    single = make_samples(segments=1)
    assert tears_copies_alone(single.rows, "track")
    assert not tears_copies_alone(single.rows, "artist")
    n = np.ones(len(single))
    gap = measure_gap(AnsweredRows(single, n, n), AnsweredRows(single, n, n), "track")
    assert (gap.value, gap.tested) == (0, False)
    assert np.isnan([gap.ci_low, gap.ci_high]).all()
    candidates = [Candidate("knn_1", single, policy) for policy in ("random", "track")]
    assert LEAK_GAP not in set(evaluate(candidates, repeats=1, seed=0, jobs=1).scores["metric"])


@pytest.mark.parametrize(("n_copied", "is_told"), [(2, False), (20, True)])
def test_where_many_one_row_tracks_have_a_copy_tearing_these_is_a_leak_that_is_told(n_copied, is_told):
    single = make_samples(segments=1)
    rows = single.rows.copy()
    rows.loc[rows.index[n_copied : 2 * n_copied], "group"] = rows["group"].to_numpy()[:n_copied]
    assert tears_copies_alone(rows, "track") == (not is_told)
    copied = replace(single, rows=rows)
    right, n = np.ones(len(single)), np.ones(len(single))
    kept = AnsweredRows(copied, np.where(np.arange(len(single)) % 2, 1.0, 0.0), n)
    assert measure_gap(AnsweredRows(copied, right, n), kept, "track").tested == is_told


def test_the_interval_holds_the_gap_and_names_one_of_four_points_where_there_are_tracks_enough():
    found = leak.measure(150, seed=1).set_index(["policy", "tracks", "gap"]).astype(float)
    assert found["covered"].min() > 0.9
    assert found["covered"].mean() > 0.935
    named = found["named"].unstack("gap")
    assert named["0 points"].max() < 0.08
    assert named["4 points"].loc[("track", 400)] > 0.5
