"""Would more music help? One model's accuracy when it learns from a quarter, half, three quarters, all of the tracks.

Conventions
-----------
Every point is tested on the same tracks, a split's test side, so that points are compared in pairs. What is thinned is
the other side, by whole groups: what the split policy keeps whole, tracks or artists. The splits are drawn for the
curve alone: on those that the champion was chosen on, the highest of many scores would be the last point.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from sklearn.pipeline import Pipeline

from pipeline.evaluation.champion import find_samples
from pipeline.evaluation.compare import paired_difference
from pipeline.evaluation.fitting import Predictions, predict
from pipeline.evaluation.limits import rows_to_learn_from, within_sample
from pipeline.evaluation.samples import Samples
from pipeline.evaluation.score import score
from pipeline.evaluation.spread import spread
from pipeline.evaluation.tally import count
from pipeline.models import FittedModel, build, display_name, find_entry
from pipeline.random_streams import seed_of, stream
from pipeline.splits import find_policy, share_of_groups, split_rows
from pipeline.tables import LEARNING_CURVE

SHARES = (0.25, 0.5, 0.75, 1.0)
MOST_REPEATS = 3
"""Splits; more would take longer than the choice of the champion does."""

OWN_SPLITS = "The learning curve has splits of its own, so its last point is not the champion's test accuracy."

HARDLY = 0.02
"""Where doubling the tracks can't have brought more than this, more of them would hardly help."""


@dataclass(frozen=True)
class LearningCurve:
    """A model's learning curve.

    Attributes
    ----------
    rows : pd.DataFrame
        as ``learning_curve`` declares them; none where nothing could be learned from fewer tracks
    says : str
        whether more music would help, in a sentence
    tested : pd.DataFrame
        what the model answered that learned from all: ``repeat, track_id, group, actual, predicted, confidence,
        probability_of_actual``, a row a repeat and test track
    """

    rows: pd.DataFrame
    says: str
    tested: pd.DataFrame


@dataclass(frozen=True)
class _Point:
    """One fit: its share, its answers to whole tracks, and how many tracks and groups it learned from."""

    share: float
    repeat: int
    answers: Predictions
    train_accuracy: float
    n_tracks: int
    n_groups: int


def learning_curve(
    champion: FittedModel, ranked: pd.DataFrame, samples: Sequence[Samples], *, repeats: int, seed: int, jobs: int
) -> LearningCurve:
    """Let the champion learn from ever more tracks, or the best model of vectors where the champion is a network.

    Parameters
    ----------
    champion : FittedModel
    ranked : pd.DataFrame
        the candidates, best first
    samples : sequence of Samples
        without the holdout
    repeats : int
        splits; `MOST_REPEATS` at most
    seed, jobs : int
        of splits and models; threads
    """
    model, parameters, chosen = _subject(champion, ranked, samples)
    repeats = min(repeats, MOST_REPEATS)
    given = ((model, parameters, chosen, champion.split, share, seed, r) for r in range(repeats) for share in SHARES)
    points = [point for point in spread(_learn, given, jobs) if point is not None]
    shares = [share for share in SHARES if sum(point.share == share for point in points) == repeats]
    names = {"model": model, "feature_set": chosen.feature_set, "window_s": chosen.window_s}
    names |= {"split_policy": champion.split, "repeats": repeats}
    of_share = {share: [point for point in points if point.share == share] for share in shares}
    rows = [{**names, **_row(share, here, len(chosen.genres), seed)} for share, here in of_share.items()]
    tested = {share: _tested(here, chosen) for share, here in of_share.items()}
    return LearningCurve(
        rows=pd.DataFrame(rows, columns=LEARNING_CURVE.names),
        says=_say(rows, tested),
        tested=tested.get(1.0, pd.DataFrame(columns=_TESTED)),
    )


_TESTED = ["repeat", "track_id", "group", "actual", "predicted", "confidence", "probability_of_actual", "correct"]


def _subject(
    champion: FittedModel, ranked: pd.DataFrame, samples: Sequence[Samples]
) -> tuple[str, dict[str, Any], Samples]:
    """Return a model, its parameters, and its rows that count."""
    if find_entry(champion.name).kind != "frames":
        chosen = find_samples(samples, champion.feature_set, champion.window_s)
        return champion.name, dict(champion.parameters), chosen.under(champion.split)
    best = next(row for row in ranked.itertuples() if find_entry(row.model).kind != "frames")
    return best.model, {}, find_samples(samples, best.feature_set, best.window_s).under(champion.split)


