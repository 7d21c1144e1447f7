"""Stage 05: what can be tuned on test scores alone, what the forest looks at, and which model is the champion."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from pipeline.errors import InputError
from pipeline.evaluation import (
    Candidate,
    Evaluation,
    Samples,
    choose_pairs,
    choose_policy,
    crown,
    crown_other_windows,
    evaluate,
    evaluate_pairs,
    load_samples,
    of_main_set,
    rank_features,
    ranking,
    say_sampled,
    search_k,
)
from pipeline.models import FittedModel, pack_models
from pipeline.quality import grave_warnings
from pipeline.settings import get_settings
from pipeline.splits import policies_for
from pipeline.stages.options import OptimiseOptions
from pipeline.stages.recording import CHOSEN_BY, record, tables_of, writes_to_run
from pipeline.store import Run, StageRows

__all__ = ["OptimiseOptions", "Optimised", "optimise"]


@dataclass(frozen=True)
class Optimised:
    """What was tuned and chosen.

    Attributes
    ----------
    split : str
        policy that choices were made under
    remarks : list of str
        sentences on what the policy makes of the rows, and which models learn from a sample of them
    k_search, importances, pair_scores : pd.DataFrame
        rows of ``k_search``, ``feature_importance`` and ``genre_pairs``
    ranked : pd.DataFrame
        the candidates by test accuracy of whole tracks, best first
    champion : FittedModel
    facts : dict
        what ``runs`` says of the champion
    """

    split: str
    remarks: list[str]
    k_search: pd.DataFrame
    importances: pd.DataFrame
    pair_scores: pd.DataFrame
    ranked: pd.DataFrame
    champion: FittedModel
    facts: dict[str, Any]

    @property
    def chosen_k(self) -> pd.DataFrame:
        """The k that each policy chooses for each window, and the usual 3 beside it."""
        found = self.k_search
        return found[found["chosen"] | (found["k"] == 3)].sort_values(["window_s", "split_policy", "k"])

    @property
    def tested_pairs(self) -> pd.DataFrame:
        """Test accuracies of genre pairs."""
        return self.pair_scores[self.pair_scores["subset"] == "test"]

    @property
    def says(self) -> str:
        """Who the champion is, in a sentence or two."""
        champion = self.champion
        return (
            f"Champion: {champion.name} on {champion.window_s:g}-second rows of {champion.feature_set}, "
            f"test accuracy {champion.test_accuracy:.3f}, fitted on {champion.n_tracks} tracks. "
            f"Its parameters: {champion.parameters or 'the defaults'}."
        )


@writes_to_run
def optimise(run: Run, options: OptimiseOptions) -> Optimised:
    """Search k, rank features, try tuned candidates and genre pairs, choose the champion, and record all of it.

    Raises
    ------
    InputError
        where options are wrong, or the run has no comparison to choose from
    """
    how: dict[str, Any] = {
        "repeats": options.repeats,
        "seed": options.seed,
        "jobs": options.jobs or get_settings().jobs,
    }
    scores = run.scores(stage="compare")
    if scores.empty:
        raise InputError(f"run {run.run_id} has no comparison to choose from: run 04_compare first")
    compared = set(scores["model"])
    samples = [window.learning() for window in load_samples(run.database, run.dataset, compared)]
    split, remarks = choose_policy(options.split or run.split_policy, samples)
    remarks += say_sampled([*compared, "knn_3", "random_forest"], samples)
    main, policies = of_main_set(samples), policies_for(split)
    found = _search_k(main, policies, options)
    importances = pd.concat(
        [rank_features(window, split, seed=options.seed, jobs=how["jobs"]) for window in main],
        ignore_index=True,
    )
    best_k = found[found["chosen"] & (found["split_policy"] == split)].set_index("window_s")["k"]
    tuned = _tuned(main, policies, best_k, compared, options.search)
    evaluation = evaluate(tuned, **how) if tuned else Evaluation.empty()
    ranked = ranking(pd.concat([scores, evaluation.scores], ignore_index=True), split)
    confusion = pd.concat([run.table("confusion", stage="compare"), evaluation.confusion], ignore_index=True)
    hardest = _rows_of(confusion, ranked.iloc[0]["model"], split)
    pair_scores = evaluate_pairs(main, choose_pairs(options.pairs, samples[0].genres, hardest), split, **how)
    about: dict[str, Any] = {"seed": options.seed, "search": options.search}
    champion = crown(ranked, samples, policy=split, **about)
    others = crown_other_windows(champion, ranked, samples, **about)
    facts = champion_facts(champion, ranked.iloc[0], grave_warnings(run.database, run.dataset))
    tables = {"k_search": found, "feature_importance": importances, "genre_pairs": pair_scores}
    rows = StageRows(
        scores=evaluation.scores, tables=tables | tables_of(evaluation), models=pack_models(champion, others)
    )
    record(run, CHOSEN_BY, rows, {"champion": facts, "split_policy": split})
    return Optimised(split, remarks, found, importances, pair_scores, ranked, champion, facts)


def _search_k(main: Sequence[Samples], policies: Sequence[str], options: OptimiseOptions) -> pd.DataFrame:
    k_values = range(1, options.k_max + 1, 2)
    found = [
        search_k(window, policy, k_values=k_values, repeats=options.repeats, seed=options.seed)
        for window in main
        for policy in policies
    ]
    return pd.concat(found, ignore_index=True)


def _tuned(
    main: Sequence[Samples], policies: Sequence[str], best_k: pd.Series, compared: set[str], search: str
) -> list[Candidate]:
    """Return the candidates that tuning adds to those compared already; `best_k` by window [s]."""
    return [
        Candidate(model, window, policy, search)
        for window in main
        for model in (f"knn_{best_k[window.window_s]}", "random_forest_top_half")
        for policy in policies
        if model not in compared
    ]


def _rows_of(confusion: pd.DataFrame, model: str, split: str) -> pd.DataFrame:
    of_model = (confusion["model"] == model) & (confusion["split_policy"] == split)
    return confusion[of_model & (confusion["level"] == "segment")]


def champion_facts(champion: FittedModel, best: pd.Series, warnings: list[str]) -> dict[str, Any]:
    """Return what ``runs`` says of the champion; what the holdout says of it follows in stage 06."""
    return {
        "model": champion.name,
        "feature_set": champion.feature_set,
        "window_s": float(champion.window_s),
        "split_policy": champion.split,
        "test_accuracy": float(champion.test_accuracy),
        "test_ci_low": _number(best["ci_low"]),
        "test_ci_high": _number(best["ci_high"]),
        "holdout_accuracy": None,
        "holdout_ci_low": None,
        "holdout_ci_high": None,
        "holdout_n": None,
        "holdout_new_artists": None,
        "n_tracks": int(champion.n_tracks),
        "warnings": warnings,
    }


def _number(value: float | None) -> float | None:
    return None if value is None or pd.isna(value) else float(value)
