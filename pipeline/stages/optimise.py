"""Stage 05: what can be tuned on test scores alone, the champion, whether more music would help, its mistakes."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from pipeline.errors import InputError
from pipeline.evaluation import (
    CORRECTED,
    Candidate,
    Corrected,
    Evaluation,
    Headline,
    LearningCurve,
    Samples,
    choose_pairs,
    choose_policy,
    correct,
    crown,
    crown_other_windows,
    evaluate,
    evaluate_pairs,
    find_samples,
    gather,
    headline,
    learning_curve,
    load_samples,
    mistakes_by_group,
    of_main_set,
    pack_answers,
    rank_each,
    ranking,
    say_mistakes,
    say_sampled,
    search_k,
    unpack_answers,
    worst_mistakes,
)
from pipeline.evaluation.importance import FOREST
from pipeline.evaluation.neighbours import KSearch, say_edge
from pipeline.models import FittedModel, pack_models
from pipeline.printable import count
from pipeline.quality import run_warnings
from pipeline.settings import get_settings
from pipeline.splits import policies_for, stand_ins
from pipeline.stages.options import OptimiseOptions
from pipeline.stages.recording import CHOSEN_BY, corrected_facts, record, tables_of, writes_to_run
from pipeline.store import Run, StageRows, read_frame

__all__ = ["OptimiseOptions", "Optimised", "optimise"]


@dataclass(frozen=True)
class Optimised:
    """What was tuned and chosen.

    Attributes
    ----------
    policy : str
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
    curve : LearningCurve
        what the champion makes of fewer tracks
    mistakes, worst : pd.DataFrame
        rows of ``mistakes_by_group`` and ``worst_mistakes``
    mistake_remarks : list of str
        what these don't tell, a sentence each
    headline : Headline
        what the run comes to, in the sentences that every face prints
    """

    policy: str
    remarks: list[str]
    k_search: pd.DataFrame
    importances: pd.DataFrame
    pair_scores: pd.DataFrame
    ranked: pd.DataFrame
    champion: FittedModel
    facts: dict[str, Any]
    curve: LearningCurve
    mistakes: pd.DataFrame
    worst: pd.DataFrame
    mistake_remarks: list[str]
    headline: Headline | None

    @property
    def artists(self) -> pd.DataFrame:
        """The artists whose test tracks the champion got wrong most often."""
        columns = ["group_name", "genres", "accuracy", "taken_for", "n", "answers"]
        return self.mistakes.loc[self.mistakes["by"] == "artist", columns].rename(columns={"group_name": "artist"})

    @property
    def durations(self) -> pd.DataFrame:
        """How often it is right on short and on long tracks."""
        columns = ["group_name", "accuracy", "ci_low", "ci_high", "taken_for", "n", "answers"]
        return self.mistakes.loc[self.mistakes["by"] == "duration", columns].rename(columns={"group_name": "duration"})

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
        found, of_what = (self.headline.champion, self.headline.candidates) if self.headline else ("", "")
        parameters = ", ".join(f"{name.split('__')[-1]} = {value}" for name, value in champion.parameters.items())
        return (
            f"{found} {of_what} Its test accuracy as chosen is {champion.test_accuracy:.3f}. It was fitted on "
            f"{count(champion.n_tracks, 'track')}. Its parameters: {parameters or 'the defaults'}."
        ).strip()


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
    policy, remarks = choose_policy(options.split or run.split_policy, samples)
    remarks += say_sampled([*compared, "knn_3", "random_forest"], samples)
    main, policies = of_main_set(samples), policies_for(policy)
    found, searches = _search_k(main, policies, policy, options, how["jobs"])
    importances = pd.concat(
        rank_each([(window, FOREST) for window in main], policy, seed=options.seed, jobs=how["jobs"]),
        ignore_index=True,
    )
    remarks += say_edge(found, policy)
    best_k = found[found["chosen"] & (found["split_policy"] == policy)].set_index("window_s")["k"]
    tuned = _tuned(main, policies, best_k, compared, options.search)
    evaluation = evaluate(tuned, **how) if tuned else Evaluation.empty()
    ranked = ranking(pd.concat([scores, evaluation.scores], ignore_index=True), policy)
    best = {"model": ranked.iloc[0]["model"], "split_policy": policy, "level": "segment"}
    hardest = pd.concat([run.table("confusion", stage="compare", **best), _rows_of(evaluation.confusion, best)])
    pair_scores = evaluate_pairs(main, choose_pairs(options.pairs, samples[0].genres, hardest), policy, **how)
    about: dict[str, Any] = {"seed": options.seed, "search": options.search}
    champion = crown(ranked, samples, policy=policy, **about)
    importances = pd.concat([importances, _rank_of_champion(champion, samples, how)], ignore_index=True)
    others = crown_other_windows(champion, ranked, samples, **about)
    corrected = _correct(run, samples, evaluation, searches, policy, options.seed)
    facts = champion_facts(champion, ranked.iloc[0], run_warnings(run), corrected)
    facts["unknown_genres"] = [genre for genre in samples[0].genres if genre not in champion.genres]
    curve = learning_curve(champion, ranked, samples, **how)
    tracks = read_frame(run.database["tracks"], {"dataset": run.dataset}, ["track_id", "artist", "title", "duration_s"])
    mistakes, worst = mistakes_by_group(curve.tested, tracks), worst_mistakes(curve.tested, tracks)
    tables = {"k_search": found, "feature_importance": importances, "genre_pairs": pair_scores}
    tables |= {"learning_curve": curve.rows, "mistakes_by_group": mistakes, "worst_mistakes": worst}
    rows = StageRows(
        scores=pd.concat([evaluation.scores, _corrected_score(ranked.iloc[0], policy, corrected, options.repeats)]),
        answers=pack_answers(evaluation.answered),
        tables=tables | tables_of(evaluation),
        models=pack_models(champion, others),
    )
    record(run, CHOSEN_BY, rows, {"champion": facts, "split_policy": policy})
    return Optimised(
        policy=policy,
        remarks=remarks,
        k_search=found,
        importances=importances,
        pair_scores=pair_scores,
        ranked=ranked,
        champion=champion,
        facts=facts,
        curve=curve,
        mistakes=mistakes,
        worst=worst,
        mistake_remarks=say_mistakes(mistakes, tracks),
        headline=headline(run),
    )


def _rank_of_champion(champion: FittedModel, samples: Sequence[Samples], how: dict[str, Any]) -> pd.DataFrame:
    """Return what the champion needs; nothing of the forest, which is ranked anyway, nor of a model of sequences."""
    own = find_samples(samples, champion.feature_set, champion.window_s).learning()
    if champion.name == FOREST or own.kind == "frames":
        return pd.DataFrame()
    return rank_each([(own, champion.name)], champion.split, seed=how["seed"], jobs=how["jobs"])[0]


def _search_k(
    main: Sequence[Samples], policies: Sequence[str], policy: str, options: OptimiseOptions, jobs: int
) -> tuple[pd.DataFrame, list[KSearch]]:
    """Search k on each window under each policy.

    Returns
    -------
    found : pd.DataFrame
        rows of ``k_search``
    searches : list of KSearch
        those under `policy`, a window each, with what each k answered
    """
    how: dict[str, Any] = {"k_values": range(1, options.k_max + 1, 2), "repeats": options.repeats, "seed": options.seed}
    how["jobs"] = jobs
    rows, searches = [], []
    for window in main:
        own = stand_ins(policies, window.rows)
        of = {name: search_k(window, name, answers=name == own[policy], **how) for name in set(own.values())}
        rows += [of[own[each]].found.assign(split_policy=each) for each in policies]
        searches.append(of[own[policy]])
    return pd.concat(rows, ignore_index=True), searches


def _correct(
    run: Run, samples: Sequence[Samples], evaluation: Evaluation, searches: Sequence[KSearch], policy: str, seed: int
) -> Corrected | None:
    """Return the accuracy to expect of the champion; None where 04_compare kept no answers, as it did not always.

    Which k was tried beside the other candidates depended on test scores too, so all k are there to be chosen from.
    """
    compared = unpack_answers(run.answers(stage="compare", split_policy=policy))
    if not compared:
        return None
    tuned = {key: answers for key, answers in evaluation.answered.items() if key[-1] == policy}
    searched = []
    for search in searches:
        window_s = search.found.iloc[0]["window_s"]
        keys = {(f"knn_{k}", samples[0].feature_set, window_s, policy): k for k in search.of_tracks}
        of_tracks = dict(search.of_tracks) | {keys[key]: tuned.pop(key) for key in keys.keys() & tuned.keys()}
        searched.append(replace(search, of_tracks=of_tracks))
    return correct(gather(compared | tuned, searched, samples, policy), seed)


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


def _rows_of(table: pd.DataFrame, values: dict[str, str]) -> pd.DataFrame:
    return table[(table[list(values)] == pd.Series(values)).all(axis=1)]


def _corrected_score(best: pd.Series, policy: str, corrected: Corrected | None, repeats: int) -> pd.DataFrame:
    """Return the row of ``scores`` that has the accuracy to expect of the champion; none where that is not known."""
    if corrected is None:
        return pd.DataFrame()
    low, high = corrected.bounds
    named = best[["model", "feature_set", "window_s"]].to_dict()
    of_tracks = {"split_policy": policy, "subset": "test", "level": "track", "metric": CORRECTED}
    figures = {"value": corrected.value, "ci_low": low, "ci_high": high, "n": int(best["n"]), "repeats": repeats}
    return pd.DataFrame([named | of_tracks | figures])


def champion_facts(
    champion: FittedModel, best: pd.Series, warnings: list[str], corrected: Corrected | None = None
) -> dict[str, Any]:
    """Return what ``runs`` says of the champion; what the holdout says of it follows in stage 06."""
    return {
        "model": champion.name,
        "feature_set": champion.feature_set,
        "window_s": float(champion.window_s),
        "split_policy": champion.split,
        "test_accuracy": float(champion.test_accuracy),
        "test_ci_low": _number(best["ci_low"]),
        "test_ci_high": _number(best["ci_high"]),
        **corrected_facts(corrected),
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
