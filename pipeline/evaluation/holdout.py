"""The holdout, met once: the champion as it was stored, then every compared model for the record."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from pipeline.errors import InputError
from pipeline.evaluation.calibrate import FEWEST_TRACKS
from pipeline.evaluation.champion import find_samples, find_whole
from pipeline.evaluation.coverage import COMMON, accuracy_on, common_tracks
from pipeline.evaluation.fitting import Predictions, fit, predict
from pipeline.evaluation.protocol import Evaluation
from pipeline.evaluation.samples import Samples
from pipeline.evaluation.score import score
from pipeline.evaluation.spread import spread
from pipeline.evaluation.tally import class_report, confusion_rows, count
from pipeline.evaluation.threads import on_one_core
from pipeline.models import Chance, FittedModel, find_entry
from pipeline.models.chance import COVERAGE, FEWEST_GROUPS
from pipeline.random_streams import stream
from pipeline.splits import find_policy, holdout_policy, sample_groups
from pipeline.store import are_among
from pipeline.tables import DIMENSIONS, OR

MOST_TRACKS = 2000
"""Held-out tracks whose single predictions are kept, for tables and the web page; scores are of all."""

MOST_NAMED = 6
NO_CHANCE = (
    f"Too few tracks or artists (fewer than {FEWEST_TRACKS} were voted for out of fold) to make the vote a chance of "
    "being right: it only ranks genres."
)


@on_one_core
def hold_out(
    champion: FittedModel,
    others: pd.DataFrame,
    samples: Sequence[Samples],
    *,
    seed: int,
    search: str = "none",
    chance: Chance | None = None,
    jobs: int = 1,
) -> tuple[Evaluation, pd.DataFrame]:
    """Score models on the holdout, each fitted on all other rows.

    Both are the rows that count under the policy that the champion was chosen under: `holdout_policy` says which one
    the scores are filed under.

    Parameters
    ----------
    champion : FittedModel
    others : pd.DataFrame
        ``model, feature_set, window_s`` of every compared model
    samples : sequence of Samples
    seed : int
    search : str
        the effort with which the others' parameters are searched for, on the rows that they learn from
    chance : Chance, optional
        how the champion's votes for whole tracks are read
    jobs : int
        threads

    Returns
    -------
    evaluation : Evaluation
    predictions : pd.DataFrame
        both without rows where no track is held out;
        one row a holdout segment and track, of a sample of `MOST_TRACKS` where more are held out: ``model,
        feature_set, window_s, level, track_id, start_s, actual, predicted, correct, genres, probabilities``; of the
        champion's tracks ``genre_set``, joined by "or", and ``set_holds``, whether the actual genre is in it
    """
    policy = holdout_policy(champion.split)
    scores, reports, confusions, predictions = [], [], [], []
    compared = others[["model", "feature_set", "window_s"]].drop_duplicates()
    common = common_tracks([window.where(window.rows["holdout"].to_numpy()) for window in samples], policy)
    own = (champion.name, champion.feature_set, champion.window_s)
    refitted = [each for each in compared.itertuples(index=False, name=None) if each != own]
    given = ((find_whole(samples, *each[1:]), each, champion.split, search, seed) for each in refitted)
    refits = spread(_refit_and_predict, given, jobs)
    for model, feature_set, window_s in compared.itertuples(index=False):
        chosen = find_samples(samples, feature_set, window_s).under(policy)
        held = chosen.holdout()
        is_champion = (model, feature_set, window_s) == own
        known = chosen.learning().known().genres if is_champion else ()
        if is_champion and (tuple(champion.genres), tuple(champion.features)) != (known, chosen.features):
            raise InputError("the champion was made on other genres or features than the dataset has: run 05_optimise")
        answered = {} if is_champion else next(refits)
        if not len(held):
            continue
        if is_champion:
            answered = predict(champion.estimator, held, np.arange(len(held)), genres=champion.genres)
        shown = _tracks_to_show(held, seed)
        for level, predicted in answered.items():
            of_track = chance if is_champion and level == "track" else None
            if of_track:
                predicted = replace(predicted, probabilities=of_track.of(predicted.probabilities))
            names = dict(zip(DIMENSIONS, (model, feature_set, window_s, policy, "holdout", level), strict=True))
            counted = count([predicted.answers], len(held.genres))
            scores.append(score(counted, seed).assign(**names, repeats=1))
            of_rows = held.rows["track"].to_numpy() if level == "segment" else np.arange(held.rows["track"].max() + 1)
            if common is not None and (on_common := accuracy_on(common, of_rows, [predicted.answers])):
                row = {"metric": COMMON, "value": on_common[0], "n": on_common[1], "ci_low": np.nan, "ci_high": np.nan}
                scores.append(pd.DataFrame([row]).assign(**names, repeats=1))
            reports.append(class_report(counted.confusion, held.genres).assign(**names))
            confusions.append(confusion_rows(counted.confusion, held.genres).assign(**names))
            rows = pd.DataFrame(list(_prediction_rows(held, level, predicted, shown, of_track)))
            predictions.append(rows.assign(model=model, feature_set=feature_set, window_s=window_s, level=level))
    if not predictions:
        return Evaluation.empty(), pd.DataFrame()
    evaluation = Evaluation(*(pd.concat(frames, ignore_index=True) for frames in (scores, reports, confusions)))
    return evaluation, pd.concat(predictions, ignore_index=True)


def _refit_and_predict(
    whole: Samples, name: tuple[str, str, float], policy: str, search: str, seed: int
) -> dict[str, Predictions]:
    """Return what a model fitted on the rest says of what is held out; nothing where nothing is.

    Its rows are copied here, and not by who asks: only those of the models that are being fitted are in memory.
    """
    model, feature_set, window_s = name
    chosen = find_samples([whole], feature_set, window_s).under(holdout_policy(policy))
    held = chosen.holdout()
    if not len(held):
        return {}
    estimator = fit(model, chosen.learning(), seed, search=search, policy=policy).estimator
    return predict(estimator, held, np.arange(len(held)), guesses=find_entry(model).guesses)


def say_left_out(champion: FittedModel, samples: Sequence[Samples]) -> str:
    """Say which held-out tracks don't count under the champion's policy, or are not shown; empty if all are."""
    held = find_samples(samples, champion.feature_set, champion.window_s).holdout()
    policy = holdout_policy(champion.split)
    n_held, n_counted = (rows.rows["track"].nunique() for rows in (held, held.under(policy)))
    shown = ""
    if n_counted > MOST_TRACKS:
        shown = f"Single predictions are kept of a sample of {MOST_TRACKS} of {n_counted} tracks; scores are of all."
    if n_counted == n_held:
        return shown
    left_out = f"{n_held - n_counted} of {n_held} held-out tracks are left out: {find_policy(policy).leaves_out}."
    return f"{left_out} {shown}".strip()


def say_sets(chance: Chance | None, predictions: pd.DataFrame, champion: FittedModel) -> list[str]:
    """Say what the sets promise, of which genres they don't, and what came of the promise on the holdout."""
    if chance is None:
        return [NO_CHANCE]
    few = f"fewer than {FEWEST_GROUPS} {chance.resampled}"
    if not chance.promises:
        return [f"No set of genres can be promised: {few} of each genre were voted for out of fold."]
    said = [f"A set of genres is promised to hold the right one for {COVERAGE:.0%} of the tracks of each genre."]
    if chance.unpromised:
        said.append(f"Nothing is promised of {_shorten(chance.unpromised)}: {few} of such a genre.")
    tracks = of_champion(predictions, champion)
    promised = tracks[~tracks["actual"].isin(chance.unpromised)] if len(tracks) else tracks
    if len(promised):
        n_held = int(promised["set_holds"].astype(bool).sum())
        sizes = promised["probabilities"].map(lambda chances: len(chance.genre_set(np.array(chances))))
        said.append(
            f"On the holdout the set holds the right genre of {n_held} of {len(promised)} tracks of the other genres, "
            f"and has {sizes.mean():.1f} genres on average."
            if chance.unpromised
            else f"On the holdout it does for {n_held} of {len(promised)} tracks, with {sizes.mean():.1f} genres in a "
            "set on average."
        )
    return said


