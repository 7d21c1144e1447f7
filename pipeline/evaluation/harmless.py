"""What harmless changes of the audio do to a model's answers: the horse test (Sturm 2014).

Conventions
-----------
A track's answer *flips* where it is another one than to the track as it is. A rate has the interval of `mean_recall`,
over artists or tracks as the holdout keeps them whole; a drop is paired: both answers are to the same tracks.

Whether a change *hurts a genre more* than the others is tested on tracks that are named rightly as they are. An artist
(or track) is lost where the change makes half of these wrong, or more. If the genre made no difference, artists could
swap genres. So genres are dealt anew to artists, `N_DEALS` times, all changes together. What is compared is how
surprising it is that so many of the lost ones are of one genre (Fisher's exact test), and the greatest surprise of all
changes and genres says how far chance goes (Westfall and Young 1993, the single-step minimum of p-values). Below .05,
at most one run in twenty is told of any change and genre where there is nothing to be told.
``python -m benchmarks.horse`` has what that holds and finds where the truth is known.

Where the change is one that nobody hears, the genre is named by something that nobody hears: it is *given away*.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from scipy.stats import hypergeom

from pipeline.evaluation.compare import difference_interval
from pipeline.evaluation.mean_recall import Answered, Rate, mean_recall
from pipeline.evaluation.vote import pool
from pipeline.models import Chance, FittedModel
from pipeline.random_streams import stream
from pipeline.splits import main_genres
from pipeline.tables import ANY, AS_IT_IS

if TYPE_CHECKING:
    from pipeline.robustness import Change

LEVEL = 0.05
N_DEALS = 1_999
NO_ANSWER = -1

_MOST_CELLS = 4_000_000
"""Of deals of genres to artists at once."""


@dataclass(frozen=True)
class ChangedAnswers:
    """What a model answers to tracks as they are, and with every change.

    Attributes
    ----------
    genres : tuple of str
        what numbers mean
    actual, units : np.ndarray of int [shape=(n,)]
        each track's genre, and what intervals draw it with
    as_it_is : np.ndarray of int [shape=(n,)]
        `NO_ANSWER` where there was nothing to answer to
    changed : np.ndarray of int [shape=(n, n_changes)]
    changes : sequence of Change
    """

    genres: Sequence[str]
    actual: np.ndarray
    units: np.ndarray
    as_it_is: np.ndarray
    changed: np.ndarray
    changes: "Sequence[Change]"

    @property
    def right_before(self) -> np.ndarray:
        """Whether each track is named rightly as it is [shape=(n,)]."""
        return self.as_it_is == self.actual

    @property
    def right(self) -> np.ndarray:
        """Whether it is under each change [shape=(n, n_changes)]."""
        return self.changed == self.actual[:, None]

    @property
    def flipped(self) -> np.ndarray:
        """Whether each change makes its answer another one [shape=(n, n_changes)]."""
        return self.changed != self.as_it_is[:, None]


def answer_tracks(champion: FittedModel, X: Sequence[np.ndarray], chance: Chance | None) -> np.ndarray:
    """Answer for whole tracks as the holdout does, by the pooled vote of their windows.

    Parameters
    ----------
    champion : FittedModel
    X : sequence of np.ndarray [shape=(n_windows, n_features)]
        the champion's columns, of each track; of frames one axis more
    chance : Chance or None
        how its votes are read

    Returns
    -------
    np.ndarray of int [shape=(n_tracks,)]
        places among the champion's genres, or `NO_ANSWER` of a track without windows
    """
    sizes = np.array([len(rows) for rows in X], dtype=int)
    answers = np.full(len(X), NO_ANSWER)
    if not sizes.any():
        return answers
    rows = np.concatenate([part for part in X if len(part)])
    votes = np.zeros((len(rows), len(champion.genres)))
    votes[:, champion.estimator.classes_] = champion.estimator.predict_proba(rows)
    probabilities = pool(votes, np.repeat(np.arange((sizes > 0).sum()), sizes[sizes > 0]))
    answers[sizes > 0] = (chance.of(probabilities) if chance else probabilities).argmax(axis=1)
    return answers


def tell_changes(answers: ChangedAnswers) -> pd.DataFrame:
    """Return a row a change, the clip as it is first, and last all changes together.

    Returns
    -------
    pd.DataFrame
        ``harmless_changes`` as declared; of all together ``accuracy`` is the share of tracks that are named rightly
        under every change, and ``flip_rate`` the share whose answer flips under any
    """
    right, flipped = answers.right, answers.flipped
    by_definition = {"drop": 0.0, "drop_ci_low": np.nan, "drop_ci_high": np.nan, "flip_rate": 0.0}
    rows = [
        _named(AS_IT_IS, "as it is", True) | _rates(answers, answers.right_before) | by_definition,
        *(
            _named(change.name, change.words, change.unheard)
            | _rates(answers, right[:, i])
            | _flips(answers, flipped[:, i])
            for i, change in enumerate(answers.changes)
        ),
        _named(ANY, "all of these", False)
        | _rates(answers, right.all(axis=1) & answers.right_before)
        | _flips(answers, np.asarray(flipped.any(axis=1))),
    ]
    table = pd.DataFrame(rows)
    worst = table["accuracy"].iloc[1:-1].idxmin()
    return table.assign(is_worst=table.index == worst)


def tell_genres(answers: ChangedAnswers, seed: int = 0) -> pd.DataFrame:
    """Return a row a change and genre: which change hurts which genre.

    Returns
    -------
    pd.DataFrame
        ``harmless_change_genres`` as declared
    """
    right, before = answers.right, answers.right_before
    p_adjusted = hurt_more(answers, seed)
    rows = []
    for i, change in enumerate(answers.changes):
        for genre in np.unique(answers.actual):
            own = answers.actual == genre
            rates, p = _rates(_of(answers, own), right[own, i]), p_adjusted[genre, i]
            hurt = bool(p <= LEVEL)
            rows.append(
                _named(change.name, change.words, change.unheard)
                | {"genre": answers.genres[genre], "recall": rates.pop("accuracy"), **rates}
                | {"n_right": int((before & own).sum()), "n_lost": int((before & own & ~right[:, i]).sum())}
                | {"p_adjusted": p, "hurt_more": hurt, "given_away": hurt and change.unheard}
            )
    return pd.DataFrame(rows)


def hurt_more(answers: ChangedAnswers, seed: int = 0) -> np.ndarray:
    """Test whether each change takes more right answers from a genre than from the others.

    Returns
    -------
    np.ndarray [shape=(n_genres, n_changes)]
        p-values, adjusted for all changes and genres; missing where a genre has no right answer to lose, or has all
    """
    k, before = len(answers.genres), answers.right_before
    p_adjusted = np.full((k, len(answers.changes)), np.nan)
    if not before.any():
        return p_adjusted
    codes = pd.factorize(answers.units[before])[0]
    names = np.unique(answers.actual[before])
    of_unit = main_genres(codes, answers.actual[before])  # numbered among those that occur
    losses = (~answers.right[before]).astype(float)
    lost = np.stack([np.bincount(codes, column) for column in losses.T], axis=1) >= np.bincount(codes)[:, None] / 2
    surprises = _surprises(lost.sum(axis=0), np.bincount(of_unit, minlength=len(names)), len(lost))
    found = _surprise(lost, of_unit[None], surprises)[0]
    deal, largest = stream("hurt more", seed), []
    at_once = max(_MOST_CELLS // (len(of_unit) * len(names)), 1)
    for first in range(0, N_DEALS, at_once):
        dealt = np.tile(of_unit, (min(at_once, N_DEALS - first), 1))
        largest.append(_surprise(lost, deal.permuted(dealt, axis=1), surprises).max(axis=(1, 2)))
    reached = (np.concatenate(largest)[:, None, None] >= found - 1e-9).sum(axis=0)
    sizes = np.bincount(of_unit, minlength=len(names))
    tested = (sizes > 0) & (sizes < len(of_unit))
    p_adjusted[names[tested]] = (1 + reached[tested]) / (1 + N_DEALS)
    return p_adjusted


def can_be_told(answers: ChangedAnswers) -> bool:
    """Tell whether a change that takes all right answers of a genre, and no other, would be noticed at all."""
    changed = np.tile(answers.as_it_is[:, None], (1, len(answers.changes)))
    n_right = np.bincount(answers.actual[answers.right_before], minlength=len(answers.genres))
    changed[answers.actual == n_right.argmax(), 0] = NO_ANSWER
    return bool(np.nanmin(hurt_more(replace(answers, changed=changed)), initial=1.0) <= LEVEL)


def _surprises(n_lost: np.ndarray, sizes: np.ndarray, n: int) -> np.ndarray:
    """Return how surprising it is that so many of the lost ones, or more, are of a genre: minus the logarithm of p.

    Parameters
    ----------
    n_lost : np.ndarray of int [shape=(n_changes,)]
        of all
    sizes : np.ndarray of int [shape=(k,)]
        of each genre
    n : int
        how many there are

    Returns
    -------
    np.ndarray [shape=(k, n_changes, sizes.max() + 1)]
        by how many of the genre are lost
    """
    so_many = np.arange(sizes.max() + 1)
    p_values = hypergeom.sf(so_many - 1, n, n_lost[None, :, None], sizes[:, None, None])
    return -np.log(np.clip(p_values, 1e-300, 1.0))


def _surprise(lost: np.ndarray, genres: np.ndarray, surprises: np.ndarray) -> np.ndarray:
    """Return the surprise of each deal, genre and change [shape=(n_deals, k, n_changes)].

    Parameters
    ----------
    lost : np.ndarray of bool [shape=(n, n_changes)]
    genres : np.ndarray of int [shape=(n_deals, n)]
        deals of the same genres, so that each has as many in all of them
    surprises : np.ndarray
        of `_surprises`
    """
    k, n_changes = surprises.shape[:2]
    is_of = (genres[:, None, :] == np.arange(k)[:, None]).astype(float)
    so_many = np.rint(is_of @ lost.astype(float)).astype(int)
    return surprises[np.arange(k)[:, None], np.arange(n_changes), so_many]


def _named(name: str, words: str, unheard: bool) -> dict[str, Any]:
    return {"change": name, "change_name": words, "unheard": unheard}


def _rates(answers: ChangedAnswers, right: np.ndarray) -> dict[str, float | int]:
    """Return the share of right answers under a change, and what that is less than without it."""
    codes = pd.factorize(answers.units)[0]
    sizes, lost = np.bincount(codes).astype(float), np.bincount(codes, answers.right_before.astype(float) - right)
    drop = (float(lost.sum() / sizes.sum()), *difference_interval(lost, sizes))
    return dict(zip(("accuracy", "ci_low", "ci_high", "n"), _rate(right, answers.units).fields, strict=True)) | dict(
        zip(("drop", "drop_ci_low", "drop_ci_high"), drop, strict=True)
    )


def _flips(answers: ChangedAnswers, flipped: np.ndarray) -> dict[str, float]:
    rate = _rate(flipped, answers.units)
    return {"flip_rate": rate.value, "flip_ci_low": rate.ci_low, "flip_ci_high": rate.ci_high}


def _rate(counted: np.ndarray, units: np.ndarray) -> Rate:
    alike = np.zeros(len(counted), dtype=int)
    return mean_recall(Answered(alike, counted.astype(float), np.ones(len(counted)), units))


def _of(answers: ChangedAnswers, rows: np.ndarray) -> ChangedAnswers:
    parts = {name: getattr(answers, name)[rows] for name in ("actual", "units", "as_it_is", "changed")}
    return replace(answers, **parts)
