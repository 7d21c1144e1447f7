from itertools import product

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest, norm
from scipy.stats import t as student_t

from pipeline.evaluation import Candidate, compare, evaluate
from pipeline.evaluation.compare import difference_interval, holm, resampled_t_test, sign_flip_test
from pipeline.tables import MODEL_COMPARISONS

several = st.lists(st.tuples(st.integers(-3, 3), st.integers(3, 5)), min_size=10, max_size=30)
whole_numbers = st.lists(st.integers(-6, 6), min_size=1, max_size=10)


def answers(correct, tracks=None, groups=None, repeat=0):
    tracks = np.arange(len(correct)) if tracks is None else np.asarray(tracks)
    groups = tracks if groups is None else groups
    return pd.DataFrame(
        {"repeat": repeat, "track_id": [f"t{i}" for i in tracks], "group": groups, "correct": np.asarray(correct, bool)}
    )


@given(st.integers(0, 60), st.integers(0, 60), st.integers(0, 20))
def test_with_one_answer_a_track_the_test_is_mcnemars_exact_one(only_a, only_b, same):
    differences = np.repeat([1, -1, 0], [only_a, only_b, same])
    expected = binomtest(only_a, only_a + only_b).pvalue if only_a + only_b else 1.0
    assert sign_flip_test(differences) == pytest.approx(expected, abs=1e-10)


@given(whole_numbers)
def test_the_test_counts_all_ways_to_flip_the_signs(differences):
    differences = np.array(differences)
    flipped = np.array(list(product((1, -1), repeat=len(differences)))) @ differences
    assert sign_flip_test(differences) == pytest.approx(np.mean(np.abs(flipped) >= abs(differences.sum())), abs=1e-10)


def test_thousands_of_groups_are_as_exact_as_ten():
    differences = np.repeat([1, -1], [4200, 3800])
    assert sign_flip_test(differences) == pytest.approx(binomtest(4200, 8000).pvalue, rel=1e-6)
    assert sign_flip_test(np.ones(8000, int)) == 1e-12


@pytest.mark.parametrize("n", [200, 999, 1_001, 40_000])
def test_a_guessers_fractions_are_tested_as_their_normal_distribution_has_it(n):
    for shift in (0.0, 0.5, 2.0):
        differences = np.random.default_rng(n).normal(shift / np.sqrt(n), 1, n)
        expected = 2 * norm.sf(abs(differences.sum()) / np.sqrt(np.square(differences).sum()))
        assert sign_flip_test(differences) == pytest.approx(expected, abs=0.01)


def test_models_that_do_not_differ_are_told_apart_in_one_of_twenty_cases_though_tracks_come_in_groups():
    rng = np.random.default_rng(0)
    found = 0
    for _ in range(600):
        groups = rng.integers(0, 30, 150)
        leaning = rng.normal(0, 0.15, 30)[groups]  # what a group's tracks have in common, for either model
        a, b = rng.random(150) < 0.6 + leaning, rng.random(150) < 0.6 - leaning
        differences = np.bincount(groups, a.astype(int) - b, 30).astype(int)
        found += sign_flip_test(differences) < 0.05
    assert 0.02 < found / 600 < 0.07


@given(several)
def test_the_interval_holds_the_difference(groups):
    differences, sizes = (np.array(column) for column in zip(*groups, strict=True))
    low, high = difference_interval(differences, sizes)
    assert -1 <= low <= differences.sum() / sizes.sum() + 1e-9
    assert differences.sum() / sizes.sum() - 1e-9 <= high <= 1
    assert low < high


def test_of_fewer_than_five_groups_no_interval_is_told():
    assert np.isnan(difference_interval(np.array([1, 0, -1, 1]), np.ones(4))).all()


def test_with_many_groups_the_interval_is_that_of_drawing_them_one_by_one():
    rng = np.random.default_rng(1)
    differences, sizes = rng.integers(-2, 4, 800), rng.integers(4, 7, 800)
    drawn = rng.integers(0, 800, (4000, 800))
    expected = np.quantile(differences[drawn].sum(1) / sizes[drawn].sum(1), [0.025, 0.975])
    np.testing.assert_allclose(difference_interval(differences, sizes), expected, atol=0.006)


def test_holm_multiplies_the_smallest_most_and_never_turns_the_order():
    # 0.01 · 4, 0.02 · 3, 0.03 · 2 is as large as the one before, 0.6 · 1
    assert holm(np.array([0.6, 0.01, 0.03, 0.02])).tolist() == pytest.approx([0.6, 0.04, 0.06, 0.06])
    assert holm(np.array([0.9, 0.8])).tolist() == [1, 1]


