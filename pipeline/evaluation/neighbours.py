"""The K search: accuracy of k nearest neighbours for many k, from one look-up of the neighbours."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from sklearn.neighbors import KNeighborsClassifier
from sklearn.preprocessing import StandardScaler

from pipeline.evaluation.limits import rows_to_learn_from, within_sample
from pipeline.evaluation.samples import Samples
from pipeline.evaluation.threads import on_one_core
from pipeline.splits import find_policy, split_rows

USUAL_K = 3
"""The published project's choice, always shown."""


@on_one_core
def search_k(samples: Samples, policy: str, *, k_values: Sequence[int], repeats: int, seed: int) -> pd.DataFrame:
    """Score k nearest neighbours for each k on the same splits as `evaluate`, at the level of segments.

    They learn from a sample of tracks where there are more rows than they can bear, as in `evaluate`.

    Returns
    -------
    pd.DataFrame
        ``k, window_s, split_policy, train_accuracy, test_accuracy, chosen``; chosen is the k of the best mean test
        accuracy, the larger k of two equal ones
    """
    train_accuracies: list[np.ndarray] = []
    test_accuracies: list[np.ndarray] = []
    different = range(repeats if find_policy(policy).drawn else 1)
    splits = [_sides(policy, samples, seed, repeat) for repeat in different]
    possible = [k for k in sorted({*k_values, USUAL_K}) if k <= min(len(train) for train, _ in splits)]
    for train, test in splits:
        scaler = StandardScaler().fit(samples.X[train])
        neighbours = KNeighborsClassifier(max(possible)).fit(scaler.transform(samples.X[train]), samples.y[train])
        for rows, accuracies in ((train, train_accuracies), (test, test_accuracies)):
            nearest = neighbours.kneighbors(scaler.transform(samples.X[rows]), return_distance=False)
            predicted = predict_for_each_k(samples.y[train][nearest], possible, len(samples.genres))
            accuracies.append((predicted == samples.y[rows][:, None]).mean(axis=0))
    found = pd.DataFrame(
        {
            "k": possible,
            "window_s": samples.window_s,
            "split_policy": policy,
            "train_accuracy": np.mean(train_accuracies, axis=0),
            "test_accuracy": np.mean(test_accuracies, axis=0),
        }
    )
    best = found["test_accuracy"].round(12).iloc[::-1].idxmax()
    return found.assign(chosen=found.index == best)


def _sides(policy: str, samples: Samples, seed: int, repeat: int) -> tuple[np.ndarray, np.ndarray]:
    sides = split_rows(policy, samples.rows, samples.y, seed=seed, repeat=repeat)
    model = f"knn_{USUAL_K}"
    train, test = within_sample(model, policy, samples, *sides, seed)
    return train[rows_to_learn_from(model, samples.where(train), seed)], test


def predict_for_each_k(labels: np.ndarray, k_values: Sequence[int], n_genres: int) -> np.ndarray:
    """Return the majority vote among the first k neighbours, for each k; a tie goes to the lowest genre number.

    Parameters
    ----------
    labels : np.ndarray [shape=(n, max(k_values)), dtype=int]
        of the neighbours, nearest first
    k_values : sequence of int [shape=(m,)]
    n_genres : int

    Returns
    -------
    np.ndarray [shape=(n, m), dtype=int]
    """
    votes = np.zeros((len(labels), n_genres), dtype=np.int32)
    every_row = np.arange(len(labels))
    predicted = np.empty((len(labels), len(k_values)), dtype=int)
    counted = 0
    for column, k in enumerate(k_values):
        for neighbour in range(counted, k):
            votes[every_row, labels[:, neighbour]] += 1
        counted = k
        predicted[:, column] = votes.argmax(axis=1)
    return predicted
