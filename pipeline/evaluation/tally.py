"""Answers counted by track or artist, and the reports that are nothing but counts."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from operator import add

import numpy as np
import pandas as pd
from scipy import sparse
from sklearn.utils import gen_batches

N_BINS = 15
"""Of confidence, for the calibration error."""

_CHANCES_AT_ONCE = 2_000_000
"""Rows times genres that are summed at once: 64 MB."""


@dataclass(frozen=True)
class Answers:
    """What one model, fitted once, answered to rows.

    Attributes
    ----------
    rows, groups : np.ndarray [shape=(n,), dtype=int]
        which row (at level ``track``: which track), and the group that intervals draw it with: its track, counted as
        one with its duplicates, or its artist
    actual, predicted : np.ndarray [shape=(n,), dtype=int]
        genres, from 0
    confidence : np.ndarray [shape=(n,)]
        probability of the predicted genre
    drawn : np.ndarray [shape=(n, k)], optional
        of a guesser the probability of each genre: it counts as all answers that could be drawn, each as much as that
    """

    rows: np.ndarray
    groups: np.ndarray
    actual: np.ndarray
    predicted: np.ndarray
    confidence: np.ndarray
    drawn: np.ndarray | None = None

    @property
    def right(self) -> np.ndarray:
        """How much each row adds to the right answers [shape=(n,)]."""
        if self.drawn is None:
            return (self.actual == self.predicted).astype(float)
        return self.drawn[np.arange(len(self.actual)), self.actual]


@dataclass(frozen=True)
class Tally:
    """Counts of answers, one row a group, pooled over repeats.

    Attributes
    ----------
    sums : scipy.sparse.csr_array [shape=(n_groups, 3 * k)]
        by genre: hits, rows that are of it, rows that were predicted as it; of a guesser what these are on average
    confusion : np.ndarray [shape=(k, k)]
        how often a row that is actually of genre i was predicted as j, likewise
    gaps : scipy.sparse.csr_array [shape=(n_groups, N_BINS)]
        right answers minus confidence, summed by bin of confidence
    accuracies : np.ndarray [shape=(n_repeats,)]
        of each repeat by itself
    n_rows : int
        distinct rows that were predicted
    k : int
        number of genres
    """

    sums: sparse.csr_array
    confusion: np.ndarray
    gaps: sparse.csr_array
    accuracies: np.ndarray
    n_rows: int
    k: int

    @property
    def sizes(self) -> np.ndarray:
        """Rows of each group [shape=(n_groups,)]."""
        return np.asarray(self.sums[:, self.k : 2 * self.k].sum(axis=1))


def count(repeats: Sequence[Answers], k: int) -> Tally:
    """Count answers among `k` genres, pooled over `repeats`.

    The bins are `N_BINS` of equal width, closed above (Guo et al. 2017).
    """
    codes, names = pd.factorize(np.concatenate([answers.groups for answers in repeats]))
    ends = np.cumsum([len(answers.groups) for answers in repeats])[:-1]
    of_repeats = (_count(*of_one, len(names), k) for of_one in zip(repeats, np.split(codes, ends), strict=True))
    sums, confusion, gaps = reduce(lambda so_far, more: tuple(map(add, so_far, more)), of_repeats)
    return Tally(
        sums=sums,
        confusion=confusion,
        gaps=gaps,
        accuracies=np.array([answers.right.mean() for answers in repeats]),
        n_rows=int(np.count_nonzero(np.bincount(np.concatenate([answers.rows for answers in repeats])))),
        k=k,
    )


def _count(
    answers: Answers, groups: np.ndarray, n_groups: int, k: int
) -> tuple[sparse.csr_array, np.ndarray, sparse.csr_array]:
    """Return the sums, the confusion and the gaps of a `Tally`, of one repeat whose rows are of these groups."""
    ones = np.ones(len(groups))
    hits, actual = (sum_into(of, groups, answers.actual, (n_groups, k)) for of in (answers.right, ones))
    if answers.drawn is None:
        predicted = sum_into(ones, groups, answers.predicted, (n_groups, k))
        confusion = sum_into(ones, answers.actual, answers.predicted, (k, k)).toarray()
        apart = answers.right - answers.confidence
        gaps = sum_into(apart, groups, _bins(answers.confidence), (n_groups, N_BINS))
    else:
        rows = np.arange(len(groups))
        predicted = sparse.csr_array(sum_into(ones, groups, rows, (n_groups, len(rows))) @ answers.drawn)
        confusion = sum_into(ones, answers.actual, rows, (k, len(rows))) @ answers.drawn
        gaps = _gaps_of_guesses(answers, groups, n_groups)
    return sparse.hstack([hits, actual, predicted]).tocsr(), confusion, gaps


def _gaps_of_guesses(answers: Answers, groups: np.ndarray, n_groups: int) -> sparse.csr_array:
    drawn = np.asarray(answers.drawn)
    n, k = drawn.shape
    gaps = np.zeros(n_groups * N_BINS)
    for some in gen_batches(k, max(_CHANCES_AT_ONCE // max(n, 1), 1)):  # a sum over all groups takes its time
        chances = drawn[:, some]
        apart = chances * ((answers.actual[:, None] == np.arange(k)[some]) - chances)
        cells = groups[:, None] * N_BINS + _bins(chances)
        gaps += np.bincount(cells.ravel(), apart.ravel(), len(gaps))
    return sparse.csr_array(gaps.reshape(n_groups, N_BINS))


def _bins(confidence: np.ndarray) -> np.ndarray:
    return np.clip(np.ceil(confidence * N_BINS).astype(int) - 1, 0, N_BINS - 1)


def sum_into(values: np.ndarray, rows: np.ndarray, columns: np.ndarray, shape: tuple[int, int]) -> sparse.csr_array:
    """Return the matrix of that shape whose cells hold the sums of the values that belong there."""
    return sparse.coo_array((values, (rows, columns)), shape=shape).tocsr()


def class_report(confusion: np.ndarray, genres: tuple[str, ...]) -> pd.DataFrame:
    """Return precision, recall, F1 and support of each genre; precision is missing where the genre is never predicted.

    Parameters
    ----------
    confusion : np.ndarray [shape=(k, k)]
    genres : tuple of str [shape=(k,)]
    """
    hits, actual, predicted = np.diag(confusion), confusion.sum(axis=1), confusion.sum(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        return pd.DataFrame(
            {
                "genre": genres,
                "precision": hits / predicted,
                "recall": hits / actual,
                "f1": 2 * hits / (actual + predicted),
                "support": np.rint(actual).astype(int),
            }
        )


def confusion_rows(confusion: np.ndarray, genres: tuple[str, ...]) -> pd.DataFrame:
    """Return the cells of a confusion matrix that are not 0: ``actual``, ``predicted``, ``n``, ``share_of_actual``.

    Of a hundred genres nine cells of ten are.
    """
    actual, predicted = np.nonzero(confusion)
    n, names = confusion[actual, predicted], np.asarray(genres, dtype=object)
    return pd.DataFrame(
        {
            "actual": names[actual],
            "predicted": names[predicted],
            "n": np.rint(n).astype(int),
            "share_of_actual": n / confusion.sum(axis=1)[actual],
        }
    )
