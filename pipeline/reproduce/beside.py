"""The published figure, ours in the same way, and ours in an honest one, side by side."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np
import pandas as pd

from pipeline.reproduce.published import KEYS

COLUMNS = [
    "part", *KEYS, "published", "same_way", "same_low", "same_high", "honest", "ci_low", "ci_high", "honest_policy",
    "why", "protocol", "source", "note",
]  # fmt: skip


@dataclass(frozen=True)
class Reproduced:
    """Ours for one published figure; missing numbers were not computed, and `why` says the reason.

    Attributes
    ----------
    rows, model, subset : str
        which published figure this stands beside
    same_way, same_low, same_high : float
        accuracy under the published protocol: the mean over its splits, and the least and the greatest of them
    honest, ci_low, ci_high : float
        accuracy under the project's own protocol, with its 95 % interval
    honest_policy : str
        what that keeps whole
    why : str
        one sentence on why the three differ
    """

    rows: str
    model: str
    subset: str = "test"
    same_way: float = np.nan
    same_low: float = np.nan
    same_high: float = np.nan
    honest: float = np.nan
    ci_low: float = np.nan
    ci_high: float = np.nan
    honest_policy: str = ""
    why: str = ""


def lay_beside(part: str, published: pd.DataFrame, ours: Sequence[Reproduced], reason: str) -> pd.DataFrame:
    """Return one row a published figure: ``COLUMNS``; where there is none of ours, `why` says "not computed", and why.

    Parameters
    ----------
    part : str
    published : pd.DataFrame
        as `read_published` returns it
    ours : sequence of Reproduced
    reason : str
        why figures are missing that `ours` has not
    """
    found = pd.DataFrame([asdict(one) for one in ours], columns=list(Reproduced.__dataclass_fields__))
    table = published.drop(columns="part").merge(found, on=KEYS, how="left", validate="one_to_one")
    table["why"] = table["why"].where(table["why"].notna(), f"not computed: {reason}")
    return table.assign(part=part).rename(columns={"value": "published"})[COLUMNS]


def lay_out(table: pd.DataFrame) -> pd.DataFrame:
    """Return the table as a person reads it: a figure and its reach in one cell, protocol and source in another."""
    ways = {
        "in the published way": _with_reach(table, "same_way", "same_low", "same_high"),
        "honest": _with_reach(table, "honest", "ci_low", "ci_high"),
    }
    told_of = ("protocol", "note", "source")
    return pd.DataFrame(
        {
            "figure": table["rows"] + ", " + table["model"] + ", " + table["subset"],
            "published": ["none" if np.isnan(value) else f"{value:.3g}" for value in table["published"]],
            **ways,
            "kept whole": table["honest_policy"].fillna(""),
            "why": table["why"],
            "published protocol; note; source": [
                "; ".join(filter(None, parts)) for parts in zip(*(table[name] for name in told_of), strict=True)
            ],
        }
    )


def _with_reach(table: pd.DataFrame, value: str, low: str, high: str) -> list[str]:
    return [
        ("" if np.isnan(figure) else f"{figure:.3f}") + ("" if np.isnan(least) else f" ({least:.3f} to {most:.3f})")
        for figure, least, most in table[[value, low, high]].astype(float).itertuples(index=False)
    ]
