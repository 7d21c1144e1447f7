"""What the champion was chosen from, counted out: of what is it the highest?"""

import pandas as pd

from pipeline.evaluation.champion import ranking
from pipeline.features.set_words import title_set
from pipeline.models import display_name
from pipeline.printable import count
from pipeline.store import Run


def say_candidates(run: Run) -> str:
    """Say what the candidates were that the champion, or the highest scorer so far, was chosen from, and how many.

    A candidate is a model on the rows of a feature set and window length; of nearest neighbours each k that was
    searched is one. Empty where the run does not tell how many there were.
    """
    champion = run.facts.get("champion")
    chosen = champion or run.facts.get("highest") or {}
    if not chosen.get("n_candidates"):
        return ""
    n, policy = chosen["n_candidates"], run.split_policy
    compared = ranking(run.scores(stage="compare", metric="accuracy"), policy)
    parts = [_say_compared(compared)]
    n_told = len(compared)
    if champion:
        searched = run.table("k_search", split_policy=policy)
        n_k = len(searched)
        if n_k:
            again = _compared_already(compared, searched, run.main_feature_set)
            n_k -= again
            windows = _windows(searched["window_s"])
            k = searched["k"]
            values = count(k.nunique(), "value")
            told = f"{n_k} more" if again else n_k
            parts.append(f"{values} of k, {k.min()} to {k.max()}, for nearest neighbours on {windows} ({told})")
        tuned = _tuned(run, policy, len(searched) > 0)
        n_told += n_k + len(tuned)
        if len(tuned):
            names = " and ".join(display_name(name) for name in sorted(set(tuned["model"])))
            parts.append(f"{names} on {_windows(tuned['window_s'])} ({len(tuned)})")
    opening = f"The {n} candidates were "
    if n_told != n:  # a run whose rows were kept in another way
        return f"{opening}all models on all feature sets and window lengths, and each k that was tried."
    return f"{opening}{'; '.join(parts)}."


def _say_compared(compared: pd.DataFrame) -> str:
    models, sets = compared["model"].nunique(), list(dict.fromkeys(compared["feature_set"].sort_values()))
    listed = "; ".join(map(title_set, sets))
    on = f"{count(len(sets), 'feature set')} ({listed})" if len(sets) > 1 else title_set(sets[0])
    return f"{count(models, 'model')} on {on} and {_windows(compared['window_s'])} ({len(compared)})"


def _compared_already(compared: pd.DataFrame, searched: pd.DataFrame, feature_set: str | None) -> int:
    """Count the values of k that 04_compare had as models, on the same rows: each is one candidate."""
    by_k = set(zip("knn_" + searched["k"].astype(str), searched["window_s"], strict=True))
    here = compared[compared["feature_set"] == feature_set]
    return len(by_k & set(zip(here["model"], here["window_s"], strict=True)))


def _windows(windows_s: pd.Series) -> str:
    return " and ".join(f"{window_s:g}-second" for window_s in sorted(set(windows_s), reverse=True)) + " rows"


def _tuned(run: Run, policy: str, by_k: bool) -> pd.DataFrame:
    """Return the candidates that tuning added; the chosen k is one of the values of k already."""
    scores = run.scores(stage="optimise", metric="accuracy", split_policy=policy, subset="test", level="track")
    if scores.empty:
        return scores
    return scores[~scores["model"].str.fullmatch(r"knn_\d+")] if by_k else scores
