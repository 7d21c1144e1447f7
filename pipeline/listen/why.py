"""Why one genre and not the second: what each group of features does to the odds of the two, for one song."""

from collections.abc import Callable, Sequence

import numpy as np

from pipeline.evaluation.vote import log_votes
from pipeline.features.words import name_group
from pipeline.listen.answer import Evidence
from pipeline.listen.reference import Reference

N_OTHERS = 20
"""Tracks whose values stand in for the song's, evenly spread over those that the model learned from."""

MOST_SHOWN = 8
LEAST_SHARE = 0.05
"""Of the weightiest: what weighs less is not worth a line."""


def weigh(
    vote: Callable[[np.ndarray], np.ndarray],
    X: np.ndarray,
    others: np.ndarray,
    groups: Sequence[Sequence[int]],
    genres: tuple[int, int],
) -> np.ndarray:
    """Return how much each group of columns speaks for the first of two genres.

    That is the weight of evidence of Robnik-Šikonja and Kononenko (2008, Explaining classifications for individual
    instances, doi:10.1109/TKDE.2007.190734), with the logarithm of the odds averaged over the tracks that stand in: of
    a linear model it is the model's own term, the coefficient times how far the value lies from theirs.

    Parameters
    ----------
    vote : callable
        of rows [shape=(n, p)]: probabilities [shape=(n, k)]
    X : np.ndarray [shape=(n_windows, p)]
        the song
    others : np.ndarray [shape=(n_others, p)]
        tracks that stand in for it
    groups : sequence of sequences of int
        columns that are looked at together
    genres : (int, int)

    Returns
    -------
    np.ndarray [shape=(n_groups,)]
    """
    n_windows = len(X)
    rows = np.tile(X, (len(groups) * len(others) + 1, 1))
    replaced = rows[n_windows:].reshape(len(groups), len(others), n_windows, X.shape[1])
    for place, columns in enumerate(groups):
        replaced[place][..., columns] = others[:, None, columns]
    logs = log_votes(vote(rows))
    odds = logs[:, genres[0]] - logs[:, genres[1]]
    of_song, of_replaced = odds[:n_windows].mean(), odds[n_windows:].reshape(len(groups), -1).mean(axis=1)
    return np.asarray(of_song - of_replaced)


def explain(
    vote: Callable[[np.ndarray], np.ndarray], X: np.ndarray, reference: Reference, genres: tuple[int, int]
) -> tuple[Evidence, ...]:
    """Say what speaks for the first genre rather than for the second, the weightiest first."""
    groups: dict[str, list[int]] = {}
    for place, feature in enumerate(reference.features):
        groups.setdefault(name_group(feature), []).append(place)
    spread = np.linspace(0, len(reference.values) - 1, min(N_OTHERS, len(reference.values))).round().astype(int)
    weights = weigh(vote, X, reference.values[spread], list(groups.values()), genres)
    song, usual = X.mean(axis=0), np.median(reference.values, axis=0)
    order = np.argsort(-np.abs(weights), kind="stable")[:MOST_SHOWN]
    found = []
    for name, columns, weight in [(list(groups)[i], list(groups.values())[i], float(weights[i])) for i in order]:
        if abs(weight) < LEAST_SHARE * abs(weights[order[0]]) or weight == 0:
            break
        of_one = (float(song[columns[0]]), float(usual[columns[0]])) if len(columns) == 1 else (None, None)
        found.append(Evidence(name, tuple(reference.features[i] for i in columns), weight, *of_one))
    return tuple(found)
