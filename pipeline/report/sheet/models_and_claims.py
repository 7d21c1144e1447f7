"""Answers to the modules on modelling, leakage, metrics and limits."""

from collections.abc import Callable, Sequence

import pandas as pd

from pipeline.errors import InputError
from pipeline.evaluation.interval import TOO_FEW
from pipeline.evaluation.learning_curve import OWN_SPLITS
from pipeline.evaluation.score import name_metric
from pipeline.features.means import base_set
from pipeline.features.set_words import title_set
from pipeline.models import baselines, display_name, find_entry
from pipeline.report.sheet.answer import Answer, Rows, answer
from pipeline.report.sheet.facts import RunFacts
from pipeline.report.sheet.goals_and_data import SYNTHETIC
from pipeline.settings import DEMO_DATASET
from pipeline.splits import TEST_SHARE

NOTHING_COMPARED = "This run has compared no models yet: run 04_compare, or all of it by genrelab run."
NOTHING_CHOSEN = "This run has chosen no model yet: run 05_optimise, or all of it by genrelab run."
NO_OTHER = "No other collection was tested here: how the model does on one is not known."
OTHER_RECORDINGS = "Other recordings, times and regions than those of the dataset: not tested."
NOT_PLAYED = "Other encodings, and music played differently: not tested."
NAMED = 12
"""Genres or features that a sentence lists at most."""


def models(facts: RunFacts) -> Answer:
    """5a."""
    if facts.scores.empty:
        return Answer(please=NOTHING_COMPARED)
    trained = facts.scores[["model", "feature_set", "window_s"]].drop_duplicates()
    rows = [
        (f"{display_name(name)} ({name})", _about(name), _minimised(name),
         "; ".join(map(title_set, dict.fromkeys(here["feature_set"]))),
         ", ".join(f"{window_s:g} s" for window_s in sorted(set(here["window_s"]), reverse=True)))
        for name, here in trained.groupby("model")
    ]  # fmt: skip
    features = list(facts.champion_fields.get("features") or [])
    return answer(
        f"{len(trained)} combinations of model, feature set and window were trained; each gives a probability for "
        "every genre. Pairs of genres were told apart besides (genre_pairs.csv).",
        f"The reported model takes {len(features)} features: {_some(features)}." if features else "",
        *facts.check("learned_from_a_sample"),
        source="scores.csv, collection models, pipeline/models",
        table=Rows.of(("model", "what it is", "fitting minimises", "feature sets", "windows"), rows),
    )


def why_models(facts: RunFacts) -> Answer:
    """5b."""
    if facts.scores.empty:
        return Answer(please=NOTHING_COMPARED)
    asked = str(facts.parameters.get("models") or "")
    return answer(
        f"The models were named by whoever ran it: {asked}." if asked else
        "The usual ones of genrelab: one of each kind that the field uses on vectors of features (linear, "
        "neighbours, trees, kernel), so that a result doesn't hang on one kind, beside two guessers.",
        "None needs more rows than a few hundred tracks give. Deep models are left to a request (--models).",
        source="runs.parameters, pipeline/models/README.md",
    )  # fmt: skip


def splits(facts: RunFacts) -> Answer:
    """5c."""
    policy = facts.policy
    if policy is None or facts.scores.empty:
        return Answer(please=NOTHING_COMPARED)
    here = facts.scores[(facts.scores["split_policy"] == policy.name) & (facts.scores["level"] == "track")]
    tested = here[(here["subset"] == "test") & (here["metric"] == "accuracy")]
    held = facts.tracks["holdout"]
    repeats = f"{int(tested['repeats'].max())} random splits" if policy.drawn else "one predefined split"
    return answer(
        f"Holdout: {int(held.sum())} of {len(held)} tracks, stratified by genre, drawn once before all else and met "
        "once "
        "by the reported model." if held.any() else policy.no_holdout,
        f"The rest: {repeats}" + (f", {TEST_SHARE:.0%} of each genre to test on" if policy.drawn else "")
        + f", read {policy.phrase} ({policy.about}). Up to {int(tested['n'].max())} distinct tracks are tested.",
        f"Beside it, for comparison only: {', '.join(sorted(set(facts.scores['split_policy']) - {policy.name}))}.",
        facts.found.untested if facts.found else "",
        source="tracks.csv (holdout), scores.csv (n, repeats), class_report.csv (support by genre)",
    )  # fmt: skip


