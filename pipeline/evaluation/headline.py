"""The headline of a run: what its results come to, in the sentences that every face prints."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from pipeline.evaluation.champion import ranking
from pipeline.evaluation.gap import LEAK_GAP
from pipeline.evaluation.interval import TOO_FEW
from pipeline.evaluation.leak import leak_sentences
from pipeline.quality import grave_warnings
from pipeline.splits import find_policy
from pipeline.store import Run


@dataclass(frozen=True)
class Headline:
    """What a run found, in sentences.

    Attributes
    ----------
    champion : str
        which model, of what rows, how good on test tracks under which policy; before there is a champion, of the
        highest scorer so far
    holdout : str
        how good it is on the holdout, and why that differs from the test score, where it does; empty before 06
    untested : str
        the genres that the policy never tests; empty where there are none
    leaks : tuple of str
        what shuffled rows would have claimed, a sentence a window length
    warnings : tuple of str
        what no score of this run can say
    """

    champion: str
    holdout: str
    untested: str
    leaks: tuple[str, ...]
    warnings: tuple[str, ...]

    @property
    def claims(self) -> list[str]:
        """All but the warnings."""
        return [words for words in (self.champion, self.holdout, self.untested, *self.leaks) if words]

    @property
    def sentences(self) -> list[str]:
        """All of it, in the order to be read."""
        return [*self.claims, *(f"Beware: {warning}" for warning in self.warnings)]


def headline(run: Run) -> Headline | None:
    """Return the headline of a run; None where it has compared no models, or its comparison is outdated."""
    facts = run.facts
    compared = run.scores(stage="compare", metric={"$in": ["accuracy", LEAK_GAP]})
    if compared.empty:
        return None
    champion, policy = facts.get("champion"), run.split_policy
    warnings = champion["warnings"] if champion else grave_warnings(run.database, run.dataset)
    return Headline(
        champion=_say_champion(champion) if champion else _say_highest(compared, policy),
        holdout=_say_holdout(champion, has_met="holdout" not in run.outdated and "generation" in _stage(facts)),
        untested=_say_untested(run, policy),
        leaks=tuple(leak_sentences(compared, policy, run.main_feature_set or compared["feature_set"].iloc[0])),
        warnings=tuple(f"{warning}." for warning in warnings),
    )


def _stage(facts: Mapping[str, Any]) -> Mapping[str, Any]:
    return facts.get("stages", {}).get("holdout", {})


def _say_champion(champion: Mapping[str, Any]) -> str:
    return (
        f"Champion: {_named(champion)}. On test tracks, {_under(champion['split_policy'])}, it gets "
        f"{champion['test_accuracy']:.0%} right {_interval(champion['test_ci_low'], champion['test_ci_high'])}."
    )


def _say_highest(compared: pd.DataFrame, policy: str) -> str:
    best = ranking(compared, policy).iloc[0]
    return (
        f"Highest so far: {_named(best)}. On test tracks, {_under(policy)}, it gets {best['value']:.0%} right "
        f"{_interval(best['ci_low'], best['ci_high'])}. 05_optimise chooses the champion."
    )


def _say_untested(run: Run, policy: str) -> str:
    report = run.table("class_report", stage="compare", split_policy=policy, subset="test", level="track")
    if report.empty:
        return ""
    support = report.groupby("genre")["support"].max()
    untested = sorted(support.index[support == 0])
    if not untested:
        return ""
    phrase = find_policy(policy).phrase
    return f"Never tested {phrase}: {', '.join(untested)}. So shuffled rows are scored on more genres than this."


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
    said = f"On the holdout {champion['model']} gets {share} right {_interval(low, high)}."
    return said if low is None or high is None else f"{said} {_compare(champion, low, high)}"


def _compare(champion: Mapping[str, Any], low: float, high: float) -> str:
    """Say where the test score lies, and for what reason where it lies outside."""
    test, policy = champion["test_accuracy"], find_policy(champion["split_policy"])
    its = f"Its test accuracy of {test:.0%} lies"
    if low <= test <= high:
        return f"{its} inside that interval."
    n, n_new = champion.get("holdout_n") or 0, champion.get("holdout_new_artists") or 0
    if test > high and not policy.keeps_artists and 2 * n_new > n:
        return (
            f"{its} above that interval. The reason: {n_new} of the {n} held-out tracks are by artists whom the model "
            f"has not heard, while the test score was read {policy.phrase}, where an artist may be on both sides."
        )
    if test > high:
        return f"{its} above that interval: the champion was chosen by it, the highest of many; that makes it too good."
    if policy.keeps_artists and n_new < n:
        return (
            f"{its} below that interval. The reason: {n - n_new} of the {n} held-out tracks are by artists whom the "
            f"model has heard, while the test score was read {policy.phrase}."
        )
    return f"{its} below that interval: the held-out tracks happen to be easier."


def _named(model: Mapping[str, Any] | pd.Series) -> str:
    return f"{model['model']} on {model['window_s']:g}-second rows of {model['feature_set']}"


def _under(policy: str) -> str:
    return find_policy(policy).phrase


def _interval(low: float | None, high: float | None) -> str:
    if low is None or high is None or pd.isna(low) or pd.isna(high):
        return f"({TOO_FEW})"
    return f"(95 % interval {low:.0%} to {high:.0%})"
