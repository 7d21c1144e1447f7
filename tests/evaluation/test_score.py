from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse
from scipy.stats import t as student
from sklearn.metrics import accuracy_score, cohen_kappa_score, f1_score, matthews_corrcoef, recall_score

from pipeline.evaluation import calibration_error
from pipeline.evaluation.interval import FEWEST_GROUPS
from pipeline.evaluation.score import _leave_out, intervals, metrics, score
from pipeline.evaluation.tally import N_BINS, Answers, count

K = 4
genre, confidence = st.integers(0, K - 1), st.floats(0.01, 1)
answered = st.lists(st.tuples(genre, genre, st.integers(0, 9), confidence), min_size=1, max_size=60)


def answers(actual, predicted, groups, confidences=None, rows=None):
    rows = np.arange(len(actual)) if rows is None else rows
    confidences = np.ones(len(actual)) if confidences is None else confidences
    return Answers(*(np.asarray(column) for column in (rows, groups, actual, predicted, confidences)))


def scored(*repeats, k=K):
    return score(count(repeats, k)).set_index("metric")


@given(answered)
def test_scores_are_those_of_scikit_learn(rows):
    actual, predicted, groups, _ = (np.array(column) for column in zip(*rows, strict=True))
    values = scored(answers(actual, predicted, groups))["value"]
    assert values["accuracy"] == pytest.approx(accuracy_score(actual, predicted))
    present = np.unique(actual)
    assert values["balanced_accuracy"] == pytest.approx(
        recall_score(actual, predicted, labels=present, average="macro")
    )
    seen = np.union1d(actual, predicted)
    assert values["macro_f1"] == pytest.approx(f1_score(actual, predicted, labels=seen, average="macro"))
    if len(seen) > 1:  # else both are undefined, and told as 0
        assert values["mcc"] == pytest.approx(matthews_corrcoef(actual, predicted), abs=1e-9)
        assert values["kappa"] == pytest.approx(cohen_kappa_score(actual, predicted), abs=1e-9)


@given(answered)
def test_the_calibration_error_is_the_mean_gap_of_bins_over_rows(rows):
    actual, predicted, groups, confidences = (np.array(column) for column in zip(*rows, strict=True))
    expected = 0.0
    edges = np.arange(N_BINS + 1) / N_BINS
    for low, high in pairwise(edges):
        inside = (confidences * N_BINS > low * N_BINS) & (confidences * N_BINS <= high * N_BINS)
        if inside.any():
            gap = (actual == predicted)[inside].mean() - confidences[inside].mean()
            expected += inside.mean() * abs(gap)
    told = scored(answers(actual, predicted, groups, confidences)).loc["expected_calibration_error"]
    assert told["value"] == pytest.approx(expected, abs=1e-9)


@given(answered)
def test_every_interval_holds_its_value_and_what_is_possible_or_is_missing(rows):
    actual, predicted, groups, confidences = (np.array(column) for column in zip(*rows, strict=True))
    told = scored(answers(actual, predicted, groups, confidences))
    lowest = pd.Series(0.0, told.index).where(~told.index.isin(["mcc", "kappa"]), -1.0)
    missing = told["ci_low"].isna()
    assert (missing == told["ci_high"].isna()).all()
    assert missing["accuracy"] == missing["mcc"]
    assert not missing["accuracy"] or len(set(groups)) < 60
    held = told[~missing]
    assert (held["ci_low"] >= lowest[~missing] - 1e-9).all()
    assert (held["ci_high"] <= 1 + 1e-9).all()
    assert (held["ci_low"] <= held["value"] + 1e-9).all()
    assert (held["ci_high"] >= held["value"] - 1e-9).all()


@given(answered, st.booleans())
def test_what_scores_are_without_each_group_is_what_is_left_of_the_sums_scored(rows, is_guesser):
    actual, predicted, groups, confidences = (np.array(column) for column in zip(*rows, strict=True))
    drawn = np.random.default_rng(len(rows)).dirichlet(np.ones(K), len(rows)) if is_guesser else None
    sums = count([Answers(np.arange(len(rows)), groups, actual, predicted, confidences, drawn)], K).sums
    total = np.asarray(sums.sum(axis=0))
    left = _leave_out(sums, total.reshape(3, K))
    for name, expected in metrics(total - sums.toarray(), K).items():
        np.testing.assert_allclose(left.without[name], expected, atol=1e-9, err_msg=name)
    by_genre = sums.toarray()[:, K : 2 * K]
    np.testing.assert_array_equal(left.sizes, by_genre.sum(axis=1))
    np.testing.assert_array_equal(left.genres, by_genre.argmax(axis=1))


def test_the_interval_grows_when_rows_of_a_track_say_the_same():
    rng = np.random.default_rng(0)
    predicted = np.repeat(rng.random(50) >= 0.7, 10).astype(int)
    actual = np.zeros(500, int)
    widths = [
        np.ptp(scored(answers(actual, predicted, groups), k=2).loc["accuracy", ["ci_low", "ci_high"]].to_numpy())
        for groups in (np.repeat(np.arange(50), 10), np.arange(500))
    ]
    assert widths[0] > 2 * widths[1]


