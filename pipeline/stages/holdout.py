"""Stage 06: the champion meets the tracks that nobody has seen, and after it every other compared model."""

from dataclasses import dataclass

import pandas as pd

from pipeline.evaluation import (
    Evaluation,
    Headline,
    count_new_artists,
    headline,
    hold_out,
    hold_out_pairs,
    load_samples,
    of_champion,
    of_main_set,
    say_left_out,
    say_sampled,
)
from pipeline.models import FittedModel, load_champion
from pipeline.stages.options import HoldoutOptions
from pipeline.stages.recording import record, tables_of, writes_to_run
from pipeline.store import Run, StageRows

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
    """

    champion: FittedModel
    headline: Headline | None
    remarks: list[str]
    evaluation: Evaluation
    predictions: pd.DataFrame
    pair_scores: pd.DataFrame

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
    def wrong(self) -> pd.DataFrame:
        """The held-out tracks that the champion got wrong."""
        tracks = of_champion(self.predictions, self.champion)
        return tracks[~tracks["correct"].astype(bool)][["track_id", "actual", "predicted"]] if len(tracks) else tracks

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
        where the run has no champion yet, or one of other features or genres than the dataset has
    """
    champion = load_champion(run)
    compared = run.scores(subset="test")
    samples = load_samples(run.database, run.dataset, set(compared["model"]))
    evaluation, predictions = hold_out(champion, compared, samples, seed=options.seed, search=options.search)
    tested = run.table("genre_pairs", subset="test")
    pairs = list(dict.fromkeys(zip(tested["genre_a"], tested["genre_b"], strict=True))) if len(tested) else []
    pair_scores = hold_out_pairs(of_main_set(samples), pairs, champion.split, seed=options.seed)
    rows = StageRows(
        scores=evaluation.scores, predictions=predictions, tables={"genre_pairs": pair_scores} | tables_of(evaluation)
    )
    record(run, "holdout", rows, _facts(evaluation, champion, count_new_artists(champion, samples)))
    learning = [window.learning() for window in samples]
    remarks = [say_left_out(champion, samples), *say_sampled(compared["model"], learning)]
    remarks = [words for words in remarks if words]
    return HeldOut(champion, headline(run), remarks, evaluation, predictions, pair_scores)


def _facts(evaluation: Evaluation, champion: FittedModel, n_new_artists: int) -> dict[str, float | int | None]:
    """Return what ``runs`` says of how the champion did on the holdout."""
    scores = of_champion(evaluation.scores, champion)
    accuracy = scores[scores["metric"] == "accuracy"]
    if accuracy.empty:
        return {}
    fields = {"holdout_accuracy": "value", "holdout_ci_low": "ci_low", "holdout_ci_high": "ci_high"}
    found = accuracy.iloc[0]
    facts = {name: None if pd.isna(found[of]) else float(found[of]) for name, of in fields.items()}
    facts |= {"holdout_n": int(found["n"]), "holdout_new_artists": n_new_artists}
    return {f"champion.{name}": value for name, value in facts.items()}
