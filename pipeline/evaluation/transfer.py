"""The models of one dataset put to another: what they get there, and how much less that is than at home.

Conventions
-----------
*At home* are the tracks of a model's own dataset: models made the same way are tested there on tracks, or artists, that
they have not learned from. *Away* is another dataset, all of whose tracks are test tracks, its holdout too: no model
here has learned from any. Left out of it are genres that the model does not know, copies of recordings that it learned
from, and the artists of these. Both sides are read on the same genres, each of which counts alike (`mean_recall`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from pipeline.errors import InputError
from pipeline.evaluation.contenders import Contender
from pipeline.evaluation.fitting import Predictions, predict
from pipeline.evaluation.interval import FEWEST_OF_A_GENRE
from pipeline.evaluation.mean_recall import NO_RATE, Answered, Rate, difference, mean_recall
from pipeline.evaluation.notice import measure_unlike
from pipeline.evaluation.samples import Samples
from pipeline.evaluation.score import score
from pipeline.evaluation.shared_music import SharedMusic
from pipeline.evaluation.tally import count
from pipeline.evaluation.track_means import track_means
from pipeline.models import FittedModel, baselines, find_entry
from pipeline.splits import holdout_units

TRANSFER = "transfer"
"""Stands in ``split_policy`` of such scores: all of one dataset to learn from, all of another to test on."""

GAP = "transfer_gap"
"""The metric's name in ``scores``."""


@dataclass(frozen=True)
class Away:
    """Rows of another dataset as a model meets them.

    Attributes
    ----------
    dataset : str
    samples : Samples
        the model's columns and genres; without what it may not be tested on
    own_genres : np.ndarray of str [shape=(n_rows,)]
        what the dataset itself calls the genre of each row
    left_out : Samples
        rows of genres that the model does not know, with the genres of the dataset
    shared : SharedMusic
    """

    dataset: str
    samples: Samples = field(repr=False)
    own_genres: np.ndarray = field(repr=False)
    left_out: Samples = field(repr=False)
    shared: SharedMusic = field(repr=False)


def put_away(
    theirs: Samples, genres: Sequence[str], mapping: Mapping[str, str], shared: SharedMusic, dataset: str
) -> Away:
    """Return the rows of another dataset as a model that knows these genres meets them.

    Parameters
    ----------
    theirs : Samples
        the model's columns, all tracks
    genres : sequence of str
        that the model knows
    mapping : mapping
        genre of the dataset -> genre of the champion; the model may know fewer of these, as other windows have other
        tracks
    shared : SharedMusic
        what is not tested
    dataset : str

    Raises
    ------
    InputError
        where fewer than two genres in common are left, with two tracks or artists each
    """
    mapping = {called: known for called, known in mapping.items() if known in genres}
    rows = theirs.rows.assign(unit=holdout_units(theirs.rows.assign(holdout=True)))
    theirs = replace(theirs, rows=rows)
    own = np.array(theirs.genres, dtype=object)[theirs.y]
    named = pd.Series(own).map(mapping).to_numpy(dtype=object)
    is_known = pd.notna(named)
    is_new = ~theirs.rows["track_id"].isin(shared.copies | shared.of_artists).to_numpy()
    tested = theirs.where(is_known & is_new)
    places = {genre: place for place, genre in enumerate(genres)}
    y = np.array([places[name] for name in named[is_known & is_new]], dtype=int)
    units = pd.Series(tested.units).groupby(y).nunique()
    enough = [genres[code] for code in units.index[units >= FEWEST_OF_A_GENRE]]
    if len(enough) < 2:
        raise InputError(_too_few(theirs, genres, mapping, enough, dataset))
    return Away(
        dataset=dataset,
        samples=replace(tested, genres=tuple(genres), y=y),
        own_genres=own[is_known & is_new],
        left_out=theirs.where(~is_known & is_new),
        shared=shared,
    )


def _too_few(
    theirs: Samples, genres: Sequence[str], mapping: Mapping[str, str], enough: Sequence[str], dataset: str
) -> str:
    """Say why nothing can be told of this dataset."""
    mend = "--map map.csv says which genre is which"
    if not mapping:
        return (
            f"no genre in common: the model knows {', '.join(genres)}; dataset {dataset!r} has "
            f"{', '.join(theirs.genres)}: {mend}"
        )
    common = sorted(set(mapping.values()))
    if len(common) == 1:
        return f"only one genre in common with dataset {dataset!r}, {common[0]!r}: it takes two; {mend}"
    left = f"only {enough[0]!r} has" if enough else "none has"
    return (
        f"of the genres in common with dataset {dataset!r} ({', '.join(common)}) {left} two tracks or artists there "
        f"that the model did not learn from: it takes two such genres; {mend}"
    )


@dataclass(frozen=True)
class Tested:
    """What a contender got away from home.

    Attributes
    ----------
    scores : pd.DataFrame
        rows of ``scores``
    row : dict
        a row of ``transfers``
    compared : tuple of str
        genres that both recalls rest on
    by_genre, answers : pd.DataFrame
        rows of ``transfer_genres`` and ``transfer_answers``
    """

    scores: pd.DataFrame
    row: dict
    compared: tuple[str, ...]
    by_genre: pd.DataFrame
    answers: pd.DataFrame


