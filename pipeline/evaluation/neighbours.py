"""The K search: accuracy of k nearest neighbours for many k, from one look-up of the neighbours."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from sklearn.neighbors import KNeighborsClassifier
from sklearn.preprocessing import StandardScaler

from pipeline.evaluation.answered import AnsweredTracks, answered_tracks
from pipeline.evaluation.limits import rows_to_learn_from, within_sample
from pipeline.evaluation.samples import Samples
from pipeline.evaluation.spread import spread
from pipeline.evaluation.tally import Answers
from pipeline.evaluation.threads import on_one_core
from pipeline.evaluation.vote import pool
from pipeline.splits import find_policy, split_rows

USUAL_K = 3
"""The published project's choice, always shown."""


@dataclass(frozen=True)
class KSearch:
    """What a search for k found.

    Attributes
    ----------
    found : pd.DataFrame
        ``k_search`` as declared; chosen is the k of the best mean test
        accuracy, the larger k of two equal ones
    of_rows, of_tracks : mapping
        for each k, the answers to test rows, summed by track, and the votes for tracks; empty unless asked for
    """

    found: pd.DataFrame
    of_rows: Mapping[int, AnsweredTracks]
    of_tracks: Mapping[int, AnsweredTracks]


@on_one_core
def search_k(
    samples: Samples,
    policy: str,
    *,
    k_values: Sequence[int],
    repeats: int,
    seed: int,
    answers: bool = False,
    jobs: int = 1,
) -> KSearch:
    """Score k nearest neighbours for each k on the same splits as `evaluate`, at the level of segments.

    They learn from a sample of tracks where there are more rows than they can bear, as in `evaluate`.

    Parameters
    ----------
    answers : bool
        keep what each k answered, for the choice to be made again
    jobs : int
        threads, where no cluster is at hand
    """
    train_accuracies: list[np.ndarray] = []
    test_accuracies: list[np.ndarray] = []
    different = range(repeats if find_policy(policy).drawn else 1)
    splits = [_sides(policy, samples, seed, repeat) for repeat in different]
    possible = [k for k in sorted({*k_values, USUAL_K}) if k <= min(len(train) for train, _ in splits)]
    rows: dict[int, list[Answers]] = {k: [] for k in possible}
    tracks: dict[int, list[Answers]] = {k: [] for k in possible}
    found_labels = spread(_labels_near, ((samples, train, test, max(possible)) for train, test in splits), jobs)
    for (train, test), (of_train, labels) in zip(splits, found_labels, strict=True):
        of_train = predict_for_each_k(of_train, possible, len(samples.genres))
        predicted = predict_for_each_k(labels, possible, len(samples.genres))
        train_accuracies.append((of_train == samples.y[train][:, None]).mean(axis=0))
        test_accuracies.append((predicted == samples.y[test][:, None]).mean(axis=0))
        for column, k in enumerate(possible if answers else []):
            of_rows, of_tracks = _answers(samples, test, labels[:, :k], predicted[:, column])
            rows[k].append(of_rows)
            tracks[k].append(of_tracks)
    found = pd.DataFrame(
        {
            "k": possible,
            "window_s": samples.window_s,
            "split_policy": policy,
            "train_accuracy": np.mean(train_accuracies, axis=0),
            "test_accuracy": np.mean(test_accuracies, axis=0),
            "test_lowest": np.min(test_accuracies, axis=0),
            "test_highest": np.max(test_accuracies, axis=0),
        }
    )
    best = found["test_accuracy"].round(12).iloc[::-1].idxmax()
    kept = [{k: answered_tracks(samples, of[k]) for k in possible if of[k]} for of in (rows, tracks)]
    return KSearch(found.assign(chosen=found.index == best), *kept)


def _labels_near(samples: Samples, train: np.ndarray, test: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the genres of the `k` nearest training rows of each row of either side, nearest first [shape=(n, k)]."""
    scaler = StandardScaler(copy=False).fit(learned := samples.read(train))  # of rows, as of parts, that are copies
    neighbours = KNeighborsClassifier(k, algorithm="brute")  # as `knn`: of ten columns thrice as fast
    near = neighbours.fit(scaler.transform(learned), samples.y[train]).kneighbors
    nearest = (
        np.concatenate([near(scaler.transform(part), return_distance=False) for part in samples.in_parts(side)])
        for side in (train, test)
    )
    of_train, of_test = (samples.y[train][of_side] for of_side in nearest)
    return of_train, of_test


def say_edge(found: pd.DataFrame, policy: str) -> list[str]:
    """Say of which windows the chosen k is the largest that was tried: a larger one may be better."""
    rows = found[found["split_policy"] == policy]
    largest = rows.groupby("window_s")["k"].transform("max")
    return [
        f"k = {row.k} is the largest that was tried on {row.window_s:g}-second rows: a larger k_max may "
        "find a better one."
        for row in rows[rows["chosen"] & (rows["k"] == largest)].itertuples()
    ]


def _answers(samples: Samples, test: np.ndarray, labels: np.ndarray, predicted: np.ndarray) -> tuple[Answers, Answers]:
    """Return the answers to test rows, each under its track, and the votes for tracks, as `evaluate` has them.

    Parameters
    ----------
    labels : np.ndarray [shape=(n, k), dtype=int]
        of the neighbours of each test row
    predicted : np.ndarray [shape=(n,)]
    """
    of_row, actual, k = samples.rows["track"].to_numpy()[test], samples.y[test], len(samples.genres)
    tracks, first, code = np.unique(of_row, return_index=True, return_inverse=True)
    rows = Answers(of_row, of_row, actual, predicted, np.ones(len(test)))
    if len(tracks) == len(test):
        return rows, rows
    cells = np.arange(len(test))[:, None] * k + labels
    shares = np.bincount(cells.ravel(), minlength=len(test) * k).reshape(-1, k) / labels.shape[1]
    return rows, Answers(tracks, tracks, actual[first], pool(shares, code).argmax(axis=1), np.ones(len(tracks)))


def _sides(policy: str, samples: Samples, seed: int, repeat: int) -> tuple[np.ndarray, np.ndarray]:
    sides = split_rows(policy, samples.rows, samples.y, seed=seed, repeat=repeat)
    model = f"knn_{USUAL_K}"
    train, test = within_sample(model, policy, samples, *sides, seed)
    return rows_to_learn_from(model, samples, seed, train), test


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
