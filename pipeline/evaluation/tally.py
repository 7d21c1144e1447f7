"""Answers counted by track or artist, and the reports that are nothing but counts."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import sparse

N_BINS = 15
"""Of confidence, for the calibration error."""


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

    def each(self) -> "tuple[np.ndarray, Answers, np.ndarray]":
        """Return each answer that could be drawn: its row's place, itself, and its weight; of most models one a row.

        Those of a guesser are as many as there are genres to a row, so they are made when they are counted and not
        before.
        """
        places = np.arange(len(self.rows))
        if self.drawn is None:
            return places, self, np.ones(len(self.rows))
        k, weights = self.drawn.shape[1], self.drawn.ravel()
        places = np.repeat(places, k)
        predicted = np.tile(np.arange(k), len(self.rows))
        return places, Answers(self.rows[places], self.groups[places], self.actual[places], predicted, weights), weights


@dataclass(frozen=True)
class Tally:
    """Counts of answers, one row a group, pooled over repeats.

    Attributes
    ----------
    counts : scipy.sparse.csr_array [shape=(n_groups, k * k)]
        how often a row of that group, actually of genre i, was predicted as j: at column ``i * k + j``; of a guesser
        how often it is on average
    gaps : scipy.sparse.csr_array [shape=(n_groups, N_BINS)]
        right answers minus confidence, summed by bin of confidence
    accuracies : np.ndarray [shape=(n_repeats,)]
        of each repeat by itself
    n_rows : int
        distinct rows that were predicted
    k : int
        number of genres
    """

    counts: sparse.csr_array
    gaps: sparse.csr_array
    accuracies: np.ndarray
    n_rows: int
    k: int

    def confusion(self) -> np.ndarray:
        """Return the confusion matrix [shape=(k, k)], actual by predicted."""
        return np.asarray(self.counts.sum(axis=0)).reshape(self.k, self.k)


def count(repeats: Sequence[Answers], k: int) -> Tally:
    """Count answers among `k` genres, pooled over `repeats`.

    The bins are `N_BINS` of equal width, closed above (Guo et al. 2017).
    """
    codes, names = pd.factorize(np.concatenate([answers.groups for answers in repeats]))
    ends = np.cumsum([len(answers.groups) for answers in repeats])[:-1]
    counts, gaps = sparse.csr_array((len(names), k * k)), sparse.csr_array((len(names), N_BINS))
    for answers, groups in zip(repeats, np.split(codes, ends), strict=True):
        places, each, weights = answers.each()
        bins = np.clip(np.ceil(each.confidence * N_BINS).astype(int) - 1, 0, N_BINS - 1)
        counts += sum_into(weights, groups[places], each.actual * k + each.predicted, counts.shape)
        gaps += sum_into(weights * (each.right - each.confidence), groups[places], bins, gaps.shape)
    return Tally(
        counts=counts,
        gaps=gaps,
        accuracies=np.array([answers.right.mean() for answers in repeats]),
        n_rows=int(np.count_nonzero(np.bincount(np.concatenate([answers.rows for answers in repeats])))),
        k=k,
    )


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