def _shorten(genres: Sequence[str]) -> str:
    shown = ", ".join(genres[:MOST_NAMED])
    return shown if len(genres) <= MOST_NAMED else f"{shown} and {len(genres) - MOST_NAMED} more genres"


def of_champion(rows: pd.DataFrame, champion: FittedModel) -> pd.DataFrame:
    """Return the rows, of any result table, that are about the champion at the level of tracks."""
    if rows.empty:
        return rows
    same = (rows["model"] == champion.name) & (rows["feature_set"] == champion.feature_set)
    return rows[same & (rows["window_s"] == champion.window_s) & (rows["level"] == "track")]


def count_new_artists(champion: FittedModel, samples: Sequence[Samples]) -> int:
    """Return how many held-out tracks are by a known artist of whom the champion has learned from no track."""
    chosen = find_samples(samples, champion.feature_set, champion.window_s).under(holdout_policy(champion.split))
    tracks = chosen.rows.drop_duplicates("track")
    heard = set(tracks.loc[~tracks["holdout"], "artist"])
    return int((tracks["holdout"] & tracks["artist_known"] & ~are_among(tracks["artist"], heard)).sum())


def _tracks_to_show(held: Samples, seed: int) -> np.ndarray:
    tracks, first = np.unique(held.rows["track"].to_numpy(), return_index=True)
    return tracks[sample_groups(tracks, held.y[first], MOST_TRACKS, stream("kept predictions", seed))]


def _prediction_rows(
    held: Samples, level: str, predicted: Predictions, shown: np.ndarray, chance: Chance | None
) -> Iterator[dict]:
    identity = held.rows[["track_id", "start_s"]]
    if level == "track":
        identity = held.rows.groupby("track")[["track_id"]].first().assign(start_s=np.nan).loc[predicted.rows]
    guesses = predicted.predicted
    of_track = predicted.rows if level == "track" else held.rows["track"].to_numpy()
    is_shown = np.isin(of_track, shown)
    for i, (track_id, start_s) in enumerate(identity.itertuples(index=False)):
        if not is_shown[i]:
            continue
        actual = held.genres[predicted.actual[i]]
        inside = chance.genre_set(predicted.probabilities[i]) if chance else ()
        yield {
            "track_id": track_id,
            "start_s": start_s,
            "actual": actual,
            "predicted": held.genres[guesses[i]],
            "correct": bool(guesses[i] == predicted.actual[i]),
            "genres": list(held.genres),
            "probabilities": predicted.probabilities[i].tolist(),
            "genre_set": OR.join(inside) or None,
            "set_holds": actual in inside if inside else None,
        }
