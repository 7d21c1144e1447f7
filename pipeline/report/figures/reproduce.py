"""The picture of a reproduction: the published figure, ours in the same way, ours in an honest one."""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from pipeline.report.theme import new_figure

MARKS = {
    "published": {"label": "published", "marker": "D", "color": "#949494", "markerfacecolor": "white"},
    "same_way": {"label": "ours, in the published way", "marker": "o", "color": "#de8f05"},
    "honest": {"label": "ours, honest, with its 95 % interval", "marker": "o", "color": "#0173b2"},
}


def draw_reproduction(table: pd.DataFrame) -> Figure | None:
    """Draw a row a figure, a panel a part; what was fitted on is left out, and so is what was not computed.

    Parameters
    ----------
    table : pd.DataFrame
        ``part, rows, model, subset, published, same_way, honest, ci_low, ci_high``

    Returns
    -------
    Figure or None
        None where nothing was computed
    """
    shown = table[(table["subset"] == "test") & table["same_way"].notna()]
    if shown.empty:
        return None
    parts = [rows.reset_index(drop=True) for _, rows in shown.groupby("part", sort=False)]
    figure, axes = new_figure(
        len(parts), width=9.5, height=1.2 + 0.55 * len(parts) + 0.27 * len(shown), squeeze=False, sharex=True,
        height_ratios=[len(rows) + 1 for rows in parts],
    )  # fmt: skip
    for axis, rows in zip(axes[:, 0], parts, strict=True):
        _draw_part(axis, rows)
    axes[-1, 0].set_xlabel("accuracy on test rows")
    axes[-1, 0].set_xlim(0, 1.02)
    handles, labels = axes[0, 0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside upper center", ncols=3, frameon=False)
    return figure


def _draw_part(axis, rows: pd.DataFrame) -> None:
    places = np.arange(len(rows))
    reach = [
        (rows["honest"] - rows["ci_low"]).clip(lower=0).fillna(0),
        (rows["ci_high"] - rows["honest"]).clip(lower=0).fillna(0),
    ]
    axis.hlines(places, rows["honest"], rows["same_way"], color="#cccccc", linewidth=3, zorder=1)
    for column, look in MARKS.items():
        errors = reach if column == "honest" else None
        axis.errorbar(rows[column], places, xerr=errors, linestyle="none", capsize=2, markersize=6, **look)
    axis.set_yticks(places, rows["rows"] + " · " + rows["model"])
    axis.set_ylim(len(rows) - 0.4, -0.6)
    axis.set_title(rows["part"].iloc[0].replace("_", " "), loc="left", fontsize=11)
    axis.grid(axis="y", visible=False)
