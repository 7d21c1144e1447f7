"""A model of one part of the music put to another: how much of what it learned from one country is true of the next.

Conventions
-----------
Parts are subgroups of the tracks to learn from (`subgroups.pool`), such as countries or decades; the tracks of small
ones are left out. A model of a part is the champion, with its parameters, fitted on that part alone; one of ``REST`` on
all tracks of the other parts. No artist, or recording, is on both sides: a model of a part is not put to those that it
learned from, and one of all others does not learn from those that it is put to. Beside it stands what a model of the
tested part itself gets out of fold (`out_of_fold`). Both are read on the genres that either side has two artists or
recordings of, each genre counting alike (`mean_recall`). Parts differ in how many tracks there are to learn from, and
so do their models: ``n_learned`` says it.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from pipeline.evaluation.contenders import NOTHING
from pipeline.evaluation.fitting import Predictions, fit, predict
from pipeline.evaluation.interval import FEWEST_OF_A_GENRE
from pipeline.evaluation.mean_recall import Answered, mean_recall
from pipeline.evaluation.out_of_fold import answer_out_of_fold
from pipeline.evaluation.samples import Samples
from pipeline.evaluation.subgroups import OTHERS, pool
from pipeline.evaluation.threads import run_in_threads
from pipeline.models import FittedModel
from pipeline.random_streams import seed_of
from pipeline.splits import holdout_policy
from pipeline.tables import SUBGROUP_TRANSFERS

REST = "all others"
"""Stands for all parts but the one that is tested."""


def meet_across(champion: FittedModel, samples: Samples, parts: pd.Series, seed: int, jobs: int = 1) -> pd.DataFrame:
    """Put a model of each part, and one of all others, to each part.

    Parameters
    ----------
    champion : FittedModel
    samples : Samples
        the champion's, held out or not
    parts : pd.Series
        by the number of a track: its part; missing where it is not known
    seed, jobs : int

    Returns
    -------
    pd.DataFrame
        rows of ``subgroup_transfers`` without ``by``; none of parts that have fewer than two genres in common
    """
    learning = samples.learning().under(holdout_policy(champion.split))
    known = parts[parts.notna() & parts.index.isin(learning.rows["track"])]
    names = pool(known)
    of_row = learning.rows["track"].map(names[names != OTHERS])
    learning, part = learning.where(of_row.notna().to_numpy()), of_row.dropna().to_numpy(dtype=str)
    labels = np.unique(part)
    own = {label: _own(champion, learning.where(part == label), seed, jobs) for label in labels}
    units = learning.units
    taught = [(source, part == source, labels[labels != source]) for source in labels]
    taught += [(REST, ~np.isin(units, units[part == label]), [label]) for label in labels]
    asked = [(champion, learning, learns, part, tested, seed) for _, learns, tested in taught]
    rows = [
        _beside(source, label, learned, there, own[label])
        for (source, _, _), (learned, answers) in zip(taught, run_in_threads(_put, asked, jobs), strict=True)
        for label, there in answers.items()
    ]
    return pd.DataFrame([row for row in rows if row["n_genres"] > 1], columns=SUBGROUP_TRANSFERS.names)


def _own(champion: FittedModel, learning: Samples, seed: int, jobs: int) -> Answered:
    """Return what models of a part answer to its own tracks out of fold."""
    if len(learning.known().genres) < 2:
        return NOTHING
    votes = answer_out_of_fold(champion, learning, seed, jobs)
    names = np.array(learning.genres, dtype=object)[votes.y]
    right = (votes.votes.argmax(axis=1) == votes.y).astype(float)
    a_track = pd.DataFrame({"genre": names, "unit": votes.units, "right": right}).groupby(votes.tracks)
    by_track = a_track.agg({"genre": "first", "unit": "first", "right": "mean"})
    genre, right, unit = (by_track[name].to_numpy() for name in ("genre", "right", "unit"))
    return Answered(genre, right, np.ones(len(by_track)), unit)


def _put(
    champion: FittedModel, learning: Samples, learns: np.ndarray, part: np.ndarray, tested: Sequence[str], seed: int
) -> tuple[Samples, dict[str, Answered]]:
    """Return what a model learned from, and what it answers to each of some parts, without the units that it knows."""
    learned = learning.where(learns).known()
    new = ~np.isin(learning.units, learned.units)
    asked = {label: rows for label in tested if len(rows := np.flatnonzero(new & (part == label)))}
    if len(learned.genres) < 2 or not asked:
        return learned, {}
    drawn = seed_of("refit of a part", seed)
    fitted = fit(champion.name, learned, drawn, policy=learned.policy, parameters=champion.parameters)
    return learned, {
        label: _answered(predict(fitted.estimator, learning, rows, genres=learned.genres)["track"], learning)
        for label, rows in asked.items()
    }


def _answered(found: Predictions, samples: Samples) -> Answered:
    right = (found.predicted == found.actual).astype(float)
    return Answered(np.array(samples.genres, dtype=object)[found.actual], right, np.ones(len(right)), found.groups)


def _beside(source: str, label: str, learned: Samples, there: Answered, own: Answered) -> dict[str, Any]:
    """Return a row of ``subgroup_transfers``."""
    taught = pd.Series(learned.units).groupby(np.array(learned.genres, dtype=object)[learned.y]).nunique()
    enough = set(taught.index[taught >= FEWEST_OF_A_GENRE])
    genres = [
        genre
        for genre in sorted(enough & set(there.genres) & set(own.genres))
        if min(there.units_of(genre), own.units_of(genre)) >= FEWEST_OF_A_GENRE
    ]
    rate, at_home = mean_recall(there.of(genres)), mean_recall(own.of(genres))
    return {
        "trained_subgroup": source,
        "tested_subgroup": label,
        "recall": rate.value,
        "ci_low": rate.ci_low,
        "ci_high": rate.ci_high,
        "own_recall": at_home.value,
        "own_ci_low": at_home.ci_low,
        "own_ci_high": at_home.ci_high,
        "n_genres": len(genres),
        "n_learned": learned.rows["track"].nunique(),
        "n": rate.n,
    }


def say_across(rows: pd.DataFrame) -> list[str]:
    """Say how a model of all other parts does on each, the part that it is worst on first.

    Parameters
    ----------
    rows : pd.DataFrame
        rows of ``subgroup_transfers`` of one ``by``
    """
    unheard = rows[rows["trained_subgroup"] == REST].sort_values("recall", kind="stable")
    return [
        f"Having learned from all but {row.tested_subgroup}, the champion finds {row.recall:.0%}{_interval(row, '')} "
        f"of its tracks, each of {row.n_genres} genres counting alike; one that learned from {row.tested_subgroup} "
        f"alone finds {row.own_recall:.0%}{_interval(row, 'own_')} out of fold."
        for row in unheard.itertuples()
    ]


def _interval(row: Any, of: str) -> str:
    low, high = getattr(row, f"{of}ci_low"), getattr(row, f"{of}ci_high")
    return "" if pd.isna(low) else f" ({low:.0%} to {high:.0%})"
