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
    weights : np.ndarray [shape=(n,)]
        how much each answer counts: 1, or less where there are several to a row, as of a guesser
    """

    rows: np.ndarray
    groups: np.ndarray
    actual: np.ndarray
    predicted: np.ndarray
    confidence: np.ndarray
    weights: np.ndarray | None = None

    def __post_init__(self) -> None:
        """Count every answer once unless it is said otherwise."""
        if self.weights is None:
            object.__setattr__(self, "weights", np.ones(len(self.rows)))

    @property
    def right(self) -> np.ndarray:
        """How much each answer adds to the right ones [shape=(n,)]."""
        return (self.actual == self.predicted) * self.weights


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
    rows, groups, actual, predicted, confidence, weights, right = (
        np.concatenate([getattr(answers, name) for answers in repeats])
        for name in ("rows", "groups", "actual", "predicted", "confidence", "weights", "right")
    )
    codes, names = pd.factorize(groups)
    bins = np.clip(np.ceil(confidence * N_BINS).astype(int) - 1, 0, N_BINS - 1)
    return Tally(
        counts=sum_into(weights, codes, actual * k + predicted, (len(names), k * k)),
        gaps=sum_into(right - weights * confidence, codes, bins, (len(names), N_BINS)),
        accuracies=np.array(
            [np.average(answers.actual == answers.predicted, weights=answers.weights) for answers in repeats]
        ),
        n_rows=len(np.unique(rows)),
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