@settings(max_examples=20)
@given(st.integers(FEWEST_GROUPS, 60), st.integers(0, 10_000))
def test_with_one_answer_a_track_the_interval_is_wilsons_and_its_bounds_never_fall_when_one_more_is_right(n, seed):
    rng = np.random.default_rng(seed)
    actual, order = rng.integers(0, K, n), rng.permutation(n)
    bounds = []
    for n_right in range(n + 1):
        predicted = (actual + 1) % K
        predicted[order[:n_right]] = actual[order[:n_right]]
        one_hot = np.eye(K)
        sums = np.hstack([one_hot[actual] * (actual == predicted)[:, None], one_hot[actual], one_hot[predicted]])
        bounds.append(intervals(sparse.csr_array(sums), K)["accuracy"])
    low, high = np.array(bounds).T
    assert (np.diff(low) > -1e-12).all()
    assert (np.diff(high) > -1e-12).all()
    t = student.ppf(0.975, n - 1)
    assert low[-1] == pytest.approx(n / (n + t**2))  # Wilson's, all being right
    middle = n // 2 / n
    reach = t * np.sqrt(middle * (1 - middle) / n + t**2 / (4 * n**2)) / (1 + t**2 / n)
    assert high[n // 2] - low[n // 2] == pytest.approx(2 * reach)


def test_where_groups_are_too_few_no_interval_is_told():
    four = scored(answers(np.arange(8) % K, np.arange(8) % K, np.arange(8) % 4))
    assert four[["ci_low", "ci_high"]].isna().all(axis=None)
    one_of_a_genre = scored(answers([0] * 9 + [1], [0] * 10, np.arange(10)), k=2)
    assert one_of_a_genre.loc["accuracy", ["ci_low", "ci_high"]].notna().all()
    assert one_of_a_genre.loc[["balanced_accuracy", "macro_f1"], ["ci_low", "ci_high"]].isna().all(axis=None)
    one_large = scored(answers(np.zeros(100, int), np.zeros(100, int), np.r_[np.zeros(91, int), np.arange(1, 10)]))
    assert one_large.loc["accuracy", ["ci_low", "ci_high"]].isna().all(), "nine tenths are of one artist"


def test_the_calibration_interval_of_honest_probabilities_begins_at_0_and_of_boastful_ones_does_not():
    rng = np.random.default_rng(0)
    n, honest, boastful = 300, [], []
    for _ in range(40):
        chance = rng.uniform(0.3, 1, n)
        wrong = (rng.random(n) >= chance).astype(int)
        for lows, told in ((honest, chance), (boastful, chance**0.2)):
            interval = scored(answers(np.zeros(n, int), wrong, np.arange(n), told), k=2)
            lows.append(interval.loc["expected_calibration_error", "ci_low"])
    assert np.mean(np.array(honest) == 0) >= 0.85
    assert min(boastful) > 0


def test_the_calibration_interval_of_bundled_groups_is_that_of_single_ones(monkeypatch):
    """Groups of unlike sizes and unlike boasting, in the order of their genres, as tables have them."""
    rng = np.random.default_rng(0)
    sizes = rng.integers(1, 9, 6_000)
    groups = np.repeat(np.arange(len(sizes)), sizes)
    chance = np.sort(rng.uniform(0.1, 0.9, len(sizes)))[groups]
    wrong = (rng.random(len(groups)) >= chance).astype(int)
    told = answers(np.zeros(len(groups), int), wrong, groups, chance**0.8)
    bundled = scored(told, k=2).loc["expected_calibration_error"]
    monkeypatch.setattr(calibration_error, "MOST_BUNDLES", len(sizes))
    single = scored(told, k=2).loc["expected_calibration_error"]
    assert bundled["value"] == single["value"]
    widths = [each["ci_high"] - each["ci_low"] for each in (bundled, single)]
    assert widths[0] == pytest.approx(widths[1], rel=0.15)
    assert bundled["ci_low"] == pytest.approx(single["ci_low"], abs=0.15 * widths[1])


def test_rows_that_several_repeats_tested_are_counted_once_in_n():
    told = scored(answers([0, 0], [0, 1], [0, 1], rows=[0, 1]), answers([0, 0], [0, 0], [0, 2], rows=[0, 2]))
    assert set(told["n"]) == {3}


def test_what_repeats_differ_by_is_told_where_there_are_several():
    half, whole = answers([0, 0], [0, 1], [0, 1]), answers([0, 0], [0, 0], [0, 1])
    told = scored(half, whole)
    assert told.loc["accuracy_repeat_mean", "value"] == pytest.approx(0.75)
    assert told.loc["accuracy_repeat_sd", "value"] == pytest.approx(0.5 / np.sqrt(2))
    assert told.loc["accuracy_repeat_mean":, ["ci_low", "ci_high"]].isna().all(axis=None)
    assert not any("repeat" in metric for metric in scored(half).index)
