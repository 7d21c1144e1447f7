"""Every feature of every window of the clips, ours against the recipe.

A value is equal where it lies within 1e-4 of the recipe's, relative, or within 1e-6 of its column's standard deviation;
tempo must be the same.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from joblib import Parallel, delayed

from benchmarks.recipe import published
from pipeline.audio import cut, decode
from pipeline.features import get_feature_set
from pipeline.features.signal import Signal

RELATIVE = 1e-4
OF_SPREAD = 1e-6
SPECTRAL = get_feature_set("spectral-v1")


def compare(clips: Sequence[Path], *, windows_s: Sequence[float] = (30.0, 3.0), jobs: int = 1) -> pd.DataFrame:
    """Compute all windows both ways.

    Returns
    -------
    pandas.DataFrame
        one row a value: ``clip, window_s, start_s, column, recipe, ours``
    """
    found = Parallel(n_jobs=jobs)(delayed(_compare_clip)(path, windows_s) for path in clips)
    return pd.concat(found, ignore_index=True)


def judge(values: pd.DataFrame) -> pd.DataFrame:
    """Say which values are equal.

    Returns
    -------
    pandas.DataFrame
        `values` with ``relative``, ``of_spread`` and ``equal``
    """
    difference = (values["ours"] - values["recipe"]).abs()
    spread = values.groupby(["window_s", "column"])["recipe"].transform("std", ddof=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        judged = values.assign(
            relative=(difference / values["recipe"].abs()).where(difference != 0, 0.0),
            of_spread=(difference / spread).where(difference != 0, 0.0),
        )
    equal = (judged["relative"] <= RELATIVE) | (judged["of_spread"] <= OF_SPREAD)
    return judged.assign(equal=equal & ((judged["column"] != "tempo") | (difference == 0)))


def summarise(judged: pd.DataFrame) -> pd.DataFrame:
    """Count values and those that are not equal, and give the largest deviations, in all and by column.

    Returns
    -------
    pandas.DataFrame
        first row all columns together, then each column that has a value which is not equal
    """
    columns = judged.loc[~judged["equal"], "column"].unique()
    parts = {"all": judged} | {column: judged[judged["column"] == column] for column in columns}
    rows = [
        (
            name,
            len(part),
            int((~part["equal"]).sum()),
            f"{part.loc[~part['equal'], 'relative'].max() if (~part['equal']).any() else 0:.1e}",
            f"{part['of_spread'].max():.1e}",
        )
        for name, part in parts.items()
    ]
    names = ["column", "values", "not equal", "largest relative deviation of these", "largest in standard deviations"]
    return pd.DataFrame(rows, columns=names)


def _compare_clip(path: Path, windows_s: Sequence[float]) -> pd.DataFrame:
    samples = decode(path).y
    rows = []
    for window_s in windows_s:
        for window in cut(samples, window_s):
            recipe = published(window.y)
            ours = SPECTRAL.compute(Signal(window.y))
            for column, value in zip(SPECTRAL.columns, ours, strict=True):
                rows.append((path.name, window_s, window.start_s, column, recipe[column], value))
    return pd.DataFrame(rows, columns=["clip", "window_s", "start_s", "column", "recipe", "ours"])
