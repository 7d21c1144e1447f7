"""The champion's votes for tracks that it learned from, each by a refit that had learned nothing of its group."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from pipeline.evaluation.fitting import Predictions, fit, predict
from pipeline.evaluation.limits import rows_to_learn_from
from pipeline.evaluation.samples import Samples
from pipeline.evaluation.spread import spread
from pipeline.models import FittedModel
from pipeline.random_streams import seed_of, stream
from pipeline.splits import holdout_policy, main_genres

N_FOLDS = 10
FEWER_FOLDS = 5
MANY_ROWS = 20_000
"""Of more rows, or of sequences, there are `FEWER_FOLDS`: refits take long, and folds of a fifth leave enough."""
FEW_ROWS, N_REPEATS = 3_000, 3
"""Of so few rows all folds are dealt three times: how they fall would show in what is made of the votes."""


@dataclass(frozen=True)
class OutOfFold:
    """Votes for whole tracks, each track once or `N_REPEATS` times.

    Attributes
    ----------
    votes : np.ndarray [shape=(n, k)]
        pooled over a track's rows
    y, units : np.ndarray [shape=(n,), dtype=int]
        genre, and what was kept whole: the track's artist, or the track with its copies
    tracks : np.ndarray of int [shape=(n,)]
        number of each track, as in `Samples.rows`
    """

    votes: np.ndarray
    y: np.ndarray
    units: np.ndarray
    tracks: np.ndarray

    @property
    def n_tracks(self) -> int:
        """Number of distinct tracks."""
        return len(np.unique(self.tracks))

    def __len__(self) -> int:
        return len(self.y)


def answer_out_of_fold(champion: FittedModel, samples: Samples, seed: int, jobs: int = 1) -> OutOfFold:
    """Refit the champion, with the parameters that it has, without a fold of its rows, and let it vote for that fold.

    Folds keep whole what the holdout's policy does. A group that is its genre's only one stays where models learn: no
    model could name its genre otherwise. So it gets no vote.

    Parameters
    ----------
    champion : FittedModel
    samples : Samples
        the champion's, held out or not
    seed : int
        of folds and models
    jobs : int
        threads
    """
    learning = samples.learning().under(holdout_policy(champion.split))
    learned = rows_to_learn_from(champion.name, learning, seed)
    learning = learning if len(learned) == len(learning) else learning.where(learned)
    how = champion.name, champion.parameters, learning
    many = learning.kind == "frames" or len(learning) > MANY_ROWS
    left_out = []
    for repeat in range(1 if many or len(learning) > FEW_ROWS else N_REPEATS):
        folds = deal(learning.units, learning.y, FEWER_FOLDS if many else N_FOLDS, seed, repeat)
        refits = range(folds.max(initial=-1) + 1)
        left_out += [(*how, folds == fold, seed_of("refit", seed, repeat, fold)) for fold in refits]
    found = list(spread(_vote_for, left_out, jobs))
    if not found:
        none = np.empty(0, dtype=int)
        return OutOfFold(np.empty((0, len(samples.genres))), none, none, none)
    votes, y, units, tracks = (
        np.concatenate([getattr(each, name) for each in found])
        for name in ("probabilities", "actual", "groups", "rows")
    )
    return OutOfFold(votes, y, units, tracks)


def _vote_for(
    model: str, parameters: Mapping[str, Any], learning: Samples, left_out: np.ndarray, seed: int
) -> Predictions:
    """Return the votes for tracks of rows that are left out [shape=(n,), dtype=bool], by a refit on the others."""
    fitted = fit(model, learning, seed, np.flatnonzero(~left_out), policy=learning.policy, parameters=parameters)
    return predict(fitted.estimator, learning, np.flatnonzero(left_out))["track"]


def deal(units: np.ndarray, y: np.ndarray, n_folds: int, seed: int, repeat: int = 0) -> np.ndarray:
    """Deal whole units to folds, a genre's one after the other, so that each fold has its share of each genre.

    Parameters
    ----------
    units, y : np.ndarray [shape=(n,)]
    n_folds : int
        at most
    seed, repeat : int

    Returns
    -------
    np.ndarray of int [shape=(n,)]
        from 0; -1 of a unit that is its genre's only one
    """
    codes, names = pd.factorize(units, sort=True)
    main, rng, place = main_genres(codes, y), stream("folds", seed, repeat), 0
    folds = np.full(len(names), -1)
    for genre in np.unique(main):
        members = rng.permutation(np.flatnonzero(main == genre))
        if len(members) > 1:
            folds[members] = (place + np.arange(len(members))) % n_folds
            place += len(members)
    return folds[codes]
