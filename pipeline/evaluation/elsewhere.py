"""What a champion gets on other datasets than its own, in the sentences that every face prints."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from pipeline.evaluation.interval import TOO_FEW
from pipeline.models import display_name
from pipeline.printable import count

MOST_NAMED = 3


def say_elsewhere(transfers: pd.DataFrame) -> list[str]:
    """Say what the champion gets on other datasets, a sentence or two for each; of many, the lowest ones.

    Parameters
    ----------
    transfers : pd.DataFrame
        rows of ``transfers`` of one run
    """
    if transfers.empty:
        return []
    rows = transfers[transfers["is_champion"].astype(bool)].sort_values(["recall", "tested_on"])
    said = [say_transfer(row) for row in rows.head(MOST_NAMED).to_dict("records")]
    if len(rows) > MOST_NAMED:
        others = count(len(rows) - MOST_NAMED, "other dataset")
        said.append(f"On {others} it does better: transfers.csv has all.")
    return said


def say_transfer(row: Mapping[str, Any]) -> str:
    """Say what a model gets at home and on another dataset, and whether the difference may be chance.

    Parameters
    ----------
    row : mapping
        of ``transfers``
    """
    columns: Any = row.get("common_columns")
    anew = "" if _is_missing(columns) else f", trained anew on the {count(int(columns), 'column')} that both have,"
    model, there = display_name(row["model"]) + anew, f"{_rate(row, '')} on {row['tested_on']!r}"
    genres = f"each of the {row['n_genres']} genres that both have counting alike"
    if _is_missing(row["own_recall"]):
        return (
            f"{model} names {there} rightly, {genres}. What it gets of these genres on its own dataset was not tested."
        )
    at_home = f"{_rate(row, 'own_')} of tracks rightly on its own dataset"
    return f"{model} names {at_home}, {there}, {genres}. {_say_gap(row)}"


def _say_gap(row: Mapping[str, Any]) -> str:
    gap, low, high = (row[name] for name in ("gap", "gap_ci_low", "gap_ci_high"))
    size = f"{count(round(abs(gap) * 100), 'point')} {'less' if gap >= 0 else 'more'}"
    if _is_missing(low) or _is_missing(high):
        return f"That is {size} ({TOO_FEW})."
    if low <= 0 <= high:
        ends = f"{-low * 100:z.0f} more to {high * 100:z.0f} less"
        return f"That is {size}, which may be chance (95 % interval {ends})."
    nearer, farther = sorted((abs(low), abs(high)))
    return f"That is {size} (95 % interval {nearer * 100:.0f} to {farther * 100:.0f})."


def _rate(row: Mapping[str, Any], side: str) -> str:
    low, high = row[f"{side}ci_low"], row[f"{side}ci_high"]
    spread = TOO_FEW if _is_missing(low) or _is_missing(high) else f"{low:.0%} to {high:.0%}"
    return f"{row[f'{side}recall']:.0%} ({spread})"


def _is_missing(value: Any) -> bool:
    return value is None or bool(pd.isna(value))
