"""Fit a model on rows, and predict rows, one by one and as the votes of whole tracks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.pipeline import Pipeline

from pipeline.evaluation.limits import rows_to_learn_from
from pipeline.evaluation.samples import Samples
from pipeline.evaluation.search import fit_searched
from pipeline.evaluation.tally import Answers
from pipeline.evaluation.vote import pool
from pipeline.splits import USUAL, find_policy


@dataclass(frozen=True)
class Fitted:
    """A fitted estimator, the parameters that a search found for it, and the rows that it learned from, by number."""

    estimator: Pipeline
    parameters: dict[str, Any]
    learned: np.ndarray


@dataclass(frozen=True)
class Predictions:
    """Predicted rows of one subset at one level.

    Attributes
    ----------
    rows, groups : np.ndarray [shape=(n,), dtype=int]
        which row (at level ``track``: which track), and the group that intervals draw it with
    actual : np.ndarray [shape=(n,), dtype=int]
    probabilities : np.ndarray [shape=(n, k)]
    guesses : bool
        whether answers are drawn by these probabilities
    """

    rows: np.ndarray
    groups: np.ndarray
    actual: np.ndarray
    probabilities: np.ndarray
    guesses: bool = False

    @property
    def predicted(self) -> np.ndarray:
        """The most probable genre of each row."""
        return self.probabilities.argmax(axis=1)

    @property
    def answers(self) -> Answers:
        """The same without the probabilities of the other genres, to be kept and counted.

        Of guesses, all that could be drawn, each counting as much as its probability: what scores would be on average.
        """
        drawn = _once_if_alike(self.probabilities) if self.guesses else None
        return Answers(self.rows, self.groups, self.actual, self.predicted, self.probabilities.max(axis=1), drawn)


def _once_if_alike(rows: np.ndarray) -> np.ndarray:
    """Return the same rows; those that are all alike, as a guesser's are, in the memory of one."""
    return np.broadcast_to(rows[0], rows.shape) if (rows == rows[0]).all() else rows


def fit(
    model: str,
    samples: Samples,
    seed: int,
    rows: np.ndarray | None = None,
    *,
    search: str = "none",
    policy: str = USUAL,
    parameters: Mapping[str, Any] | None = None,
) -> Fitted:
    """Fit a model on rows of `samples`, or as many tracks as it can bear; a search keeps whole what `policy` keeps.

    `rows` are numbers, ascending; without them all are meant. `parameters` are those that an earlier search found,
    where nothing is to be searched.

    A model of sequences sets some rows aside to know when to stop: whole tracks, or whole artists, under any policy.
    """
    learned = rows_to_learn_from(model, samples, seed, rows)
    groups = find_policy(policy).groups(samples.rows)[learned]
    aside = samples.units[learned] if samples.kind == "frames" else None
    how: dict[str, Any] = {"aside": aside, "effort": search, "seed": seed, "parameters": parameters}
    found = fit_searched(model, samples.read(learned), samples.y[learned], groups, **how)
    return Fitted(*found, learned)


def predict(
    estimator: Pipeline,
    samples: Samples,
    rows: np.ndarray,
    *,
    guesses: bool = False,
    genres: Sequence[str] | None = None,
) -> dict[str, Predictions]:
    """Predict rows, at the level of segments and, by their pooled vote, of tracks.

    Parameters
    ----------
    estimator : fitted Pipeline
    samples : Samples
    rows : np.ndarray of int
        which rows of `samples`
    guesses : bool
        as its `ZooEntry` has it
    genres : sequence of str, optional
        what its classes mean; else those of `samples`

    Returns
    -------
    dict
        ``segment`` and ``track``
    """
    probabilities = np.zeros((len(rows), len(samples.genres)))
    names = np.arange(len(samples.genres)) if genres is None else np.array([samples.genres.index(g) for g in genres])
    known, start = names[estimator.classes_], 0
    for part in samples.in_parts(rows):  # a model makes copies of what it is asked for
        probabilities[start : start + len(part), known] = estimator.predict_proba(part)
        start += len(part)
    groups = samples.units[rows]
    tracks, first, code = np.unique(samples.rows["track"].to_numpy()[rows], return_index=True, return_inverse=True)
    return {
        "segment": Predictions(rows, groups, samples.y[rows], probabilities, guesses),
        "track": Predictions(tracks, groups[first], samples.y[rows[first]], pool(probabilities, code), guesses),
    }
