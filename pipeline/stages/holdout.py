"""Stage 06: the champion meets the tracks that nobody has seen, and after it every other compared model."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from pipeline.evaluation import (
    Evaluation,
    Headline,
    Samples,
    answer_out_of_fold,
    calibrate,
    count_new_artists,
    find_samples,
    headline,
    hold_out,
    hold_out_pairs,
    load_samples,
    measure_unlike,
    of_champion,
    of_main_set,
    say_left_out,
    say_sampled,
    say_sets,
    say_unlike,
)
from pipeline.evaluation.one_artist import one_artist_genres
from pipeline.evaluation.unseen import find_unseen, read_unseen
from pipeline.models import Chance, FittedModel, load_champion, pack_chance, pack_unlike
from pipeline.report.card import model_card
from pipeline.settings import get_settings
from pipeline.splits import find_policy, holdout_policy
from pipeline.stages.harmless import PlayedDifferently, check_horse, play_differently
from pipeline.stages.options import HoldoutOptions
from pipeline.stages.recording import record, tables_of, writes_to_run
from pipeline.stages.styles import ByStyle, by_style
from pipeline.stages.subgroups import BySubgroup, by_subgroup, check_subgroups
from pipeline.store import Run, StageRows, read_frame

__all__ = ["HeldOut", "HoldoutOptions", "holdout"]


@dataclass(frozen=True)
class HeldOut:
    """How the models did on the holdout.

    Attributes
    ----------
    champion : FittedModel
    headline : Headline
        what the run comes to, in the sentences that every face prints
    remarks : list of str
        what else to know of it, a sentence each
    evaluation : Evaluation
    predictions : pd.DataFrame
        a row a held-out segment and track
    pair_scores : pd.DataFrame
        rows of ``genre_pairs``
    wrong : pd.DataFrame
        the held-out tracks that the champion got wrong, the surest answers first
    chance : Chance or None
        how the champion's votes for whole tracks are read; None where tracks or artists are too few to tell
    played : PlayedDifferently
        what became of the champion's answers where the music was played differently
    subgroups : BySubgroup
        how good it is on each part of the music that it learned from, out of fold
    styles : ByStyle
        how well styles below the genres are told, where tracks have them
    calibration, reliability, genre_promises, unlike : pd.DataFrame
        rows of the tables of these names
    """

    champion: FittedModel
    headline: Headline | None
    remarks: list[str]
    evaluation: Evaluation
    predictions: pd.DataFrame
    pair_scores: pd.DataFrame
    wrong: pd.DataFrame
    chance: Chance | None
    played: PlayedDifferently
    subgroups: BySubgroup
    styles: ByStyle
    calibration: pd.DataFrame
    reliability: pd.DataFrame
    genre_promises: pd.DataFrame
    unlike: pd.DataFrame

    @property
    def metrics(self) -> pd.DataFrame:
        """The champion's scores on whole tracks."""
        found = of_champion(self.evaluation.scores, self.champion)
        return found.filter(["metric", "value", "ci_low", "ci_high", "n"])

    @property
    def confusion(self) -> pd.DataFrame:
        """The champion's confusion of whole tracks."""
        return of_champion(self.evaluation.confusion, self.champion)

    @property
    def board(self) -> pd.DataFrame:
        """The accuracy of every compared model on whole held-out tracks."""
        board = self.evaluation.scores.query("level == 'track' and metric == 'accuracy'")
        return board.filter(["model", "feature_set", "window_s", "value", "ci_low", "ci_high", "n"]).sort_index()


