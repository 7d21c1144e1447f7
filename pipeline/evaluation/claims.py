"""What the tests and intervals allow to be said, in sentences and in a table."""

from collections.abc import Sequence

import pandas as pd

from pipeline.evaluation.score import CALIBRATION_ERROR
from pipeline.features.set_words import title_set
from pipeline.models import baselines, display_name
from pipeline.printable import count
from pipeline.splits import find_policy


def model_sentences(comparisons: pd.DataFrame, feature_set: str, policy: str) -> list[str]:
    """Say of each model which ones it beats and which ones no test tells from it; every pair once, best score first.

    What only guesses has one sentence a window: which models beat all of it, and which don't.

    Parameters
    ----------
    comparisons : pd.DataFrame
        of `compare`
    feature_set, policy : str
        which comparisons to speak of
    """
    found = _about(comparisons, "models", feature_set, policy)
    sentences = []
    for window_s, every in found.groupby("window_a_s", sort=False):
        sentences += _against_guessing(window_s, every)
        pairs = every[~(every["model_a"].isin(baselines()) | every["model_b"].isin(baselines()))]
        accuracy = _accuracies(pairs)
        ranked = sorted(accuracy, key=accuracy.__getitem__, reverse=True)
        backed = {frozenset(pair) for pair in _names(pairs[pairs["better"].notna()])}
        for place, model in enumerate(ranked[:-1]):
            below = ranked[place + 1 :]
            beaten = [
                f"{display_name(other)} ({accuracy[other]:.0%})"
                for other in below
                if frozenset((model, other)) in backed
            ]
            tied = [
                f"{display_name(other)} ({accuracy[other]:.0%})"
                for other in below
                if frozenset((model, other)) not in backed
            ]
            said = [f" beats {_listed(beaten)}"] if beaten else []
            said += [f"{';' if beaten else ':'} no test tells it apart from {_listed(tied, 'or')}"] if tied else []
            sentences.append(f"{window_s:g}-second rows: {display_name(model)} ({accuracy[model]:.0%}){''.join(said)}.")
    return sentences


def _against_guessing(window_s: float, pairs: pd.DataFrame) -> list[str]:
    """Say which models a test tells from all that only guess; nothing where nothing guesses."""
    undecided = []
    models = set()
    for pair in pairs.itertuples():
        a, b = pair.model_a in baselines(), pair.model_b in baselines()
        if a == b:
            continue
        model, better = (pair.model_b, "b") if a else (pair.model_a, "a")
        models.add(model)
        undecided += [model] if pair.better != better else []
    if not models:
        return []
    if not undecided:
        who = "the model beats" if len(models) == 1 else f"all {len(models)} models beat"
        return [f"{window_s:g}-second rows: {who} guessing."]
    listed = _listed([display_name(model) for model in dict.fromkeys(undecided)])
    return [f"{window_s:g}-second rows: no test tells {listed} from guessing."]


def window_sentences(comparisons: pd.DataFrame, feature_set: str, policy: str) -> list[str]:
    """Say of each model which window tells more of whole tracks, where a test does."""
    found = _about(comparisons, "windows", feature_set, policy)
    if found.empty:
        return [f"No model was tested on the same tracks by two windows {find_policy(policy).phrase}."]
    return [_window_sentence(pair) for pair in found.itertuples()]


