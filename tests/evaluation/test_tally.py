import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import confusion_matrix, precision_recall_fscore_support

from pipeline.evaluation.fitting import Predictions
from pipeline.evaluation.tally import Answers, class_report, confusion_rows, count

K = 4
labels = st.lists(st.tuples(st.integers(0, K - 1), st.integers(0, K - 1), st.integers(0, 9)), min_size=1, max_size=60)


def counted(rows):
    actual, predicted, groups = (np.array(column) for column in zip(*rows, strict=True))
    answers = Answers(np.arange(len(rows)), groups, actual, predicted, np.ones(len(rows)))
    return count([answers], K), actual, predicted


@given(labels)
def test_the_class_report_is_that_of_scikit_learn(rows):
    tally, actual, predicted = counted(rows)
    names = tuple("abcd")
    report = class_report(tally.confusion, names)
    precision, recall, f1, support = precision_recall_fscore_support(
        actual, predicted, labels=range(K), zero_division=np.nan
    )
    np.testing.assert_allclose(report["precision"], precision)
    np.testing.assert_allclose(report["recall"], recall)
    np.testing.assert_allclose(report["f1"], f1)
    assert list(report["support"]) == list(support)


@given(labels)
def test_confusion_rows_hold_every_cell_that_is_not_0(rows):
    tally, actual, predicted = counted(rows)
    cells = confusion_rows(tally.confusion, tuple("abcd"))
    assert (cells["n"] > 0).all()
    square = np.zeros((K, K))
    square[cells["actual"].map("abcd".index), cells["predicted"].map("abcd".index)] = cells["n"]
    np.testing.assert_array_equal(square, confusion_matrix(actual, predicted, labels=range(K)))
    shares = cells.groupby("actual")["share_of_actual"].sum()
    assert shares.to_numpy() == pytest.approx(np.ones(len(shares)))


def test_a_guesser_is_counted_as_all_answers_that_could_be_drawn_each_as_much_as_its_probability():
    rng, n, k = np.random.default_rng(0), 40, 5
    groups, actual = rng.integers(0, 9, n), rng.integers(0, k, n)
    drawn = rng.dirichlet(np.ones(k), n)
    guesser = Answers(np.arange(n), groups, actual, drawn.argmax(axis=1), drawn.max(axis=1), drawn)
    counted = count([guesser, guesser], k)
    codes = pd.factorize(groups)[0]
    expected = np.zeros((9, k, k))
    for group, genre, chances in zip(codes, actual, drawn, strict=True):
        expected[group, genre] += 2 * chances
    assert counted.confusion == pytest.approx(expected.sum(axis=0))
    by_genre = [np.diagonal(expected, axis1=1, axis2=2), expected.sum(axis=2), expected.sum(axis=1)]
    assert counted.sums.toarray() == pytest.approx(np.hstack(by_genre))
    assert counted.accuracies == pytest.approx([drawn[np.arange(n), actual].mean()] * 2)
    assert counted.gaps.sum() == pytest.approx(2 * (drawn[np.arange(n), actual].sum() - np.square(drawn).sum()))


def test_the_probabilities_of_a_guesser_who_says_the_same_of_all_rows_are_kept_once():
    shares = np.array([0.5, 0.3, 0.2])
    places = np.arange(1000)
    told = Predictions(places, places, places % 3, np.tile(shares, (1000, 1)), guesses=True).answers
    assert told.drawn.strides[0] == 0
    np.testing.assert_allclose(count([told], 3).confusion, np.outer(np.bincount(places % 3), shares))
