"""Scores of counted answers, each with its interval."""

from collections.abc import Iterator

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.stats import binomtest

from pipeline.evaluation.tally import Tally, sum_into
from pipeline.random_streams import stream

N_BOOTSTRAP = 1000
CONFIDENCE = 0.95
CALIBRATION_ERROR = "expected_calibration_error"
_MOST_WEIGHTS = 1_000_000
"""Drawn at once: 8 MB, however many groups there are."""


def score(counted: Tally, seed: int = 0) -> pd.DataFrame:
    """Compute each metric with its 95 % interval: percentile bootstrap over groups (Efron 1979), 1,000 resamples.

    Where all groups agree, resampling them shows no spread: then the interval is Wilson's (1927) for that many groups.
    The interval of the calibration error, which noise can only raise, is widened downwards: `_calibration_interval`.

    Returns
    -------
    pd.DataFrame
        ``metric``, ``value``, ``ci_low``, ``ci_high``, ``n``: `metrics`, and after several repeats
        ``accuracy_repeat_mean`` and ``accuracy_repeat_sd``, of the accuracies of the single repeats, without interval
    """
    sums = sparse.hstack([counted.counts @ _margins(counted.k), counted.gaps], format="csr")
    n_groups = sums.shape[0]
    observed = np.asarray(sums.sum(axis=0))
    by_group = sums.T.tocsr()
    resampled = np.concatenate([(by_group @ weights).T for weights in _resamples(n_groups, seed)])
    values, drawn = metrics(observed, counted.k), metrics(resampled, counted.k)
    rows = [(name, float(value), *_interval(float(value), drawn[name], n_groups)) for name, value in values.items()]
    error = float(values[CALIBRATION_ERROR])
    if np.ptp(drawn[CALIBRATION_ERROR]) > 0:
        gaps, shown = _gap_shares(resampled, counted.k), _gap_shares(observed, counted.k)
        noise = np.abs(gaps - shown).sum(axis=-1)
        rows[-1] = (CALIBRATION_ERROR, error, *_calibration_interval(error, drawn[CALIBRATION_ERROR], noise))
    if len(counted.accuracies) > 1:
        rows.append(("accuracy_repeat_mean", float(counted.accuracies.mean()), np.nan, np.nan))
        rows.append(("accuracy_repeat_sd", float(counted.accuracies.std(ddof=1)), np.nan, np.nan))
    return pd.DataFrame(rows, columns=["metric", "value", "ci_low", "ci_high"]).assign(n=counted.n_rows)


def metrics(sums: np.ndarray, k: int) -> dict[str, np.ndarray]:
    """Compute the scores of sums over groups.

    Parameters
    ----------
    sums : np.ndarray [shape=(..., 3 * k + N_BINS)]
        by genre: hits, rows that are of it, rows that were predicted as it; then the gaps by bin

    Returns
    -------
    dict of np.ndarray [shape=(...,)]
        ``accuracy``; ``balanced_accuracy``, the mean recall of the genres that occur; ``macro_f1``, the mean F1 of the
        genres that occur or are predicted, as scikit-learn defines them; ``expected_calibration_error`` of the most
        probable genre (Guo et al. 2017): how far confidence and accuracy lie apart, a mean over rows of bins
    """
    hits, actual, predicted = (sums[..., i * k : (i + 1) * k] for i in range(3))
    recall = hits / np.where(actual > 0, actual, 1)
    f1 = 2 * hits / np.where(actual + predicted > 0, actual + predicted, 1)
    occurs, seen = actual > 0, (actual + predicted) > 0
    return {
        "accuracy": hits.sum(axis=-1) / np.maximum(actual.sum(axis=-1), 1),
        "balanced_accuracy": (recall * occurs).sum(axis=-1) / np.maximum(occurs.sum(axis=-1), 1),
        "macro_f1": (f1 * seen).sum(axis=-1) / np.maximum(seen.sum(axis=-1), 1),
        CALIBRATION_ERROR: np.abs(_gap_shares(sums, k)).sum(axis=-1),
    }


def _gap_shares(sums: np.ndarray, k: int) -> np.ndarray:
    n_rows = sums[..., k : 2 * k].sum(axis=-1, keepdims=True)
    return sums[..., 3 * k :] / np.maximum(n_rows, 1)


def _margins(k: int) -> sparse.csr_array:
    """Return the matrix that sums the k * k cells of a confusion to hits, actual and predicted rows by genre."""
    cells, genres = np.arange(k * k), np.arange(k)
    hits = (genres * (k + 1), genres)
    rows = np.concatenate([hits[0], cells, cells])
    columns = np.concatenate([hits[1], k + cells // k, 2 * k + cells % k])
    return sum_into(np.ones(len(rows)), rows, columns, (k * k, 3 * k))


def _resamples(n_groups: int, seed: int) -> Iterator[np.ndarray]:
    """Yield how often each group is drawn [shape=(n_groups, some resamples)], `N_BOOTSTRAP` resamples in all."""
    rng = stream("bootstrap", seed)
    at_once = int(np.clip(_MOST_WEIGHTS // n_groups, 1, 100))
    for first in range(0, N_BOOTSTRAP, at_once):
        n = min(at_once, N_BOOTSTRAP - first)
        drawn = rng.integers(0, n_groups, (n, n_groups)) * n + np.arange(n)[:, None]
        yield np.bincount(drawn.ravel(), minlength=n_groups * n).reshape(n_groups, n).astype(float)


def _interval(value: float, resampled: np.ndarray, n_groups: int) -> tuple[float, float]:
    if np.ptp(resampled) > 0:
        low, high = np.quantile(resampled, [(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2])
        return float(low), float(high)
    wilson = binomtest(round(value * n_groups), n_groups).proportion_ci(CONFIDENCE, method="wilson")
    return min(wilson.low, value), max(wilson.high, value)


def _calibration_interval(value: float, resampled: np.ndarray, noise: np.ndarray) -> tuple[float, float]:
    """Return an interval that holds 0 wherever the error is no larger than noise alone would make it.

    Of a calibrated model the measured error is above 0 too, and that of a resample is higher still. So the upper end is
    the percentile; the lower end is its reflection (the basic bootstrap, Davison and Hinkley 1997), but 0 unless the
    error exceeds what resampling alone moves the bins by, `noise`.
    """
    low, high = 0.0, max(value, float(np.quantile(resampled, (1 + CONFIDENCE) / 2)))
    if value > np.quantile(noise, (1 + CONFIDENCE) / 2):
        low = max(low, 2 * value - high)
    return low, high
