"""Scores of counted answers, each with its interval."""

from collections.abc import Iterator

import numpy as np
import pandas as pd
from scipy import sparse

from pipeline.evaluation.calibration_error import CALIBRATION_ERROR, calibration_error
from pipeline.evaluation.interval import Bounds, interval_by_genre, overall_interval, share_of_one
from pipeline.evaluation.tally import Tally, sum_into

__all__ = ["CALIBRATION_ERROR", "metrics", "name_metric", "score"]

_BY_GENRE = ("balanced_accuracy", "macro_f1")
_LOWEST = {"mcc": -1.0, "kappa": -1.0}
_IN_WORDS = {"macro_f1": "macro F1", "mcc": "Matthews' correlation", "kappa": "Cohen's kappa"}
_MOST_CELLS = 100_000
"""Left out at once: 0.8 MB, which stay in a processor's cache; ten times as many take three times as long."""


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
    sums = counted.counts @ _margins(counted.k)
    values = metrics(np.asarray(sums.sum(axis=0)), counted.k)
    rows = [(name, float(values[name]), *bounds) for name, bounds in intervals(sums, counted.k).items()]
    sizes = np.asarray(counted.counts.sum(axis=1))
    error, bounds = calibration_error(counted.gaps, sizes, seed)
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
    hits, actual, predicted = (sums[..., i * k : (i + 1) * k] for i in range(3))
    recall = hits / np.where(actual > 0, actual, 1)
    f1 = 2 * hits / np.where(actual + predicted > 0, actual + predicted, 1)
    occurs, seen = actual > 0, (actual + predicted) > 0
    n, right = actual.sum(axis=-1), hits.sum(axis=-1)
    by_chance = (actual * predicted).sum(axis=-1)
    spread = (n**2 - (actual**2).sum(axis=-1)) * (n**2 - (predicted**2).sum(axis=-1))
    return {
        "accuracy": right / np.maximum(n, 1),
        "balanced_accuracy": (recall * occurs).sum(axis=-1) / np.maximum(occurs.sum(axis=-1), 1),
        "macro_f1": (f1 * seen).sum(axis=-1) / np.maximum(seen.sum(axis=-1), 1),
        "mcc": _ratio(n * right - by_chance, np.sqrt(np.maximum(spread, 0))),
        "kappa": _ratio(n * right - by_chance, n**2 - by_chance),
    }


def intervals(sums: sparse.csr_array | np.ndarray, k: int) -> dict[str, Bounds]:
    """Return the 95 % interval of each of `metrics`.

    Parameters
    ----------
    sums : scipy.sparse.csr_array or np.ndarray [shape=(n_groups, 3 * k)]
        as for `metrics`
    k : int
    """
    total = np.asarray(sums.sum(axis=0))
    values = metrics(total, k)
    found, actual = [], []
    for block in _blocks(sums):
        found.append(metrics(total - block, k))
        actual.append((block[:, k : 2 * k].sum(axis=1), block[:, k : 2 * k].argmax(axis=1)))
    without = {name: np.concatenate([block[name] for block in found]) for name in values}
    sizes, genres = (np.concatenate(parts) for parts in zip(*actual, strict=True))
    of_genre = [sizes[genres == genre] for genre in range(k)]
    shares = np.array([share_of_one(of_one) for of_one in of_genre])
    rates = total[:k] / np.maximum(total[k : 2 * k], 1)
    return {
        name: interval_by_genre(float(value), without[name], genres, shares, rates)
        if name in _BY_GENRE
        else overall_interval(float(value), without[name], share_of_one(sizes), _LOWEST.get(name, 0.0))
        for name, value in values.items()
    }


def _blocks(sums: sparse.csr_array | np.ndarray) -> Iterator[np.ndarray]:
    at_once = max(_MOST_CELLS // sums.shape[1], 1)
    for first in range(0, sums.shape[0], at_once):
        block = sums[first : first + at_once]
        yield block if isinstance(block, np.ndarray) else block.toarray()


def _ratio(above: np.ndarray, below: np.ndarray) -> np.ndarray:
    defined = below > 0
    return np.where(defined, above / np.where(defined, below, 1), 0.0)


def _margins(k: int) -> sparse.csr_array:
    """Return the matrix that sums the k * k cells of a confusion to hits, actual and predicted rows by genre."""
    cells, genres = np.arange(k * k), np.arange(k)
    hits = (genres * (k + 1), genres)
    rows = np.concatenate([hits[0], cells, cells])
    columns = np.concatenate([hits[1], k + cells // k, 2 * k + cells % k])
    return sum_into(np.ones(len(rows)), rows, columns, (k * k, 3 * k))
