"""Predictions counted by track, and the scores and intervals that follow from the counts."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.stats import binomtest

N_BOOTSTRAP = 1000
CONFIDENCE = 0.95
_CHUNK = 100


@dataclass(frozen=True)
class Tally:
    """Confusion counts, one row a track, pooled over repeats.

    Attributes
    ----------
    counts : scipy.sparse.csr_array [shape=(n_tracks, k * k)]
        how often a row of that track, actually of genre i, was predicted as j: at column ``i * k + j``
    n_rows : int
        distinct rows that were predicted
    k : int
        number of genres
    """

    counts: sparse.csr_array
    n_rows: int
    k: int

    def confusion(self) -> np.ndarray:
        """Return the confusion matrix [shape=(k, k)], actual by predicted."""
        return np.asarray(self.counts.sum(axis=0)).reshape(self.k, self.k)


def tally(rows: np.ndarray, groups: np.ndarray, actual: np.ndarray, predicted: np.ndarray, k: int) -> Tally:
    """Count predictions.

    Parameters
    ----------
    rows, groups : np.ndarray [shape=(n,)]
        which row, and which track (its duplicates counted as the same) it is of; both may repeat
    actual, predicted : np.ndarray [shape=(n,), dtype=int]
        genres, from 0
    k : int
        number of genres
    """
    codes, names = pd.factorize(groups)
    cells = (np.ones(len(codes)), (codes, actual * k + predicted))
    return Tally(sparse.coo_array(cells, shape=(len(names), k * k)).tocsr(), len(np.unique(rows)), k)


def metrics(confusions: np.ndarray) -> dict[str, np.ndarray]:
    """Compute the scores of confusion matrices.

    Parameters
    ----------
    confusions : np.ndarray [shape=(..., k, k)]
        actual by predicted

    Returns
    -------
    dict of np.ndarray [shape=(...,)]
        ``accuracy``; ``balanced_accuracy``, the mean recall of the genres that occur; ``macro_f1``, the mean F1 of the
        genres that occur or are predicted, as scikit-learn defines them
    """
    hits = np.diagonal(confusions, axis1=-2, axis2=-1)
    actual, predicted = confusions.sum(axis=-1), confusions.sum(axis=-2)
    total = actual.sum(axis=-1)
    recall = hits / np.where(actual > 0, actual, 1)
    f1 = 2 * hits / np.where(actual + predicted > 0, actual + predicted, 1)
    occurs, seen = actual > 0, (actual + predicted) > 0
    return {
        "accuracy": hits.sum(axis=-1) / np.where(total > 0, total, 1),
        "balanced_accuracy": (recall * occurs).sum(axis=-1) / np.maximum(occurs.sum(axis=-1), 1),
        "macro_f1": (f1 * seen).sum(axis=-1) / np.maximum(seen.sum(axis=-1), 1),
    }


def score(counted: Tally, seed: int = 0) -> pd.DataFrame:
    """Compute each metric with its 95 % interval: percentile bootstrap over tracks (Efron 1979), 1,000 resamples.

    Where all tracks agree, resampling them shows no spread: then the interval is Wilson's (1927) for that many tracks.

    Returns
    -------
    pd.DataFrame
        ``metric``, ``value``, ``ci_low``, ``ci_high``, ``n``
    """
    values = metrics(counted.confusion())
    n_tracks = counted.counts.shape[0]
    frame = pd.DataFrame({"metric": list(values), "value": [float(value) for value in values.values()]})
    rng = np.random.default_rng(seed)
    drawn: dict[str, list[np.ndarray]] = {name: [] for name in values}
    for _ in range(0, N_BOOTSTRAP, _CHUNK):
        weights = rng.multinomial(n_tracks, np.full(n_tracks, 1 / n_tracks), size=_CHUNK)
        confusions = (counted.counts.T @ weights.T).T.reshape(_CHUNK, counted.k, counted.k)
        for name, resampled in metrics(confusions).items():
            drawn[name].append(resampled)
    bounds = [_interval(float(values[name]), np.concatenate(drawn[name]), n_tracks) for name in values]
    frame["ci_low"], frame["ci_high"] = zip(*bounds, strict=True)
    return frame.assign(n=counted.n_rows)


def _interval(value: float, resampled: np.ndarray, n_tracks: int) -> tuple[float, float]:
    if np.ptp(resampled) > 0:
        low, high = np.quantile(resampled, [(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2])
        return float(low), float(high)
    wilson = binomtest(round(value * n_tracks), n_tracks).proportion_ci(CONFIDENCE, method="wilson")
    return min(wilson.low, value), max(wilson.high, value)


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
                "support": actual.astype(int),
            }
        )


def confusion_rows(confusion: np.ndarray, genres: tuple[str, ...]) -> pd.DataFrame:
    """Return every cell of a confusion matrix as a row: ``actual``, ``predicted``, ``n``, ``share_of_actual``."""
    k = len(genres)
    actual = confusion.sum(axis=1, keepdims=True)
    share = np.divide(confusion, actual, out=np.full((k, k), np.nan), where=actual > 0)
    return pd.DataFrame(
        {
            "actual": np.repeat(genres, k),
            "predicted": np.tile(genres, k),
            "n": confusion.ravel().astype(int),
            "share_of_actual": share.ravel(),
        }
    )