def meet(contender: Contender, away: Away, seed: int, genres: Sequence[str] = ()) -> Tested:
    """Put another dataset to a contender; of one without answers at home the recall is that of `genres`, or of all."""
    samples = away.samples
    guesses = find_entry(contender.model).guesses
    found = predict(contender.estimator, samples, np.arange(len(samples)), guesses=guesses)
    named = {
        "model": contender.model,
        "feature_set": contender.learned.feature_set,
        "window_s": float(contender.learned.window_s),
    }
    scored = [
        score(count([predicted.answers], len(samples.genres)), seed).assign(level=level)
        for level, predicted in found.items()
    ]
    there = _answered(found["track"], samples)
    compared = _compared(contender.own, there)
    has_own = len(compared) >= 2
    genres = compared if has_own else sorted(set(there.genres) & set(genres or there.genres))
    own = mean_recall(contender.own.of(genres)).less(contender.optimism) if has_own else NO_RATE
    rate = mean_recall(there.of(genres))
    gap = difference(own, rate)
    if has_own:
        gap_fields = dict(zip(("value", "ci_low", "ci_high"), gap, strict=True))
        scored.append(pd.DataFrame([{"metric": GAP, **gap_fields, "n": rate.n, "level": "track"}]))
    of_all = {"split_policy": TRANSFER, "subset": "test", "repeats": 1, "other_dataset": away.dataset}
    return Tested(
        scores=pd.concat(scored, ignore_index=True).assign(**named, **of_all),
        row={
            "tested_on": away.dataset,
            **named,
            "is_champion": contender.is_champion,
            "is_baseline": contender.model in baselines(),
            "n_genres": len(genres),
            **_fields(own, rate, gap),
            "n_copies": len(away.shared.copies),
            "n_of_artists": len(away.shared.of_artists),
            "n_left_out": away.left_out.rows["track_id"].nunique(),
        },
        compared=tuple(genres),
        by_genre=_by_genre(contender.own, there).assign(tested_on=away.dataset),
        answers=_named_instead(contender, away, found["track"]),
    )


def _answered(predicted: Predictions, samples: Samples) -> Answered:
    names = np.array(samples.genres, dtype=object)[predicted.actual]
    right = predicted.answers.right
    return Answered(names, right, np.ones(len(right)), predicted.groups)


def _compared(own: Answered, there: Answered) -> list[str]:
    """Return the genres that both sides have two tracks or artists of."""
    both = set(own.genres) & set(there.genres)
    return sorted(g for g in both if min(own.units_of(g), there.units_of(g)) >= FEWEST_OF_A_GENRE)


def _by_genre(own: Answered, there: Answered) -> pd.DataFrame:
    rows = []
    for genre in sorted(set(there.genres)):
        at_home, away = mean_recall(own.of([genre])), mean_recall(there.of([genre]))
        rows.append({"genre": genre, **_fields(at_home, away, difference(at_home, away))})
    return pd.DataFrame(rows)


def _fields(own: Rate, rate: Rate, gap: tuple[float, float, float]) -> dict[str, float | int]:
    names = ("own_recall", "own_ci_low", "own_ci_high", "n_own", "recall", "ci_low", "ci_high", "n")
    return dict(zip(names, (*own.fields, *rate.fields), strict=True)) | dict(
        zip(("gap", "gap_ci_low", "gap_ci_high"), gap, strict=True)
    )


def _named_instead(contender: Contender, away: Away, predicted: Predictions) -> pd.DataFrame:
    """Return how often each genre of the other dataset is named what, also those that the model does not know."""
    samples, names = away.samples, np.array(away.samples.genres, dtype=object)
    first = samples.rows.drop_duplicates("track").index
    actual = pd.Series(away.own_genres[first], index=samples.rows["track"][first]).loc[predicted.rows].to_numpy()
    answers = pd.DataFrame(
        {"actual": actual, "mapped_to": names[predicted.actual], "predicted": names[predicted.predicted]}
    )
    if len(away.left_out):
        unknown = replace(away.left_out, y=np.zeros(len(away.left_out), dtype=int), genres=samples.genres)
        found = predict(contender.estimator, unknown, np.arange(len(unknown)))["track"]
        first = unknown.rows.drop_duplicates("track").index
        own = np.array(away.left_out.genres, dtype=object)[away.left_out.y[first]]
        actual = pd.Series(own, index=unknown.rows["track"][first]).loc[found.rows].to_numpy()
        answers = pd.concat(
            [answers, pd.DataFrame({"actual": actual, "mapped_to": None, "predicted": names[found.predicted]})],
            ignore_index=True,
        )
    counted = answers.groupby(["actual", "mapped_to", "predicted"], dropna=False).size().rename("n").reset_index()
    share = counted["n"] / counted.groupby("actual")["n"].transform("sum")
    return counted.assign(share_of_actual=share, tested_on=away.dataset)


def notice_unlike(champion: FittedModel, samples: Samples, away: Away, seed: int) -> dict[str, float]:
    """Tell how much of another dataset is called unlike the champion's training music.

    Parameters
    ----------
    champion : FittedModel
    samples : Samples
        its own dataset's, of its columns
    away : Away
    seed : int

    Returns
    -------
    dict
        fields of ``transfers``: ``false_alarms``, at home; ``unlike``, of the tested tracks; ``none_unlike``,
        of tracks whose genre the champion does not know; none where home has too few tracks to tell
    """
    measure, _ = measure_unlike(champion, samples, seed)
    if measure is None:
        return {}
    shares = {}
    for name, each in (("unlike", away.samples), ("none_unlike", away.left_out)):
        if len(each):
            shares[name] = float((measure.distances(track_means(each)) > measure.limit).mean())
    return {"false_alarms": measure.false_alarms, **shares}