def set_sentence(comparisons: pd.DataFrame, policy: str, best: pd.Series) -> str:
    """Say whether the feature set of the best candidate is better than the others, by how much, and by which test.

    Parameters
    ----------
    comparisons : pd.DataFrame
        of `compare`
    policy : str
    best : pd.Series
        ``model, feature_set, window_s`` of the candidate: the others are those of its model on its window

    Returns
    -------
    str
        empty where there is no other set
    """
    here = comparisons[(comparisons["comparison"] == "feature_sets") & (comparisons["split_policy"] == policy)]
    here = here[(here["model_a"] == best["model"]) & (here["window_a_s"] == best["window_s"])]
    first, second = ((here[side] == best["feature_set"]) for side in ("feature_set_a", "feature_set_b"))
    beaten, tied = [], []
    for pair in here[first | second].itertuples():
        is_first = pair.feature_set_a == best["feature_set"]
        other, share = (pair.feature_set_b, pair.accuracy_b) if is_first else (pair.feature_set_a, pair.accuracy_a)
        if pair.better == ("a" if is_first else "b"):
            low, high = sorted(abs(100 * bound) for bound in (pair.ci_low, pair.ci_high))
            points = f"by {count(round(abs(100 * pair.difference)), 'point')}, 95 % interval {low:.0f} to {high:.0f}"
            beaten.append(f"{title_set(other)} ({share:.0%}; {points}; adjusted p {_p(pair)})")
        elif pd.isna(pair.better):
            tied.append(f"{title_set(other)} ({share:.0%})")
    if not beaten and not tied:
        return ""
    said = [f" beats {_listed(beaten)}"] if beaten else []
    said += [f"{';' if beaten else ':'} no test tells it apart from {_listed(tied, 'or')}"] if tied else []
    rows = f"{best['window_s']:g}-second rows"
    by = display_name(best["model"])
    return f"Feature sets, by {by} on {rows}: {title_set(best['feature_set'])}{''.join(said)} (sign-flip test)."


def _window_sentence(pair) -> str:
    names = {"a": f"{pair.window_a_s:g}-second rows", "b": f"{pair.window_b_s:g}-second rows with a vote"}
    shares = {"a": pair.accuracy_a, "b": pair.accuracy_b}
    sign = -1 if pair.better == "b" else 1
    low, high = sorted((100 * sign * pair.ci_low, 100 * sign * pair.ci_high))
    points = (
        f"{100 * sign * pair.difference:z.1f} points, 95 % interval {low:z.1f} to {high:z.1f}; adjusted p {_p(pair)}, "
        f"{pair.n} tracks"
    )
    if pd.isna(pair.better):
        undecided = f"no test tells {names['a']} ({shares['a']:.0%}) from {names['b']} ({shares['b']:.0%})"
        return f"{display_name(pair.model_a)}: {undecided} (the first minus the second: {points})."
    other = "a" if pair.better == "b" else "b"
    first, second = (f"{names[side]} ({shares[side]:.0%})" for side in (pair.better, other))
    return f"{display_name(pair.model_a)}: {first} beat {second} (by {points})."


def calibration(scores: pd.DataFrame, feature_set: str, policy: str, level: str = "track") -> pd.DataFrame:
    """Return how far confidence and accuracy of each model lie apart on test rows.

    Returns
    -------
    pd.DataFrame
        ``model, window_s, accuracy, expected_calibration_error, ci_low, ci_high, probabilities``; the last says
        ``uncalibrated`` where the error is more than chance makes of calibrated probabilities
    """
    here = scores[
        (scores["subset"] == "test")
        & (scores["level"] == level)
        & (scores["feature_set"] == feature_set)
        & (scores["split_policy"] == policy)
    ]
    keys = ["model", "window_s"]
    error = here[here["metric"] == CALIBRATION_ERROR].rename(columns={"value": CALIBRATION_ERROR})
    accuracy = here[here["metric"] == "accuracy"].rename(columns={"value": "accuracy"})[[*keys, "accuracy"]]
    found = accuracy.merge(error[[*keys, CALIBRATION_ERROR, "ci_low", "ci_high"]], on=keys)
    words = found["ci_low"].gt(0).map({True: "uncalibrated", False: "not told from calibrated"})
    return found.assign(probabilities=words).sort_values(["window_s", "model"], ascending=[False, True])


def _about(comparisons: pd.DataFrame, comparison: str, feature_set: str, policy: str) -> pd.DataFrame:
    return comparisons[
        (comparisons["comparison"] == comparison)
        & (comparisons["feature_set_a"] == feature_set)
        & (comparisons["split_policy"] == policy)
    ]


def _names(pairs: pd.DataFrame) -> list[tuple[str, str]]:
    return list(zip(pairs["model_a"], pairs["model_b"], strict=True))


def _accuracies(pairs: pd.DataFrame) -> dict[str, float]:
    first = dict(zip(pairs["model_a"], pairs["accuracy_a"], strict=True))
    return first | dict(zip(pairs["model_b"], pairs["accuracy_b"], strict=True))


def _listed(names: Sequence[str], word: str = "and") -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} {word} {names[-1]}"


def _p(pair) -> str:
    return "below 0.001" if pair.p_adjusted < 0.001 else f"{pair.p_adjusted:.3f}"
