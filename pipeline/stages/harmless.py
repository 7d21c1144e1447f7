"""The horse test of stage 06: the champion hears its held-out tracks again, changed in ways that should not matter."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from pipeline import robustness
from pipeline.catalogue import excerpts_of, find_dataset
from pipeline.errors import InputError
from pipeline.evaluation import Samples, find_samples
from pipeline.evaluation.harmless import ChangedAnswers, answer_tracks, can_be_told, tell_changes, tell_genres
from pipeline.evaluation.say_harmless import say_given_away, say_hurt
from pipeline.excerpts import MIDDLE
from pipeline.features import find_feature_set
from pipeline.features.means import base_set
from pipeline.models import Chance, FittedModel
from pipeline.predict.classifier import rows_of
from pipeline.printable import bar, count
from pipeline.splits import holdout_policy
from pipeline.store import Run
from pipeline.tables import AS_IT_IS

if TYPE_CHECKING:
    from pipeline.robustness import Played

AUTO, ON, OFF = "auto", "on", "off"
MOST_TRACKS = 200
"""Held-out tracks that are played where nobody asks for it: some four minutes on two cores, by 57 features."""

TOO_FEW = (
    "There are too few unseen tracks of each genre to say whether a change hurts one genre more than others: it takes "
    "about five that are named rightly, by different artists."
)


@dataclass(frozen=True)
class PlayedDifferently:
    """What the champion answered to held-out tracks that were played differently.

    Attributes
    ----------
    rows, by_genre : pd.DataFrame
        rows of ``harmless_changes`` and ``harmless_change_genres``; none where it was not tried
    answers : pd.DataFrame
        ``track_id``, ``actual``, and by code of the change what it was called, missing where nothing could be measured
    remarks : list of str
        why it was not, or what else to know of it, a sentence each
    """

    rows: pd.DataFrame
    by_genre: pd.DataFrame
    answers: pd.DataFrame
    remarks: list[str]

    @property
    def board(self) -> pd.DataFrame:
        """What each change does, without codes."""
        return self.rows[["change_name", "accuracy", "ci_low", "ci_high", "drop", "drop_ci_low", "drop_ci_high",
                          "flip_rate", "flip_ci_low", "flip_ci_high", "n"]]  # fmt: skip


def check_horse(asked: str) -> str:
    """Return what was asked for.

    Raises
    ------
    InputError
        where it is none of ``auto``, ``on`` and ``off``
    """
    if asked not in (AUTO, ON, OFF):
        raise InputError(f"--horse {asked!r} must be {AUTO}, {ON} or {OFF}")
    return asked


def play_differently(
    run: Run, champion: FittedModel, samples: Sequence[Samples], chance: Chance | None, asked: str, *,
    seed: int, jobs: int,
) -> PlayedDifferently:  # fmt: skip
    """Put the held-out tracks to the champion with every harmless change, and count what becomes of its answers.

    Parameters
    ----------
    run : Run
    champion : FittedModel
    samples : sequence of Samples
    chance : Chance or None
        how its votes are read
    asked : str
        ``auto``: where the audio is here and at most `MOST_TRACKS` are held out; ``on``: however many; ``off``
    seed, jobs : int

    Raises
    ------
    InputError
        where `asked` is another word
    """
    own = find_samples(samples, champion.feature_set, champion.window_s)
    held = own.under(holdout_policy(champion.split)).holdout()
    first = held.where(np.unique(held.rows["track"].to_numpy(), return_index=True)[1])
    known = find_dataset(run.database, run.dataset)
    if why := _why_not(known, champion, len(first), check_horse(asked)):
        return _nothing(f"Harmless changes were not tried: {why}.")
    began, root = monotonic(), Path(known["location"])
    played = _play(run, root, first.rows["track_id"].tolist(), champion, jobs)
    heard = np.array([not each.why_not for each in played])
    if not heard.any():
        lost = "the audio of the held-out tracks is gone, or is not what it was when it was extracted"
        return _nothing(f"Harmless changes were not tried: {lost}.")
    first, played = first.where(heard), [each for each in played if not each.why_not]
    answers = _ask(champion, played, first, chance)
    rows, by_genre = tell_changes(answers), tell_genres(answers, seed)
    given_away = [f"{words}." for words in say_given_away(by_genre)]
    sentences = [*given_away, *say_hurt(by_genre)] if can_be_told(answers) else [TOO_FEW]
    times = f"{count(len(first), 'track')}, each analysed {len(robustness.CHANGES) + 1} times"
    cost = f"That took {monotonic() - began:.0f} s: {times}."
    named = _name_answers(answers, first.rows["track_id"].tolist())
    return PlayedDifferently(rows, by_genre, named, [*sentences, *_say_left_out(heard), cost])


def _why_not(known: dict[str, Any], champion: FittedModel, n_tracks: int, asked: str) -> str:
    """Say why nothing can, or need, be played; empty where it is."""
    if asked == OFF:
        return "--horse off"
    if known["source"] != "audio":
        return f"dataset {known['dataset']!r} is a table of features, and only audio can be played differently"
    if (taken := excerpts_of(known)) != MIDDLE:
        return f"its tracks were extracted with --excerpts {taken}, and only the middle can be played differently"
    feature_set = find_feature_set(base_set(champion.feature_set))
    if feature_set is None or (missing := feature_set.say_missing()):
        return f"measuring {champion.feature_set!r} needs {missing if feature_set else 'another version of genrelab'}"
    if n_tracks == 0:
        return "no track is held out"
    if not Path(known["location"]).is_dir():
        return f"the audio folder {known['location']!r} is not there on this machine"
    if asked == AUTO and n_tracks > MOST_TRACKS:
        return f"{n_tracks} tracks are held out, which would take long; --horse on tries them"
    return ""


def _play(run: Run, root: Path, track_ids: Sequence[str], champion: FittedModel, jobs: int) -> list["Played"]:
    """Return the tracks as they were heard, in this order."""
    query = {"dataset": run.dataset, "track_id": {"$in": list(track_ids)}}
    found = run.database["tracks"].find(query, {"_id": False} | dict.fromkeys(robustness.TRACK_FIELDS, True))
    tracks = {track["track_id"]: track for track in found}
    wanted = (base_set(champion.feature_set), float(champion.window_s))
    played = []
    with bar("play differently", "track", len(track_ids)) as shown:
        for each in robustness.play_all(root, [tracks[name] for name in track_ids], wanted, jobs):
            played.append(each)
            shown.update()
    return played


def _ask(
    champion: FittedModel, played: Sequence["Played"], first: Samples, chance: Chance | None
) -> ChangedAnswers:  # fmt: skip
    """Ask the champion for all tracks, change by change."""
    wanted = (base_set(champion.feature_set), float(champion.window_s))
    places = np.array([*(first.genres.index(genre) for genre in champion.genres), -1])

    def answers(change: str) -> np.ndarray:
        X = [rows_of(champion, {wanted: each.vectors[change]}) for each in played]
        return places[answer_tracks(champion, X, chance)]

    changed = np.stack([answers(change.name) for change in robustness.CHANGES], axis=1)
    return ChangedAnswers(first.genres, first.y, first.units, answers(AS_IT_IS), changed, robustness.CHANGES)


def _name_answers(answers: ChangedAnswers, track_ids: Sequence[str]) -> pd.DataFrame:
    names = np.array([*answers.genres, None], dtype=object)
    changed = {change.name: names[answers.changed[:, i]] for i, change in enumerate(answers.changes)}
    unchanged = {"track_id": track_ids, "actual": names[answers.actual], AS_IT_IS: names[answers.as_it_is]}
    return pd.DataFrame(unchanged | changed)


def _say_left_out(heard: np.ndarray) -> list[str]:
    if heard.all():
        return []
    files = f"The files of {(~heard).sum()} of {len(heard)} held-out tracks are"
    return [f"{files} gone, or not what they were when they were extracted: these were left out."]


def _nothing(why: str) -> PlayedDifferently:
    return PlayedDifferently(pd.DataFrame(), pd.DataFrame(), pd.DataFrame(), [why])