def selection(facts: RunFacts) -> Answer:
    """5d."""
    if not facts.champion:
        return Answer(please=NOTHING_CHOSEN)
    return answer(
        "Of all candidates the one whose accuracy on whole test tracks is highest. It was then fitted anew "
        f"on {facts.champion['n_tracks']} tracks"
        + (", none of them held out. The holdout took no part in the choice." if facts.has_holdout else "."),
        facts.found.candidates if facts.found else "",
        "The highest of many is a little too high"
        + ("; the holdout shows by how much, as far as its interval allows." if facts.has_holdout else "."),
        facts.found.champion if facts.found else "",
        source="runs.champion, scores.csv, k_search.csv",
    )


def tuning(facts: RunFacts) -> Answer:
    """5e."""
    if not facts.champion:
        return Answer(please=NOTHING_CHOSEN)
    effort = facts.parameters.get("search") or "none"
    name, space = display_name(facts.champion["model"]), _space(facts.champion["model"])
    found = facts.champion_fields.get("parameters") or {}
    parameters = ", ".join(f"{key.split('__')[-1]} = {value}" for key, value in found.items())
    if effort == "none":
        how = "No parameters were searched: the defaults of scikit-learn, and those that a model's name tells."
    else:
        how = (
            f"Searched with effort {effort!r} by successive halving on three inner folds of the training rows, which "
            f"keep whole what the split keeps whole. {name}: {space}."
        )
    return answer(
        how,
        f"Found for {name}: {parameters}." if parameters else f"{name} has the defaults.",
        "The k of k nearest neighbours was searched on test splits (k_search.csv), so that score is a little too good.",
        source="runs.parameters, collection models, k_search.csv",
    )


def baseline(facts: RunFacts) -> Answer:
    """5f."""
    policy = facts.policy
    if policy is None or facts.scores.empty:
        return Answer(please=NOTHING_COMPARED)
    here = facts.scores[(facts.scores["split_policy"] == policy.name) & (facts.scores["subset"] == "test")]
    here = here[(here["level"] == "track") & (here["metric"] == "accuracy") & here["model"].isin(baselines())]
    by_model = here.groupby("model")["value"].max()
    figures = "; ".join(f"{display_name(name)} {value:.0%}" for name, value in by_model.items())
    return answer(
        f"Guessers that look at no feature, on the same splits: {figures}." if figures
        else "No guesser was compared; with as many tracks of each genre a guess is right once in "
        f"{len(facts.genres)} times.",
        "All models had the same rows, splits and effort of search.",
        source="scores.csv, model_comparisons.csv",
    )  # fmt: skip


def training_only(facts: RunFacts) -> Answer:
    """6a."""
    return answer(
        "Scaling, choice of features, search and fit are one estimator that is fitted on training rows; tests of "
        f"genrelab verify it.{' The holdout was set aside before.' if facts.has_holdout else ''}",
        ""
        if facts.is_audio
        else "What was computed over all rows of the table before it came here can't be undone here.",
        *facts.check("scaled_before"),
        source="pipeline/models, pipeline/evaluation; data_quality.csv",
    )


def dependencies(facts: RunFacts) -> Answer:
    """6b."""
    policy = facts.policy
    return answer(
        f"Results are read {policy.phrase}: {policy.about}." if policy else "",
        "No exact copy lies on both sides." if policy and policy.honest else "",
        *facts.check("duplicates"),
        *facts.check("repeats_of_tested"),
        *facts.check("near_duplicates"),
        *facts.check("same_title"),
        *facts.check("artists_on_both_sides"),
        *(facts.found.leaks if facts.found else ()),
        source="data_quality.csv, runs.split_policy, scores.csv (leak_gap)",
    )


def features(facts: RunFacts) -> Answer:
    """6c."""
    sets = "; ".join(dict.fromkeys(title_set(base_set(name)) for name, _ in facts.n_rows))
    computed = f"All features are computed from the sound of a track alone ({sets}): none can know its label."
    return answer(
        computed if facts.is_audio else "The features are columns of a table; what they are, their names alone tell.",
        *facts.check("label_telling_features"),
        *facts.check("artist_constant_features"),
        *facts.check("learned_from_other_music"),
        source="pipeline/features; data_quality.csv",
        please="" if facts.is_audio else "Say what each column is, and that it is known before the genre is.",
    )


def metrics(facts: RunFacts) -> Answer:
    """7a."""
    if facts.scores.empty:
        return Answer(please=NOTHING_COMPARED)
    names = sorted(set(facts.scores["metric"]))
    test, held = (facts.champion_scores(subset).set_index("metric") for subset in ("test", "holdout"))
    of_champion = [name for name in names if name in test.index or name in held.index]
    rows = [(name_metric(name), _told(test, name), _told(held, name)) for name in of_champion]
    balanced = facts.check("genre_balance")
    return answer(
        f"{', '.join(map(name_metric, names))}. The choice goes by the accuracy of whole tracks: a person asks for "
        "the genre of a track.",
        "Where genres are of unlike size, balanced accuracy and macro F1 stand beside it.",
        *balanced,
        source="scores.csv, data_quality.csv",
        table=Rows.of(("metric, of whole tracks", "test", "holdout"), rows) if rows else None,
    )