def _learn(
    model: str, parameters: dict[str, Any], samples: Samples, policy: str, share: float, seed: int, repeat: int
) -> _Point | None:
    """Fit and test one point; None where a model can't learn from so little."""
    own = seed_of("learning curve", seed)
    train, test = split_rows(policy, samples.rows, samples.y, seed=own, repeat=repeat)
    train, test = within_sample(model, policy, samples, train, test, own)
    groups = find_policy(policy).groups(samples.rows)
    if share < 1:
        train = train[share_of_groups(groups[train], samples.y[train], share, stream("thinned", seed, repeat))]
    train = rows_to_learn_from(model, samples, own, train)
    estimator = build(model, own + repeat).set_params(**parameters)
    if not len(test) or not _can_learn(estimator, samples.y[train]):
        return None
    estimator.fit(samples.read(train), samples.y[train])
    guesses = find_entry(model).guesses
    learned = predict(estimator, samples, train, guesses=guesses)["track"]
    return _Point(
        share=share,
        repeat=repeat,
        answers=predict(estimator, samples, test, guesses=guesses)["track"],
        train_accuracy=float(np.mean(learned.predicted == learned.actual)),
        n_tracks=len(learned.rows),
        n_groups=len(np.unique(groups[train])),
    )


def _can_learn(estimator: Pipeline, genres: np.ndarray) -> bool:
    """Tell whether there are two genres, two rows a genre, and as many as a model looks for neighbours among."""
    neighbours = [value for name, value in estimator.get_params().items() if name.endswith("__n_neighbors")]
    n_genres = len(np.unique(genres))
    return n_genres > 1 and len(genres) >= max(2 * n_genres, *neighbours, 0)


def _row(share: float, points: Sequence[_Point], k: int, seed: int) -> dict[str, Any]:
    scores = score(count([point.answers.answers for point in points], k), seed).set_index("metric")
    found = scores.loc["accuracy"]
    return {
        "share": share,
        "n_tracks": round(float(np.mean([point.n_tracks for point in points]))),
        "n_groups": round(float(np.mean([point.n_groups for point in points]))),
        "train_accuracy": float(np.mean([point.train_accuracy for point in points])),
        "accuracy": float(found["value"]),
        "ci_low": float(found["ci_low"]),
        "ci_high": float(found["ci_high"]),
        "n": int(found["n"]),
    }


def _tested(points: Sequence[_Point], samples: Samples) -> pd.DataFrame:
    names = samples.rows.drop_duplicates("track").set_index("track")["track_id"]
    genres = np.asarray(samples.genres, dtype=object)

    def frames() -> Iterator[pd.DataFrame]:
        for point in points:
            answers = point.answers
            columns = {
                "repeat": point.repeat,
                "track_id": names.loc[answers.rows].to_numpy(),
                "group": answers.groups,
                "actual": genres[answers.actual],
                "predicted": genres[answers.predicted],
                "confidence": answers.probabilities.max(axis=1),
                "probability_of_actual": answers.probabilities[np.arange(len(answers.rows)), answers.actual],
                "correct": answers.predicted == answers.actual,
            }
            yield pd.DataFrame(columns)

    return pd.concat(frames(), ignore_index=True)[_TESTED]


def _say(rows: Sequence[dict], tested: dict[float, pd.DataFrame]) -> str:
    """Say whether more music would help: what the last doubling of the tracks brought, half of them against all."""
    by_share = {row["share"]: row for row in rows}
    if 0.5 not in by_share or 1.0 not in by_share:
        return "Would more music help? There are too few tracks to try with fewer of them."
    half, whole = by_share[0.5], by_share[1.0]
    brought = (
        f"with {half['n_tracks']} training tracks {display_name(whole['model'])} gets {half['accuracy']:.0%} right, "
        f"with all {whole['n_tracks']} {whole['accuracy']:.0%}"
    )
    difference, low, high = paired_difference(tested[1.0], tested[0.5])
    if np.isnan(low):
        return f"Would more music help? Nobody can say: {brought}, and there are too few tracks or artists to tell."
    points = f"{100 * difference:+z.1f} points, 95 % interval {100 * low:+z.1f} to {100 * high:+z.1f}"
    if low > 0:
        return f"More music would probably help: {brought} ({points})."
    if high < HARDLY:
        return f"More music of the same kind would hardly help: {brought} ({points})."
    return f"Nobody can say yet whether more music would help: {brought} ({points})."
