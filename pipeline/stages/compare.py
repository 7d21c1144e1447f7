"""Stage 04: models against each other, 30 seconds against 3, and how much of a score is real."""

from dataclasses import dataclass

import pandas as pd

from pipeline.evaluation import (
    Evaluation,
    Headline,
    calibration,
    check_sampled,
    check_sides,
    choose_policy,
    correct,
    evaluate,
    gather,
    headline,
    load_samples,
    model_sentences,
    pack_answers,
    plan,
    ranking,
    refuse_guesses,
    roll_call,
    say_left_out_of,
    say_sampled,
    summarise,
    window_sentences,
)
from pipeline.evaluation import compare as compare_pairs
from pipeline.models import baselines, parse_models
from pipeline.settings import get_settings
from pipeline.splits import find_policy, policies_for
from pipeline.stages.options import CompareOptions
from pipeline.stages.recording import corrected_facts, record, tables_of, writes_to_run
from pipeline.store import Run, StageRows

__all__ = ["CompareOptions", "Compared", "compare"]


@dataclass(frozen=True)
class Compared:
    """What a comparison found.

    Attributes
    ----------
    policy : str
        policy that results are read under
    main_set : str
        the main feature set
    remarks : list of str
        sentences on what the policy makes of the rows, and which models learn from a sample of them
    roll : pd.DataFrame
        who takes part, and who does not
    n_candidates : int
    evaluation : Evaluation
    comparisons : pd.DataFrame
        rows of ``model_comparisons``
    headline : Headline
        what it comes to, in the sentences that every face prints
    """

    policy: str
    main_set: str
    remarks: list[str]
    roll: pd.DataFrame
    n_candidates: int
    evaluation: Evaluation
    comparisons: pd.DataFrame
    headline: Headline | None

    @property
    def main_scores(self) -> pd.DataFrame:
        """Scores on the main feature set."""
        scores = self.evaluation.scores
        return scores[scores["feature_set"] == self.main_set]

    @property
    def summary(self) -> pd.DataFrame:
        """Accuracies of the main feature set, 30-second and 3-second rows side by side."""
        summary = summarise(self.evaluation.scores)
        return summary[summary["feature_set"] == self.main_set].dropna(axis="columns", how="all")

    @property
    def windows(self) -> list[str]:
        """Which window tells more of whole tracks, a sentence a model."""
        return window_sentences(self.comparisons, self.main_set, self.policy)

    @property
    def models(self) -> list[str]:
        """Which model beats which, a sentence a model."""
        return model_sentences(self.comparisons, self.main_set, self.policy)

    @property
    def calibration(self) -> pd.DataFrame:
        """How far probabilities lie from the share of right answers."""
        return calibration(self.evaluation.scores, self.main_set, self.policy)

    @property
    def variants(self) -> pd.DataFrame:
        """Test accuracies of rows by feature set, its means alone among them."""
        summary = summarise(self.evaluation.scores)
        is_model = ~summary["model"].isin(baselines())
        here = summary[is_model & (summary["level"] == "segment") & (summary["split_policy"] == self.policy)]
        return here.filter(regex="model|feature_set|^test").dropna(axis="columns", how="all")

    @property
    def variant_tests(self) -> pd.DataFrame:
        """Which differences between feature sets a test backs."""
        found = self.comparisons
        here = found[(found["comparison"] == "feature_sets") & (found["split_policy"] == self.policy)]
        return here.filter(regex="^(model_a|window_a_s|feature_set|difference|ci_|p_adjusted|p_procedure|better)")

    @property
    def model_tests(self) -> pd.DataFrame:
        """Both tests of each pair of models of the main feature set, the largest difference first."""
        found = self.comparisons
        here = found[(found["comparison"] == "models") & (found["split_policy"] == self.policy)]
        here = here[here["feature_set_a"] == self.main_set]
        shown = here[["window_a_s", "model_a", "model_b", "difference", "p_value", "p_adjusted", "p_procedure"]]
        order = here["difference"].abs().sort_values(ascending=False, kind="stable").index
        return shown.rename(columns={"window_a_s": "window_s"}).loc[order]

    @property
    def best(self) -> pd.Series:
        """The candidate that scores highest on whole tracks."""
        return ranking(self.evaluation.scores, self.policy).iloc[0]

    def of_best(self, rows: pd.DataFrame) -> pd.DataFrame:
        """Return the rows of a class report or confusion that are about the best candidate on whole tracks."""
        best = self.best
        same = (rows["model"] == best.model) & (rows["feature_set"] == best.feature_set)
        same &= (rows["window_s"] == best.window_s) & (rows["split_policy"] == self.policy)
        return rows[same & (rows["level"] == "track")]


@writes_to_run
def compare(run: Run, options: CompareOptions) -> Compared:
    """Fit and score every model on every window under every policy, test the differences, and record all of it.

    Raises
    ------
    InputError
        where options are wrong, nothing is extracted, or the policy can't be asked for here
    """
    names = parse_models(options.models)
    loaded = load_samples(run.database, run.dataset, names)
    samples = [window.learning() for window in loaded]
    policy, remarks = choose_policy(options.split or run.split_policy, samples)
    remarks += [*find_policy(policy).say_held(loaded[0].rows), *say_left_out_of(loaded), *say_sampled(names, samples)]
    candidates = plan(samples, names, policies_for(policy), options.search)
    roll = roll_call(samples, names)
    refuse_guesses(candidates, roll)
    evaluation = evaluate(
        candidates,
        repeats=options.repeats,
        seed=options.seed,
        jobs=options.jobs or get_settings().jobs,
        progress="compare",
    )
    comparisons = compare_pairs(evaluation.tested)
    n_held = loaded[0].rows.loc[loaded[0].rows["holdout"], "track"].nunique()
    sides = check_sides(samples[0], policy, n_held=n_held, seed=options.seed)
    checks = pd.concat([check_sampled(names, samples), sides], ignore_index=True)
    tables = {"model_comparisons": comparisons, "data_quality": checks}
    here = {key: answers for key, answers in evaluation.answered.items() if key[-1] == policy}
    corrected = correct(gather(here, [], samples, policy), options.seed) if here else None
    read_under = {
        "split_policy": policy,
        "main_feature_set": samples[0].feature_set,
        "highest": corrected_facts(corrected),
    }
    rows = StageRows(
        scores=evaluation.scores, answers=pack_answers(evaluation.answered), tables=tables | tables_of(evaluation)
    )
    record(run, "compare", rows, read_under)
    return Compared(
        policy=policy,
        main_set=samples[0].feature_set,
        remarks=remarks,
        roll=roll,
        n_candidates=len(candidates),
        evaluation=evaluation,
        comparisons=comparisons,
        headline=headline(run),
    )
