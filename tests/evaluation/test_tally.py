import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import accuracy_score, confusion_matrix, f1_score, precision_recall_fscore_support, recall_score

from pipeline.evaluation.tally import class_report, confusion_rows, score, tally

K = 4
labels = st.lists(st.tuples(st.integers(0, K - 1), st.integers(0, K - 1), st.integers(0, 9)), min_size=1, max_size=60)


def counted(rows):
    actual, predicted, groups = (np.array(column) for column in zip(*rows, strict=True))
    return tally(np.arange(len(rows)), groups, actual, predicted, K), actual, predicted


@given(labels)
def test_scores_are_those_of_scikit_learn(rows):
    count, actual, predicted = counted(rows)
    values = score(count).set_index("metric")["value"]
    assert values["accuracy"] == pytest.approx(accuracy_score(actual, predicted))
    present = np.unique(actual)
    assert values["balanced_accuracy"] == pytest.approx(
        recall_score(actual, predicted, labels=present, average="macro")
    )
    seen = np.union1d(actual, predicted)
    assert values["macro_f1"] == pytest.approx(f1_score(actual, predicted, labels=seen, average="macro"))


@given(labels)
def test_the_interval_holds_the_value_and_stays_between_0_and_1(rows):
    count, _, _ = counted(rows)
    told = score(count).dropna()
    assert (told["ci_low"] >= -1e-12).all()
    assert (told["ci_high"] <= 1 + 1e-12).all()
    accuracy = told[told["metric"] == "accuracy"]
    assert (accuracy["ci_low"] <= accuracy["value"] + 1e-9).all()
    assert (accuracy["ci_high"] >= accuracy["value"] - 1e-9).all()


def test_the_interval_grows_when_rows_of_a_track_say_the_same():
    rng = np.random.default_rng(0)
    right = np.repeat(rng.random(50) < 0.7, 10)
    actual, predicted = np.zeros(500, int), np.where(right, 0, 1)
    by_track = score(tally(np.arange(500), np.repeat(np.arange(50), 10), actual, predicted, 2)).iloc[0]
    by_row = score(tally(np.arange(500), np.arange(500), actual, predicted, 2)).iloc[0]
    assert by_track["ci_high"] - by_track["ci_low"] > 2 * (by_row["ci_high"] - by_row["ci_low"])


def test_where_all_tracks_agree_the_interval_is_wilsons_not_a_point():
    twelve_right = score(tally(np.arange(12), np.arange(12), np.zeros(12, int), np.zeros(12, int), 2)).iloc[0]
    assert twelve_right["ci_high"] == 1
    assert twelve_right["ci_low"] == pytest.approx(0.757, abs=0.001)
    one_wrong = score(tally(np.arange(1), np.zeros(1), np.zeros(1, int), np.ones(1, int), 2)).iloc[0]
    assert (one_wrong["ci_low"], one_wrong["ci_high"]) == (0, pytest.approx(0.793, abs=0.001))


@given(labels)
def test_the_class_report_is_that_of_scikit_learn(rows):
    count, actual, predicted = counted(rows)
    names = tuple("abcd")
    report = class_report(count.confusion(), names)
    precision, recall, f1, support = precision_recall_fscore_support(
        actual, predicted, labels=range(K), zero_division=np.nan
    )
    np.testing.assert_allclose(report["precision"], precision)
    np.testing.assert_allclose(report["recall"], recall)
    np.testing.assert_allclose(report["f1"], f1)
    assert list(report["support"]) == list(support)


@given(labels)
def test_confusion_rows_hold_every_cell_even_empty_ones(rows):
    count, actual, predicted = counted(rows)
    cells = confusion_rows(count.confusion(), tuple("abcd"))
    assert len(cells) == K * K
    square = cells["n"].to_numpy().reshape(K, K)
    np.testing.assert_array_equal(square, confusion_matrix(actual, predicted, labels=range(K)))
    shares = cells.dropna().groupby("actual")["share_of_actual"].sum()
    assert shares.to_numpy() == pytest.approx(np.ones(len(shares)))


def test_rows_that_several_repeats_tested_are_counted_once_in_n():
    rows = np.array([0, 1, 0, 1, 2])
    told = score(tally(rows, rows, np.zeros(5, int), np.zeros(5, int), 2))
    assert isinstance(told, pd.DataFrame)
    assert set(told["n"]) == {3}
