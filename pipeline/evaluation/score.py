"""Scores of counted answers, each with its interval."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import sparse
from sklearn.utils import gen_batches

from pipeline.evaluation.calibration_error import CALIBRATION_ERROR, calibration_error
from pipeline.evaluation.interval import Bounds, interval_by_genre, overall_interval, share_of_one
from pipeline.evaluation.tally import Tally
from pipeline.splits.draw import most_frequent

__all__ = ["CALIBRATION_ERROR", "metrics", "name_metric", "score"]

_BY_GENRE = ("balanced_accuracy", "macro_f1")
_LOWEST = {"mcc": -1.0, "kappa": -1.0}
_MOST_CELLS = 200_000
"""Left out at once: groups times the genres that they have, each of which takes half a kilobyte."""
_IN_WORDS = {"macro_f1": "macro F1", "mcc": "Matthews' correlation", "kappa": "Cohen's kappa"}


def name_metric(metric: str) -> str:
    """Return a metric in words.

    >>> name_metric("balanced_accuracy"), name_metric("macro_f1")
    ('balanced accuracy', 'macro F1')
    """
    return _IN_WORDS.get(metric, metric.replace("_", " "))


def score(counted: Tally, seed: int = 0) -> pd.DataFrame:
    """Compute each metric with its 95 % interval over groups; `interval` and `calibration_error` say how.

    Returns
    -------
    pd.DataFrame
        ``metric``, ``value``, ``ci_low``, ``ci_high``, ``n``: `metrics` and ``expected_calibration_error``, and after
        several repeats ``accuracy_repeat_mean`` and ``accuracy_repeat_sd``, of the accuracies of the single repeats,
        without interval. Where there are too few groups to say, bounds are missing
    """
    values = metrics(np.asarray(counted.sums.sum(axis=0)), counted.k)
    rows = [(name, float(values[name]), *bounds) for name, bounds in intervals(counted.sums, counted.k).items()]
    error, bounds = calibration_error(counted.gaps, counted.sizes, seed)
    rows.append((CALIBRATION_ERROR, error, *bounds))
    if len(counted.accuracies) > 1:
        rows.append(("accuracy_repeat_mean", float(counted.accuracies.mean()), np.nan, np.nan))
        rows.append(("accuracy_repeat_sd", float(counted.accuracies.std(ddof=1)), np.nan, np.nan))
    return pd.DataFrame(rows, columns=["metric", "value", "ci_low", "ci_high"]).assign(n=counted.n_rows)


def metrics(sums: np.ndarray, k: int) -> dict[str, np.ndarray]:
    """Compute the scores of sums over groups.

    Parameters
    ----------
    sums : np.ndarray [shape=(..., 3 * k)]
        by genre: hits, rows that are of it, rows that were predicted as it

    Returns
    -------
    dict of np.ndarray [shape=(...,)]
        ``accuracy``; ``balanced_accuracy``, the mean recall of the genres that occur; ``macro_f1``, the mean F1 of the
        genres that occur or are predicted, as scikit-learn defines them; ``mcc``, Matthews' correlation coefficient for
        several genres (Gorodkin 2004), and ``kappa`` (Cohen 1960), both 0 where they are not defined
    """
    return _combine(_of_genres(*(sums[..., i * k : (i + 1) * k] for i in range(3))).sum(axis=-1))


def intervals(sums: sparse.csr_array, k: int) -> dict[str, Bounds]:
    """Return the 95 % interval of each of `metrics`.

    Parameters
    ----------
    sums : scipy.sparse.csr_array [shape=(n_groups, 3 * k)]
        as for `metrics`
    k : int
    """
    total = np.asarray(sums.sum(axis=0)).reshape(3, k)
    values = _combine(_of_genres(*total).sum(axis=-1))
    at_once = max(_MOST_CELLS * sums.shape[0] // max(sums.nnz, 1), 1)
    parts = [_leave_out(sums[rows], total) for rows in gen_batches(sums.shape[0], at_once)]
    without = {name: np.concatenate([part.without[name] for part in parts]) for name in values}
    sizes, genres = (np.concatenate([getattr(part, name) for part in parts]) for name in ("sizes", "genres"))
    shares = np.array([share_of_one(sizes[genres == genre]) for genre in range(k)])
    rates = total[0] / np.maximum(total[1], 1)
    return {
        name: interval_by_genre(float(value), without[name], genres, shares, rates)
        if name in _BY_GENRE
        else overall_interval(float(value), without[name], share_of_one(sizes), _LOWEST.get(name, 0.0))
        for name, value in values.items()
    }


@dataclass(frozen=True)
class _LeftOut:
    """Some groups, each left out: `metrics` without it, its rows, and the genre that most of them are of."""

    without: dict[str, np.ndarray]
    sizes: np.ndarray
    genres: np.ndarray


def _leave_out(sums: sparse.csr_array, total: np.ndarray) -> _LeftOut:
    """Leave out each of some groups, which changes those genres alone that it has.

    Parameters
    ----------
    sums : scipy.sparse.csr_array [shape=(n_groups, 3 * k)]
        of these groups
    total : np.ndarray [shape=(3, k)]
        of all
    """
    n_groups, k = sums.shape[0], total.shape[1]
    entries = sums.tocoo()
    what, genre = np.divmod(entries.col.astype(np.int64), k)
    cells, place = np.unique(entries.row * np.int64(k) + genre, return_inverse=True)
    own = np.zeros((3, len(cells)))
    own[what, place] = entries.data
    groups, genres = np.divmod(cells, k)
    changes = _of_genres(*(total[:, genres] - own)) - _of_genres(*total[:, genres])
    changed = np.stack([np.bincount(groups, change, n_groups) for change in changes])
    holds = own[1] > 0
    return _LeftOut(
        _combine(_of_genres(*total).sum(axis=-1)[:, None] + changed),
        np.bincount(groups, own[1], n_groups),
        most_frequent(groups[holds], genres[holds], own[1, holds], n_groups),
    )


def _of_genres(hits: np.ndarray, actual: np.ndarray, predicted: np.ndarray) -> np.ndarray:
    """Return what each genre adds to the sums that scores are made of [shape=(9, ...)]."""
    either = actual + predicted
    recall, f1 = hits / np.where(actual > 0, actual, 1), 2 * hits / np.where(either > 0, either, 1)
    squares = actual * predicted, actual**2, predicted**2
    return np.stack([hits, actual, *squares, recall * (actual > 0), actual > 0, f1 * (either > 0), either > 0])


def _combine(sums: np.ndarray) -> dict[str, np.ndarray]:
    """Return the scores, by their names, of what `_of_genres` returns, summed over genres."""
    right, n, by_chance, actual, predicted, recall, n_occur, f1, n_seen = sums
    spread = (n**2 - actual) * (n**2 - predicted)
    return {
        "accuracy": right / np.maximum(n, 1),
        "balanced_accuracy": recall / np.maximum(n_occur, 1),
        "macro_f1": f1 / np.maximum(n_seen, 1),
        "mcc": _ratio(n * right - by_chance, np.sqrt(np.maximum(spread, 0))),
        "kappa": _ratio(n * right - by_chance, n**2 - by_chance),
    }


def _ratio(above: np.ndarray, below: np.ndarray) -> np.ndarray:
    defined = below > 0
    return np.where(defined, above / np.where(defined, below, 1), 0.0)
