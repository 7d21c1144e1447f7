"""Two-level labels: how well genres and the styles below them are told, and whether two models do it better than one.

Conventions
-----------
There are two models of the champion's kind: one names genres, the other styles, of which each lies below one genre.
Votes are out of fold (`out_of_fold`): of refits that learned nothing of the track's *unit*, its artist or, where
artists are not kept whole, the track. Five ways to answer are made of them (`WAYS`). *Back-off* names the genre by the
model of genres. Of that genre's styles it makes a set which is to hold the right one for nine in ten tracks of each
style whose genre is named rightly (`genre_sets`); it names the style where the set has only one, and else none. Each
fold is answered by sets that were calibrated on the units of the other folds.

Scores are of whole tracks. *Exact* is the share whose style is named rightly, *genre right* that of genres. The
hierarchical precision, recall and F1 count labels of both levels, summed over all tracks (Kiritchenko, Matwin and
Famili 2005, Functional annotation of genes using hierarchical text categorization; Silla and Freitas 2011, A survey of
hierarchical classification across different application domains): precision is the share of the named labels that are
right, recall that of the right labels that are named. A genre alone is one label, a style and its genre are two.
Intervals are over units (`interval`), and take the sets as they were calibrated.

*Flat* are the styles' model alone, the genres' model alone, and the genres' model with the commonest style of each
genre, as naming a style at random already adds to the F1. Back-off is better than flat where it is better than each.
The test deals the answers of two ways anew between them, unit by unit; its statistic is the difference of both sums
2 tp - F (named + right), F being the F1 of both together, which a deal does not change. `sign_flip_test` and Holm's
adjustment are those of the comparison of models. ``python -m benchmarks.styles`` has what holds where the truth is
known.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from pipeline.evaluation.compare import SIGNIFICANCE, holm, sign_flip_test
from pipeline.evaluation.genre_sets import least_chances
from pipeline.evaluation.interval import overall_interval, paired_interval, share_of_one
from pipeline.evaluation.out_of_fold import deal
from pipeline.tables import STYLE_ANSWERS, STYLE_SCORES, STYLES

BACK_OFF, TOP_DOWN, CHILDREN, PARENTS, COMMONEST = "back_off", "top_down", "styles", "genres", "commonest_style"
WAYS = (BACK_OFF, TOP_DOWN, CHILDREN, COMMONEST, PARENTS)
FLAT = (CHILDREN, COMMONEST, PARENTS)
TESTED = "hierarchical_f1"
GENRE_ONLY = "(genre only)"
N_FOLDS = 5
_NONE = -1


@dataclass(frozen=True)
class Votes:
    """Votes of both models for tracks, out of fold.

    Attributes
    ----------
    of_genres : np.ndarray [shape=(n, n_genres)]
    of_styles : np.ndarray [shape=(n, n_styles)]
    genre, style, unit, track : np.ndarray of int [shape=(n,)]
        what is right; what is kept whole; which track, as one may have several answers
    parent : np.ndarray of int [shape=(n_styles,)]
        the genre of each style
    """

    of_genres: np.ndarray
    of_styles: np.ndarray
    genre: np.ndarray
    style: np.ndarray
    unit: np.ndarray
    track: np.ndarray
    parent: np.ndarray

    def __len__(self) -> int:
        return len(self.style)


@dataclass(frozen=True)
class Answers:
    """What is answered: a genre, and a style below it or none, [shape=(n,), dtype=int]; -1 is none."""

    genre: np.ndarray
    style: np.ndarray


def answer(votes: Votes, seed: int) -> tuple[dict[str, Answers], np.ndarray]:
    """Answer for each track in each of the `WAYS`.

    Returns
    -------
    answers : dict of Answers
    held : np.ndarray [shape=(n,), dtype=bool]
        whether the set below the named genre has the right style
    """
    n = np.arange(len(votes))
    genre = votes.of_genres.argmax(axis=1)
    below = _below(votes, genre)
    child = below.argmax(axis=1)
    sure, held, commonest = np.zeros(len(n), dtype=bool), np.zeros(len(n), dtype=bool), np.empty(len(n), dtype=int)
    folds = deal(votes.unit, votes.style, N_FOLDS, seed)
    for fold in np.unique(folds):
        here, others = folds == fold, folds != fold
        inside = _sets(below[here], _thresholds(votes, below, others))
        sure[here] = inside.sum(axis=1) == 1
        held[here] = inside[np.arange(here.sum()), votes.style[here]]
        commonest[here] = _commonest(votes, others)[genre[here]]
    alone = votes.of_styles.argmax(axis=1)
    none = np.full(len(n), _NONE)
    return {
        BACK_OFF: Answers(genre, np.where(sure, child, none)),
        TOP_DOWN: Answers(genre, child),
        CHILDREN: Answers(votes.parent[alone], alone),
        COMMONEST: Answers(genre, commonest),
        PARENTS: Answers(genre, none),
    }, held


def _below(votes: Votes, genre: np.ndarray) -> np.ndarray:
    """Return the votes for the styles of each track's named genre, as shares of theirs; -1 of others, [shape=(n, k)].

    Where none of them has a vote, all have the same.
    """
    own = votes.parent == genre[:, None]
    shares = np.where(own, votes.of_styles, 0.0)
    total = shares.sum(axis=1, keepdims=True)
    alike = own / np.maximum(own.sum(axis=1, keepdims=True), 1)
    return np.where(own, np.where(total > 0, shares / np.where(total > 0, total, 1.0), alike), -1.0)


def _thresholds(votes: Votes, below: np.ndarray, learned: np.ndarray) -> np.ndarray:
    """Return the least share with which each style enters a set [shape=(k,)], missing where too few units tell it."""
    rightly = learned & (below[np.arange(len(votes)), votes.style] >= 0)
    return least_chances(below[rightly], votes.style[rightly], votes.unit[rightly])[0]


def _sets(below: np.ndarray, thresholds: np.ndarray) -> np.ndarray:
    """Return which styles are in each set [shape=(n, k)]: the likeliest, and all of which nothing is promised."""
    inside = (below >= np.nan_to_num(thresholds, nan=0.0)) & (below >= 0)
    inside[np.arange(len(below)), below.argmax(axis=1)] = True
    return inside & (below >= 0)


def _commonest(votes: Votes, learned: np.ndarray) -> np.ndarray:
    """Return the commonest style of each genre among some tracks, -1 where a genre has none [shape=(n_genres,)]."""
    counts = np.bincount(votes.style[learned], minlength=len(votes.parent))
    found = np.full(votes.of_genres.shape[1], _NONE)
    for genre in np.unique(votes.parent):
        own = np.flatnonzero(votes.parent == genre)
        found[genre] = own[counts[own].argmax()]
    return found


@dataclass(frozen=True)
class _Ratio:
    """A score that is a ratio of sums, its parts by unit [shape=(n_units,)]."""

    top: np.ndarray
    bottom: np.ndarray

    @property
    def value(self) -> float:
        return float(self.top.sum() / self.bottom.sum()) if self.bottom.sum() else np.nan

    def interval(self) -> tuple[float, float]:
        own = self.bottom > 0
        top, bottom = self.top[own], self.bottom[own]
        if len(top) < 2:
            return np.nan, np.nan
        without = (top.sum() - top) / (bottom.sum() - bottom)
        return overall_interval(min(self.value, 1.0), without, share_of_one(bottom))


def _measures(votes: Votes, answers: Answers, held: np.ndarray | None) -> dict[str, _Ratio]:
    """Return each measure of one way; of back-off also how often the set `held` the right style."""
    units = pd.factorize(votes.unit)[0]

    def ratio(top: np.ndarray, bottom: np.ndarray) -> _Ratio:
        n = units.max() + 1
        return _Ratio(np.bincount(units, top.astype(float), n), np.bincount(units, bottom.astype(float), n))

    every = np.ones(len(votes))
    named = answers.style != _NONE
    exact = answers.style == votes.style
    genre_right = answers.genre == votes.genre
    right, labels = genre_right + exact.astype(float), 1.0 + named
    found = {
        "exact": ratio(exact, every),
        "genre_right": ratio(genre_right, every),
        "style_named": ratio(named, every),
        "right_where_named": ratio(exact, named),
        "hierarchical_precision": ratio(right, labels),
        "hierarchical_recall": ratio(right, 2 * every),
        TESTED: ratio(2 * right, labels + 2),
    }
    return found | ({"set_holds": ratio(held & genre_right, genre_right)} if held is not None else {})


def score_styles(votes: Votes, answers: Mapping[str, Answers], held: np.ndarray) -> pd.DataFrame:
    """Score each way to answer, and test back-off against those that are flat.

    Returns
    -------
    pd.DataFrame
        as ``style_scores`` declares it
    """
    measures = {way: _measures(votes, given, held if way == BACK_OFF else None) for way, given in answers.items()}
    n, n_units = len(np.unique(votes.track)), len(np.unique(votes.unit))
    rows = [
        {"way": way, "measure": name, "value": ratio.value, "n": n, "n_groups": n_units}
        | dict(zip(("ci_low", "ci_high"), ratio.interval(), strict=True))
        for way, of in measures.items()
        for name, ratio in of.items()
        if ratio.bottom.sum()
    ]
    tests = pd.DataFrame([{"way": way, "measure": TESTED} | _gain(measures, way) for way in FLAT])
    tests = tests.assign(p_adjusted=holm(tests.pop("p_value").to_numpy(float)))
    found = pd.DataFrame(rows).merge(tests, on=["way", "measure"], how="left")
    return found.reindex(columns=STYLE_SCORES.names)


def _gain(measures: Mapping[str, Mapping[str, _Ratio]], way: str) -> dict[str, float]:
    """Return how much more F1 back-off has than another way, the interval of it, and the p-value of its test."""
    a, b = measures[BACK_OFF][TESTED], measures[way][TESTED]
    both = (a.top.sum() + b.top.sum()) / (a.bottom.sum() + b.bottom.sum())
    dealt = (a.top - both * a.bottom) - (b.top - both * b.bottom)
    influence = (a.top - a.value * a.bottom) / a.bottom.sum() - (b.top - b.value * b.bottom) / b.bottom.sum()
    low, high = paired_interval(a.value - b.value, influence, share_of_one(a.bottom + b.bottom))
    return {
        "gain": a.value - b.value, "gain_low": low, "gain_high": high, "p_value": sign_flip_test(dealt),
    }  # fmt: skip


def is_better(scores: pd.DataFrame) -> bool:
    """Tell from rows of ``style_scores`` whether back-off is better than each flat way."""
    tested = scores[scores["gain"].notna()]
    return bool(len(tested) and (tested["p_adjusted"] < SIGNIFICANCE).all() and (tested["gain"] > 0).all())


def describe_styles(
    votes: Votes, answers: Mapping[str, Answers], genres: tuple[str, ...], styles: tuple[str, ...]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return how each style is answered.

    Parameters
    ----------
    votes : Votes
    answers : mapping of Answers
    genres, styles : tuple of str
        what their numbers mean

    Returns
    -------
    styles, style_answers : pd.DataFrame
        as the tables of these names declare them
    """
    below = _below(votes, votes.of_genres.argmax(axis=1))
    thresholds = _thresholds(votes, below, np.ones(len(votes), dtype=bool))
    backed, flat = answers[BACK_OFF], answers[CHILDREN]
    rows, confused = [], []
    for code, style in enumerate(styles):
        own = votes.style == code
        exact, units = backed.style[own] == code, pd.factorize(votes.unit[own])[0]
        ratio = _Ratio(np.bincount(units, exact.astype(float)), np.bincount(units).astype(float))
        place = {"genre": genres[votes.parent[code]], "style": style}
        rows.append(
            place
            | {"exact": ratio.value, **dict(zip(("ci_low", "ci_high"), ratio.interval(), strict=True))}
            | {"genre_right": float((backed.genre[own] == votes.genre[own]).mean())}
            | {"style_named": float((backed.style[own] != _NONE).mean())}
            | {"exact_flat": float((flat.style[own] == code).mean()), "least_share": thresholds[code]}
            | {"n": len(np.unique(votes.track[own])), "n_groups": len(ratio.top)}
        )
        pairs = pd.DataFrame({"genre": backed.genre[own], "style": backed.style[own]}).value_counts(sort=False)
        for (genre, answered), n in pairs.items():
            name = styles[answered] if answered != _NONE else GENRE_ONLY
            answered_as = {"answered_genre": genres[genre], "answered_style": name}
            confused.append(place | answered_as | {"n": int(n), "share_of_style": n / own.sum()})
    return pd.DataFrame(rows, columns=STYLES.names), pd.DataFrame(confused, columns=STYLE_ANSWERS.names)