def test_a_clear_difference_is_called_and_a_slight_one_is_not():
    rng = np.random.default_rng(0)
    good, fair = rng.random(200) < 0.8, rng.random(200) < 0.5
    nearly = good.copy()
    nearly[:2] = ~nearly[:2]
    named = {"good": good, "fair": fair, "nearly": nearly}
    tested = {(name, "f", 30.0, "track"): answers(correct) for name, correct in named.items()}
    found = compare(tested)
    assert list(found.columns) == MODEL_COMPARISONS.names
    found = found.set_index(["model_a", "model_b"])
    assert found.loc[("good", "fair"), "better"] == "a"
    assert found.loc[("fair", "nearly"), "better"] == "b"
    assert pd.isna(found.loc[("good", "nearly"), "better"])
    assert (found["p_adjusted"] >= found["p_value"]).all()
    assert found["n"].tolist() == [200] * 3
    assert found["difference"].to_numpy() == pytest.approx((found["accuracy_a"] - found["accuracy_b"]).to_numpy())


def test_an_artist_counts_once_however_many_tracks_there_are():
    better = np.repeat([True, False], [60, 40])
    by_track = compare({("a", "f", 3.0, "track"): answers(better), ("b", "f", 3.0, "track"): answers(~better)})
    artists = np.repeat([0, 1, 2, 3, 4], 20)
    by_artist = compare(
        {
            (name, "f", 3.0, "artist"): answers(correct, groups=artists)
            for name, correct in (("a", better), ("b", ~better))
        }
    )
    assert by_track["difference"].iloc[0] == by_artist["difference"].iloc[0] == pytest.approx(0.2)
    assert by_artist["p_value"].iloc[0] == pytest.approx(1.0)
    assert by_track["p_value"].iloc[0] < 0.06


def test_only_tracks_that_both_were_tested_on_in_one_repeat_are_paired():
    tested = {
        ("a", "f", 30.0, "track"): answers([1, 1, 0], tracks=[1, 2, 3]),
        ("a", "f", 3.0, "track"): pd.concat([answers([0, 0], tracks=[3, 2]), answers([1], tracks=[1], repeat=1)]),
    }
    (found,) = compare(tested).to_dict("records")
    assert (found["comparison"], found["window_a_s"], found["window_b_s"]) == ("windows", 30, 3)
    assert (found["n"], found["accuracy_a"], found["accuracy_b"]) == (2, 0.5, 0)


def test_an_evaluation_is_compared_within_its_families(samples):
    learning = samples.learning()
    candidates = [
        Candidate(model, rows, policy)
        for policy in ("random", "track")
        for rows in (learning, learning.means_only())
        for model in ("dummy_most_frequent", "knn_1", "knn_9")
    ]
    evaluation = evaluate(candidates, repeats=2, seed=0, jobs=2)
    found = compare(evaluation.tested)
    sizes = found.groupby(["comparison", "split_policy"]).size().to_dict()
    assert sizes == {(family, policy): n for policy in ("random", "track") for family, n in
                     (("models", 6), ("feature_sets", 2))}  # fmt: skip
    told = evaluation.scores.query("level == 'track' and subset == 'test' and metric == 'accuracy'")
    value = told.set_index(["model", "feature_set", "window_s", "split_policy"])["value"]
    for row in found.itertuples():
        assert row.accuracy_a == pytest.approx(value[row.model_a, row.feature_set_a, row.window_a_s, row.split_policy])


def test_one_candidate_has_nothing_to_be_compared_with():
    found = compare({("a", "f", 30.0, "track"): answers([1, 0])})
    assert len(found) == 0
    assert list(found.columns) == MODEL_COMPARISONS.names


def test_the_resampled_t_test_is_the_formula_of_nadeau_and_bengio():
    """Their (3): a t-test of five differences, with 1/5 + 1/3 in the place of 1/5."""
    differences = np.array([0.02, 0.05, -0.01, 0.04, 0.03])
    t = differences.mean() / np.sqrt((1 / 5 + 0.25 / 0.75) * differences.var(ddof=1))
    assert resampled_t_test(differences) == pytest.approx(2 * student_t(4).sf(t))
    assert resampled_t_test(-differences) == resampled_t_test(differences)


def test_repeats_that_do_not_vary_show_no_procedure():
    assert resampled_t_test(np.zeros(5)) == 1
    assert np.isnan(resampled_t_test(np.array([0.1])))
    assert np.isnan(resampled_t_test(np.full(5, 0.1)))


def test_two_ways_that_are_equally_good_are_told_apart_in_one_of_twenty_cases_at_most():
    """The luck of the training tracks is common to all repeats: a quarter of the variance, as the authors guess."""
    rng, found = np.random.default_rng(0), 0
    for _ in range(1000):
        common, own = rng.normal(0, 0.02), rng.normal(0, 0.02, 5)
        found += resampled_t_test(common + np.sqrt(3) * own) < 0.05
    assert found / 1000 < 0.065


def test_a_split_that_is_always_the_same_says_nothing_of_the_procedure(samples):
    candidates = [
        Candidate(model, samples.learning(), policy)
        for policy in ("track", "predefined")
        for model in ("knn_3", "knn_5")
    ]
    found = compare(evaluate(candidates, repeats=3, seed=0, jobs=1).tested).set_index("split_policy")["p_procedure"]
    assert np.isnan(found["predefined"])
    assert 0 < found["track"] <= 1