def uncertainty(facts: RunFacts) -> Answer:
    """7b."""
    over = facts.policy.resampled if facts.policy else "tracks"
    return answer(
        f"95 % intervals over {over}, as what the split keeps whole: the jackknife's variance in Wilson's interval "
        "with Student's t. Differences have paired intervals of the same kind.",
        f"Where there are fewer than five of these, it says: {TOO_FEW}.",
        "Simulated populations whose truth is known show that they cover it: benchmarks/coverage.md.",
        "They are about other music like this, not about models that had learned from other music.",
        source="scores.csv (ci_low, ci_high), pipeline/evaluation/interval.py",
    )


def tests(facts: RunFacts) -> Answer:
    """7c."""
    n = len(facts.comparisons)
    backed = int(facts.comparisons["better"].notna().sum()) if n else 0
    return answer(
        f"Sign-flip tests of {n} pairs on the same tracks, exact, two-sided, adjusted by Holm within each family; "
        f"{backed} "
        "find a difference." if n else "No test was made: nothing was compared in pairs.",
        "They assume that artists, or tracks, were drawn independently of each other, and that without a difference "
        "either sign is as likely. The first is a matter of how the music was gathered.",
        source="model_comparisons.csv, pipeline/evaluation/compare.py",
    )  # fmt: skip


def validity(facts: RunFacts) -> Answer:
    """8a."""
    held = facts.found.holdout if facts.found else ""
    curve = ""
    if len(facts.curve):
        points = ", ".join(f"{row.accuracy:.0%} with {row.n_tracks}" for row in facts.curve.itertuples())
        curve = f"Accuracy by the number of training tracks: {points}."
    return answer(
        held or (facts.policy.no_holdout if facts.policy else NOTHING_COMPARED),
        facts.found.one_artist if facts.found else "",
        curve,
        OWN_SPLITS if curve else "",
        *(facts.elsewhere or (NO_OTHER,)),
        facts.found.harmless if facts.found else "",
        facts.found.styles if facts.found else "",
        SYNTHETIC if facts.dataset == DEMO_DATASET else "",
        source="runs.champion, learning_curve.csv",
    )


def limits(facts: RunFacts) -> Answer:
    """8b."""
    return answer(
        SYNTHETIC if facts.dataset == DEMO_DATASET else "",
        f"Music of other genres than {_some(facts.genres)}: the model names one of these, whatever it hears.",
        *(facts.found.warnings if facts.found else ()),
        facts.found.untested if facts.found else "",
        *(facts.check("artist_concentration") if facts.warns("artist_concentration") else ()),
        *(facts.check("small_genres") if facts.warns("small_genres") else ()),
        "" if facts.elsewhere else OTHER_RECORDINGS,
        "" if facts.found and facts.found.harmless else NOT_PLAYED,
        source="runs.champion.warnings, data_quality.csv, class_report.csv",
    )


ANSWERS: dict[str, Callable[[RunFacts], Answer]] = {
    "5a": models, "5b": why_models, "5c": splits, "5d": selection, "5e": tuning, "5f": baseline,
    "6a": training_only, "6b": dependencies, "6c": features,
    "7a": metrics, "7b": uncertainty, "7c": tests,
    "8a": validity, "8b": limits,
}  # fmt: skip


def _some(names: Sequence[str]) -> str:
    """List the first names, and how many more there are."""
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return ", ".join(names[:NAMED]) + more


def _about(name: str) -> str:
    try:
        return find_entry(name).about
    except InputError:  # of another version
        return ""


def _minimised(name: str) -> str:
    try:
        return find_entry(name).minimises
    except InputError:
        return ""


def _space(name: str) -> str:
    try:
        space = find_entry(name).space
    except InputError:
        return "not known to this version"
    return ", ".join(f"{key.split('__')[-1]} of {list(values)}" for key, values in space.items()) or "nothing to search"


def _told(scores: pd.DataFrame, metric: str) -> str:
    """Write a score with its interval."""
    if metric not in scores.index:
        return ""
    row = scores.loc[metric]
    if pd.isna(row["ci_low"]) or pd.isna(row["ci_high"]):
        return f"{row['value']:.3f}"
    return f"{row['value']:.3f} ({row['ci_low']:.3f} to {row['ci_high']:.3f})"
