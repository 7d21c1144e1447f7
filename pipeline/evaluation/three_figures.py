"""The three figures of a champion, side by side: on its own music, on other music, and played differently."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from pipeline.evaluation.interval import TOO_FEW
from pipeline.evaluation.say_harmless import mean_flip_rate, worst_change

BOUNDS = ("ci_low", "ci_high")

_OWN_MUSIC = {"holdout": "unseen tracks", "corrected": "test tracks that it was chosen on"}
"""Which tracks tell of a champion's own music, the best first."""


def other_figures(transfers: pd.DataFrame, harmless: pd.DataFrame) -> dict[str, Any]:
    """Return the second and the third figure, where there are such.

    Parameters
    ----------
    transfers, harmless : pd.DataFrame
        rows of ``transfers`` and ``harmless_changes`` of one run

    Returns
    -------
    dict
        the columns `pipeline.tables.FIGURES`, those of them that there is something to say of
    """
    figures: dict[str, Any] = {}
    if len(transfers) and transfers["is_champion"].astype(bool).any():
        there = transfers[transfers["is_champion"].astype(bool)].sort_values(["recall", "tested_on"]).iloc[0]
        figures |= {"other_dataset": there["tested_on"], "other_recall": there["recall"]}
        figures |= {f"other_{bound}": there[bound] for bound in BOUNDS}
    if len(harmless):
        worst = worst_change(harmless)
        figures |= {"worst_change": worst["change_name"], "worst_change_accuracy": worst["accuracy"]}
        figures |= {f"worst_change_{bound}": worst[bound] for bound in BOUNDS}
        figures["flip_rate"] = mean_flip_rate(harmless)
    return figures


def say_figures(champion: Mapping[str, Any], others: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """Return each figure in words: what it is, and how high; only those that there are.

    On its own music it is that of the holdout, as the one of music played differently is; without a holdout that of
    test tracks.

    Parameters
    ----------
    champion : mapping
        of a run's document
    others : mapping
        of `other_figures`
    """
    said = []
    for known_by, tracks in _OWN_MUSIC.items():
        if champion.get(f"{known_by}_accuracy") is not None:
            rate = (champion[f"{known_by}_{name}"] for name in ("accuracy", *BOUNDS))
            said.append((f"On its own music, {tracks}", _rate(*rate)))
            break
    if "other_dataset" in others:
        rate = (others[f"other_{name}"] for name in ("recall", *BOUNDS))
        said.append((f"On other music, {others['other_dataset']!r}", _rate(*rate)))
    if "worst_change" in others:
        rate = (others[f"worst_change_{name}"] for name in ("accuracy", *BOUNDS))
        said.append((f"Played differently, at worst: {others['worst_change']}", _rate(*rate)))
    return tuple(said)


def _rate(value: float, low: float | None, high: float | None) -> str:
    spread = TOO_FEW if low is None or high is None or pd.isna(low) or pd.isna(high) else f"{low:.0%} to {high:.0%}"
    return f"{value:.0%} ({spread})"
