"""A run in one row, and its accuracies as bars: what a reader looks at first."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from pipeline.evaluation.headline import Headline
from pipeline.evaluation.leak import leak_gaps
from pipeline.models import baselines, display_name
from pipeline.splits import holdout_policy
from pipeline.tables import BARS, DIMENSIONS, FIGURES, FINDINGS


def bars(scores: pd.DataFrame, policy: str, feature_set: str) -> pd.DataFrame:
    """Return the accuracies of whole tracks under one policy and on one feature set, a row a bar.

    Parameters
    ----------
    scores : pd.DataFrame
        rows of ``scores``
    policy : str
        that results are read under
    feature_set : str

    Returns
    -------
    pd.DataFrame
        ``bars_30s_vs_3s`` as declared, longest windows first
    """
    scores = beside_guesses(scores)
    own = scores["subset"].map({"holdout": holdout_policy(policy)}).fillna(policy)
    here = scores[(scores["metric"] == "accuracy") & (scores["level"] == "track") & (scores["split_policy"] == own)]
    here = here[here["feature_set"] == feature_set].rename(columns={"value": "accuracy"})
    rows = here[BARS.names]
    return rows.sort_values(["window_s", "model", "subset"], ascending=[False, True, False], ignore_index=True)


def beside_guesses(scores: pd.DataFrame) -> pd.DataFrame:
    """Return rows of ``scores`` with ``is_baseline``, and in ``guess`` the best baseline's value of the same kind."""
    if scores.empty:
        return scores
    alike = [name for name in (*DIMENSIONS, "metric", "tested_on") if name != "model" and name in scores]
    guesses = scores[scores["model"].isin(baselines())]
    best = guesses.groupby(alike)["value"].max().rename("guess").reset_index()
    found = scores.merge(best, on=alike, how="left")
    return found.assign(is_baseline=found["model"].isin(baselines()))


def findings(headline: Headline | None) -> pd.DataFrame:
    """Return ``findings`` as declared; no row where no models were compared."""
    said = headline.findings if headline else []
    rows = [(place, about, words[:1].upper() + words[1:]) for place, (about, words) in enumerate(said, start=1)]
    return pd.DataFrame(rows, columns=FINDINGS.names)


def overview(
    facts: Mapping[str, Any],
    scores: pd.DataFrame,
    tracks: pd.DataFrame,
    policy: str,
    feature_set: str,
    warnings: str,
    figures: Mapping[str, Any],
) -> pd.DataFrame:
    """Return a run in one row.

    Parameters
    ----------
    facts : mapping
        its document
    scores : pd.DataFrame
        rows of ``scores``
    tracks : pd.DataFrame
        the usable ones: ``genre``
    policy, feature_set : str
        that results are read under; empty before models were compared
    warnings : str
        what no score of it can say
    figures : mapping
        of `other_figures`

    Returns
    -------
    pd.DataFrame [shape=(1, …)]
        ``overview`` as declared
    """
    champion = facts.get("champion") or {}
    corrected = champion.get("corrected_accuracy") is not None
    names = ("corrected_accuracy", "corrected_ci_low", "corrected_ci_high") if corrected else (
        "test_accuracy", "test_ci_low", "test_ci_high"
    )  # fmt: skip
    return pd.DataFrame(
        [
            {
                "run_date": facts["started_at"].date(),
                "champion": display_name(champion["model"]) if champion else None,
                **{name: champion.get(name) for name in ("window_s", "feature_set")},
                "split_policy": policy or None,
                **{to: champion.get(name) for to, name in zip(("accuracy", "ci_low", "ci_high"), names, strict=True)},
                **{name: champion.get(name) for name in ("holdout_accuracy", "holdout_ci_low", "holdout_ci_high")},
                **{column.name: figures.get(column.name) for column in FIGURES},
                "leak_gap": _largest_gap(scores, policy, feature_set),
                "n_tracks": len(tracks),
                "n_genres": tracks["genre"].nunique(),
                "warnings": warnings or None,
            }
        ]
    )


def _largest_gap(scores: pd.DataFrame, policy: str, feature_set: str) -> float | None:
    """Return the largest gap of a model, a guesser left out; None where none was tested."""
    if scores.empty:
        return None
    gaps = leak_gaps(scores)
    here = gaps[gaps["tested"] & (gaps["split_policy"] == policy) & (gaps["feature_set"] == feature_set)]
    here = here[~here["model"].isin(baselines())]
    return float(here["gap"].max()) if len(here) else None
