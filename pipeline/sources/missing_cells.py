"""Cells of a table that hold no number: numbers that stand for none, and columns that would cost most rows."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

_NINES = [10.0**digits - 1 for digits in range(2, 10)]
_ENDS = [32767, 32768, 65535, 2**31 - 1, 2**31, 2**32 - 1, 3.4028235e38, 3.4028234663852886e38, 3.40282e38, 9.96921e36]
SENTINELS = np.array([sign * value for sign in (1.0, -1.0) for value in (*_NINES, *_ENDS)])
"""What programs write where a number is missing and a column must hold one: 99, 999 …, the ends of number types, and
what netCDF fills gaps with; all below zero, too."""

FEWEST_TO_TELL = 10
"""Beside so many other numbers."""

FAR_OUT = 3.0
"""A number that stands for none lies so many times as far from the others as these reach."""

MOST_LOST = 0.5
"""Columns may cost this share of the rows."""

LEAST_BLAMED = 0.1
"""A column that lacks a smaller share of the numbers is not what costs the rows."""


def stands_for_none(numbers: pd.Series) -> pd.Series:
    """Tell which numbers stand for a missing one, such as -999 far from all others [shape=(n,)]."""
    suspect = numbers.isin(SENTINELS)
    if not suspect.any():
        return suspect
    others = numbers[~suspect & np.isfinite(numbers)]
    if len(others) < FEWEST_TO_TELL or others.nunique() < 3:
        return suspect & False
    low, high = others.min(), others.max()
    reach = FAR_OUT * (high - low)
    return suspect & ((numbers < low - reach) | (numbers > high + reach))


def costly_columns(values: pd.DataFrame) -> list[str]:
    """Name the columns without which most rows can be used, the most costly first; rows without any number don't count.

    Parameters
    ----------
    values : pd.DataFrame of float
        NaN where a cell holds no number
    """
    gaps = values.isna()
    gaps = gaps[~gaps.all(axis=1)]
    shares = gaps.mean().sort_values(ascending=False, kind="stable")
    costly = list(shares.index[shares > MOST_LOST])
    for name in shares.index[len(costly) :]:
        left = gaps.drop(columns=costly)
        if left.any(axis=1).mean() <= MOST_LOST or shares[name] < LEAST_BLAMED:
            break
        costly.append(name)
    return costly if len(costly) < values.shape[1] else []


def some(names: Sequence[str]) -> str:
    """Name the first three, and say how many more there are."""
    shown = ", ".join(repr(name) for name in names[:3])
    return f"{shown} and {len(names) - 3} more" if len(names) > 3 else shown