@writes_to_run
def holdout(run: Run, options: HoldoutOptions) -> HeldOut:
    """Score the champion, and for the record every other compared model, on the holdout; record all of it.

    Raises
    ------
    InputError
        where the run has no champion yet, or one of other features or genres than the dataset has; or ``horse`` is
        none of its words, or ``subgroups`` no column
    """
    check_horse(options.horse)
    check_subgroups(options.subgroups)
    champion = load_champion(run)
    compared = run.scores(subset="test")
    samples = load_samples(run.database, run.dataset, set(compared["model"]))
    jobs = options.jobs or get_settings().jobs
    own = _own(champion, samples)
    answers = answer_out_of_fold(champion, own, options.seed, jobs)
    chance, of_chance = calibrate(answers, own.genres, find_policy(holdout_policy(champion.split)), options.seed, jobs)
    subgroups = by_subgroup(run, own, answers, options.subgroups, options.seed)
    styles = by_style(run, own, champion, answers, options.seed, jobs)
    unlike, noticed = measure_unlike(champion, own, options.seed)
    how: dict[str, Any] = {"seed": options.seed, "search": options.search, "chance": chance, "jobs": jobs}
    evaluation, predictions = hold_out(champion, compared, samples, **how)
    tested = run.table("genre_pairs", subset="test")
    pairs = list(dict.fromkeys(zip(tested["genre_a"], tested["genre_b"], strict=True))) if len(tested) else []
    pair_scores = hold_out_pairs(of_main_set(samples), pairs, champion.split, seed=options.seed, jobs=jobs)
    played = play_differently(run, champion, samples, chance, options.horse, seed=options.seed, jobs=jobs)
    of_changes = {"harmless_changes": played.rows, "harmless_change_genres": played.by_genre}
    of_subgroups = {"subgroups": subgroups.rows, "subgroup_gaps": subgroups.gaps}
    of_styles = {"styles": styles.rows, "style_answers": styles.answers, "style_scores": styles.scores}
    rows = StageRows(
        scores=evaluation.scores,
        predictions=predictions,
        tables={"genre_pairs": pair_scores, "unlike": noticed, **of_chance, **of_changes, **of_subgroups, **of_styles}
        | tables_of(evaluation),
        models=[
            *([pack_chance(chance, champion)] if chance else []),
            *([pack_unlike(unlike, champion)] if unlike else []),
        ],
    )
    record(run, "holdout", rows, _facts(run, evaluation, champion, samples))
    run.note({"champion.card": model_card(run)})
    learning = [window.learning() for window in samples]
    remarks = [
        say_left_out(champion, samples),
        *say_sampled(compared["model"], learning),
        *say_sets(chance, predictions, champion),
        say_unlike(unlike),
    ]
    remarks = [words for words in remarks if words]
    tables = {**of_chance, "unlike": noticed}
    names = ("calibration", "reliability", "genre_promises", "unlike")
    shown = [tables.get(name, pd.DataFrame()) for name in names]
    wrong = _wrong(run, champion)
    parts = (played, subgroups, styles, *shown)
    return HeldOut(champion, headline(run), remarks, evaluation, predictions, pair_scores, wrong, chance, *parts)


def _wrong(run: Run, champion: FittedModel) -> pd.DataFrame:
    rows = find_unseen(read_unseen(run, champion), answer="wrong").rename(columns={"probability": "confidence"})
    return rows[["track_id", "artist", "title", "actual", "predicted", "confidence"]]


def _own(champion: FittedModel, samples: Sequence[Samples]) -> Samples:
    return find_samples(samples, champion.feature_set, champion.window_s)


def _facts(run: Run, evaluation: Evaluation, champion: FittedModel, samples: Sequence[Samples]) -> dict[str, Any]:
    """Return what ``runs`` says of how the champion did on the holdout."""
    scores = of_champion(evaluation.scores, champion)
    accuracy = scores[scores["metric"] == "accuracy"]
    if accuracy.empty:
        return {}
    fields = {"holdout_accuracy": "value", "holdout_ci_low": "ci_low", "holdout_ci_high": "ci_high"}
    found = accuracy.iloc[0]
    facts: dict[str, Any] = {name: None if pd.isna(found[of]) else float(found[of]) for name, of in fields.items()}
    facts |= {"holdout_n": int(found["n"]), "holdout_new_artists": count_new_artists(champion, samples)}
    counted = _own(champion, samples).holdout().under(holdout_policy(champion.split)).rows["track_id"].unique()
    held = {"dataset": run.dataset, "track_id": {"$in": counted.tolist()}}
    facts["holdout_one_artist"] = one_artist_genres(
        read_frame(run.database["tracks"], held, ["track_id", "genre", "artist"])
    )
    return {f"champion.{name}": value for name, value in facts.items()}
