"""The holdout, met once: the champion as it was stored, then every compared model for the record."""

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd

from pipeline.errors import InputError
from pipeline.evaluation.champion import find_samples
from pipeline.evaluation.protocol import Evaluation, Predictions, fit, predict
from pipeline.evaluation.samples import Samples
from pipeline.evaluation.score import score
from pipeline.evaluation.tally import class_report, confusion_rows, count
from pipeline.evaluation.threads import on_one_core
from pipeline.models import FittedModel, find_entry
from pipeline.random_streams import stream
from pipeline.splits import find_policy, holdout_policy, sample_groups
from pipeline.tables import DIMENSIONS

MOST_TRACKS = 2000
"""Held-out tracks whose single predictions are kept, for tables and the web page; scores are of all."""


@on_one_core
def hold_out(
    champion: FittedModel, others: pd.DataFrame, samples: Sequence[Samples], *, seed: int, search: str = "none"
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

    Returns
    -------
    evaluation : Evaluation
    predictions : pd.DataFrame
        both without rows where no track is held out;
        one row a holdout segment and track, of a sample of `MOST_TRACKS` where more are held out: ``model,
        feature_set, window_s, level, track_id, start_s, actual, predicted, correct, genres, probabilities``
    """
    policy = holdout_policy(champion.split)
    scores, reports, confusions, predictions = [], [], [], []
    compared = others[["model", "feature_set", "window_s"]].drop_duplicates()
    for model, feature_set, window_s in compared.itertuples(index=False):
        chosen = find_samples(samples, feature_set, window_s).under(policy)
        held = chosen.holdout()
        is_champion = (model, feature_set, window_s) == (champion.name, champion.feature_set, champion.window_s)
        if is_champion and (tuple(champion.genres), tuple(champion.features)) != (chosen.genres, chosen.features):
            raise InputError("the champion was made on other genres or features than the dataset has: run 05_optimise")
        if not len(held):
            continue
        if is_champion:
            estimator = champion.estimator
        else:
            estimator = fit(model, chosen.learning(), seed, search=search, policy=champion.split).estimator
        shown = _tracks_to_show(held, seed)
        guesses = find_entry(model).guesses
        for level, predicted in predict(estimator, held, np.arange(len(held)), guesses=guesses).items():
            names = dict(zip(DIMENSIONS, (model, feature_set, window_s, policy, "holdout", level), strict=True))
            counted = count([predicted.answers], len(held.genres))
            scores.append(score(counted, seed).assign(**names, repeats=1))
            reports.append(class_report(counted.confusion(), held.genres).assign(**names))
            confusions.append(confusion_rows(counted.confusion(), held.genres).assign(**names))
            rows = pd.DataFrame(list(_prediction_rows(held, level, predicted, shown)))
            predictions.append(rows.assign(model=model, feature_set=feature_set, window_s=window_s, level=level))
    if not predictions:
        return Evaluation.empty(), pd.DataFrame()
    evaluation = Evaluation(*(pd.concat(frames, ignore_index=True) for frames in (scores, reports, confusions)))
    return evaluation, pd.concat(predictions, ignore_index=True)


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
    return int((tracks["holdout"] & tracks["artist_known"] & ~tracks["artist"].isin(heard)).sum())


def _tracks_to_show(held: Samples, seed: int) -> np.ndarray:
    tracks, first = np.unique(held.rows["track"].to_numpy(), return_index=True)
    return tracks[sample_groups(tracks, held.y[first], MOST_TRACKS, stream("kept predictions", seed))]


def _prediction_rows(held: Samples, level: str, predicted: Predictions, shown: np.ndarray) -> Iterator[dict]:
    identity = held.rows[["track_id", "start_s"]]
    if level == "track":
        identity = held.rows.groupby("track")[["track_id"]].first().assign(start_s=np.nan).loc[predicted.rows]
    guesses = predicted.predicted
    of_track = predicted.rows if level == "track" else held.rows["track"].to_numpy()
    is_shown = np.isin(of_track, shown)
    for i, (track_id, start_s) in enumerate(identity.itertuples(index=False)):
        if not is_shown[i]:
            continue
        yield {
            "track_id": track_id,
            "start_s": start_s,
            "actual": held.genres[predicted.actual[i]],
            "predicted": held.genres[guesses[i]],
            "correct": bool(guesses[i] == predicted.actual[i]),
            "genres": list(held.genres),
            "probabilities": predicted.probabilities[i].tolist(),
        }
