"""The headline of a run: what its results come to, in the sentences that every face prints."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from pipeline.evaluation.champion import ranking
from pipeline.evaluation.claims import set_sentence
from pipeline.evaluation.coverage import COVERAGE, read_coverage
from pipeline.evaluation.earlier import say_earlier_tracks
from pipeline.evaluation.elsewhere import say_elsewhere
from pipeline.evaluation.gap import LEAK_GAP
from pipeline.evaluation.interval import TOO_FEW
from pipeline.evaluation.leak import leak_sentences
from pipeline.evaluation.one_artist import say_one_artist
from pipeline.evaluation.samples import say_never_tested
from pipeline.evaluation.say_harmless import say_given_away, say_harmless
from pipeline.evaluation.say_styles import say_verdict
from pipeline.evaluation.say_subgroups import say_worse
from pipeline.evaluation.three_figures import other_figures, say_figures
from pipeline.evaluation.tried import say_candidates
from pipeline.features.means import base_set
from pipeline.features.set_words import name_set
from pipeline.models import display_name
from pipeline.quality import run_warnings
from pipeline.splits import find_policy
from pipeline.store import Run


@dataclass(frozen=True)
class Headline:
    """What a run found, in sentences.

    Attributes
    ----------
    champion : str
        which model, of what rows, how good on test tracks under which policy, less what the choice among many adds
        (`choice`); before there is a champion, of the highest scorer so far
    holdout : str
        how good it is on the holdout, and why that differs from the test score, where it does; empty before 06
    one_artist : str
        the genres whose held-out tracks are all by one artist; empty where there are none, and before 06
    untested : str
        the genres that the policy never tests; empty where there are none
    coverage : str
        which tracks the champion can't answer for, for want of such rows, and which genres it does not know; which
        windows have fewer tracks; empty where all rows have the same tracks
    sets : str
        which feature set is better, by how much and by which test; empty where only one was compared
    leaks : tuple of str
        what shuffled rows would have claimed, a sentence a window length
    harmless : str
        how good it is on the holdout's music played differently, and how many answers change; empty where that was not
        tried
    styles : str
        whether naming styles below genres, where they are sure, is better than flat; empty where none were scored
    elsewhere : tuple of str
        how good the champion is on other datasets that it was put to, and how much less than on its own
    warnings : tuple of str
        what no score of this run can say
    figures : tuple of (str, str)
        on its own music, on other music, and played differently: what it is, and how high; side by side for who wants
        to compare them, and no part of what is printed, as sentences say each
    candidates : str
        what the champion is the highest of, counted out: for who asks, and no part of what is printed
    """

    champion: str
    holdout: str
    one_artist: str
    untested: str
    coverage: str
    sets: str
    leaks: tuple[str, ...]
    harmless: str
    styles: str
    elsewhere: tuple[str, ...]
    warnings: tuple[str, ...]
    figures: tuple[tuple[str, str], ...]
    candidates: str

    @property
    def findings(self) -> list[tuple[str, str]]:
        """What each sentence is about, as ``findings`` declares it, and the sentence, in the order to be read."""
        said = (
            ("Champion", self.champion),
            ("Holdout", self.holdout),
            ("Holdout", self.one_artist),
            *(("Other music", words) for words in self.elsewhere),
            ("Played differently", self.harmless),
            ("Styles", self.styles),
            ("Never tested", self.untested),
            ("Left out", self.coverage),
            ("Features", self.sets),
            *(("Leak", words) for words in self.leaks),
            *(("Beware", words) for words in self.warnings),
        )
        return [(about, words) for about, words in said if words]

    @property
    def claims(self) -> list[str]:
        """All but the warnings."""
        return [words for about, words in self.findings if about != "Beware"]

    @property
    def sentences(self) -> list[str]:
        """All of it, in the order to be read."""
        return [*self.claims, *(f"Beware: {warning}" for warning in self.warnings)]


def headline(run: Run) -> Headline | None:
    """Return the headline of a run; None where it has compared no models, or its comparison is outdated."""
    facts = run.facts
    compared = run.scores(stage="compare", metric={"$in": ["accuracy", LEAK_GAP, COVERAGE]})
    if compared.empty:
        return None
    champion, policy = facts.get("champion"), run.split_policy
    warnings = champion["warnings"] if champion else run_warnings(run)
    transfers, harmless = run.table("transfers"), run.table("harmless_changes")
    given_away = say_given_away(run.table("harmless_change_genres")) if champion else []
    worse = say_worse(run.table("subgroups")) if champion else []
    has_met = "holdout" not in run.outdated and "generation" in _stage(facts)
    return Headline(
        champion=_say_champion(champion) if champion else _say_highest(compared, policy, facts.get("highest") or {}),
        holdout=_say_holdout(champion, has_met=has_met),
        one_artist=say_one_artist(champion.get("holdout_one_artist") or []) if champion and has_met else "",
        untested=_say_untested(run, policy),
        coverage=_say_coverage(compared, policy, champion),
        sets=_say_sets(run, compared, policy),
        leaks=tuple(_say_leaks(run, compared, policy)),
        harmless=say_harmless(harmless) if champion else "",
        styles=say_verdict(run.table("style_scores")) if champion else "",
        elsewhere=tuple(say_elsewhere(transfers)) if champion else (),
        warnings=tuple(f"{warning}." for warning in [*warnings, *say_earlier_tracks(run), *given_away, *worse]),
        figures=say_figures(champion, other_figures(transfers, harmless)) if champion else (),
        candidates=say_candidates(run),
    )


def _stage(facts: Mapping[str, Any]) -> Mapping[str, Any]:
    return facts.get("stages", {}).get("holdout", {})


def _say_champion(champion: Mapping[str, Any]) -> str:
    as_chosen = (champion["test_accuracy"], champion["test_ci_low"], champion["test_ci_high"])
    return f"Champion: {_named(champion)}. {_say_tested(champion['split_policy'], champion, as_chosen)}"


def _say_highest(compared: pd.DataFrame, policy: str, expected: Mapping[str, Any]) -> str:
    best = ranking(compared, policy).iloc[0]
    sentence = _say_tested(policy, expected, (best["value"], best["ci_low"], best["ci_high"]))
    return f"Highest so far: {_named(best)}. {sentence} 05_optimise chooses the champion."


def _say_tested(policy: str, expected: Mapping[str, Any], as_chosen: tuple[float, float | None, float | None]) -> str:
    """Say how good the highest scorer is on test tracks: by the corrected figure, where the run has it."""
    begins = f"On test tracks, {_under(policy)}, it gets"
    if expected.get("corrected_accuracy") is None:
        value, low, high = as_chosen
        return (
            f"{begins} {value:.0%} right {_interval(low, high)}; as the highest of many, which makes that too good: "
            "`genrelab run --from compare` corrects it."
        )
    phrase = f"{begins} {expected['corrected_accuracy']:.0%} right " + _interval(
        expected["corrected_ci_low"], expected["corrected_ci_high"]
    )
    n = expected["n_candidates"]
    return f"{phrase}, corrected for being the highest of {n} candidates." if n > 1 else f"{phrase}."


def _say_untested(run: Run, policy: str) -> str:
    report = run.table("class_report", stage="compare", split_policy=policy, subset="test", level="track")
    if report.empty:
        return ""
    support = report.groupby(["window_s", "genre"])["support"].max().unstack("genre")
    said = say_never_tested({window_s: sorted(row.index[row == 0]) for window_s, row in support[::-1].iterrows()})
    if not said:
        return ""
    phrase = find_policy(policy).phrase
    sentence = f"Never tested {phrase}{said}."
    return f"{sentence} So shuffled rows are scored on more genres than this." if said.startswith(":") else sentence


def _say_coverage(compared: pd.DataFrame, policy: str, champion: Mapping[str, Any] | None) -> str:
    """Say of which windows tracks were left out, and what that means for the champion."""
    coverage = read_coverage(compared, policy)
    said = []
    for row in coverage.drop_duplicates("window_s").sort_values("window_s", ascending=False).itertuples():
        n = round(row.n_tracks / row.coverage)
        if row.n_tracks < n:
            left_out = f"{n - row.n_tracks} of the {n} tracks that are not held out"
            said.append(f"{left_out} have no {row.window_s:g}-second row.")
    if not said:
        return ""
    unknown = (champion or {}).get("unknown_genres")
    if unknown:
        said.append(f"So {', '.join(unknown)} is no genre that the champion knows.")
    how = "Windows are compared on the tracks that all have, and candidates ranked by right answers among all tracks."
    return " ".join([*said, how])


def _say_sets(run: Run, compared: pd.DataFrame, policy: str) -> str:
    """Say how the feature set of the highest candidate compares with the others; its means alone are no other set."""
    pairs = run.table("model_comparisons", comparison="feature_sets", split_policy=policy)
    if pairs.empty:
        return ""
    pairs = pairs[pairs["feature_set_a"].map(base_set) != pairs["feature_set_b"].map(base_set)]
    return set_sentence(pairs, policy, ranking(compared, policy).iloc[0])


def _say_leaks(run: Run, compared: pd.DataFrame, policy: str) -> list[str]:
    artists = run.table("data_quality", stage="compare", check="artists_on_both_sides", status="warning")
    main_set = run.main_feature_set or compared["feature_set"].iloc[0]
    return leak_sentences(compared, policy, main_set, shares_artists=len(artists) > 0)


def _say_holdout(champion: Mapping[str, Any] | None, *, has_met: bool) -> str:
    """Say how the champion did on the holdout, and whether its test score was a fair promise."""
    if champion is None or not has_met:
        return ""
    policy = find_policy(champion["split_policy"])
    if champion["holdout_accuracy"] is None:
        return policy.no_holdout
    tracks = f"{champion['holdout_n']} unseen tracks" if champion.get("holdout_n") else "the unseen tracks"
    low, high = champion["holdout_ci_low"], champion["holdout_ci_high"]
    share = f"{champion['holdout_accuracy']:.0%} of {tracks}"
    said = f"On the holdout {display_name(champion['model'])} gets {share} right {_interval(low, high)}."
    return said if low is None or high is None else f"{said} {_compare(champion, low, high)}"


def _compare(champion: Mapping[str, Any], low: float, high: float) -> str:
    """Say where the test score lies, and for what reason where it lies outside."""
    corrected, policy = champion.get("corrected_accuracy"), find_policy(champion["split_policy"])
    test = champion["test_accuracy"] if corrected is None else corrected
    its = f"Its {'' if corrected is None else 'corrected '}test accuracy of {test:.0%} lies"
    if low <= test <= high:
        return f"{its} inside that interval."
    n, n_new = champion.get("holdout_n") or 0, champion.get("holdout_new_artists") or 0
    if test > high and not policy.keeps_artists and 2 * n_new > n:
        return (
            f"{its} above that interval. The reason: {n_new} of the {n} held-out tracks are by artists whom the model "
            f"has not heard, while the test score was read {policy.phrase}, where an artist may be on both sides."
        )
    if test > high and corrected is None:
        return f"{its} above that interval: the champion was chosen by it, the highest of many; that makes it too good."
    if test > high:
        return f"{its} above that interval: the held-out tracks happen to be harder."
    if policy.keeps_artists and n_new < n:
        return (
            f"{its} below that interval. The reason: {n - n_new} of the {n} held-out tracks are by artists whom the "
            f"model has heard, while the test score was read {policy.phrase}."
        )
    return f"{its} below that interval: the held-out tracks happen to be easier."


def _named(model: Mapping[str, Any] | pd.Series) -> str:
    return f"{display_name(model['model'])} on {model['window_s']:g}-second rows of {name_set(model['feature_set'])}"


def _under(policy: str) -> str:
    return find_policy(policy).phrase


def _interval(low: float | None, high: float | None) -> str:
    if low is None or high is None or pd.isna(low) or pd.isna(high):
        return f"({TOO_FEW})"
    return f"(95 % interval {low:.0%} to {high:.0%})"
