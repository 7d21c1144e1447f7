"""Pictures of where a model is worse."""

from textwrap import shorten

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from pipeline.report.theme import SUBSET_COLOURS, new_figure

MOST_SUBGROUPS = 40
"""Of one column; more make a picture taller than a screen: the worst are shown."""
MOST_LETTERS = 34
"""Of a name; a longer one takes the room of the picture."""
_KINDS = (
    (False, SUBSET_COLOURS["test"], "no worse, or not told"),
    (True, SUBSET_COLOURS["holdout"], "worse than the rest"),
)
_OF_SUBGROUP = 0.3


def draw_subgroups(subgroups: pd.DataFrame) -> Figure:
    """Draw the accuracy on each subgroup with its 95 % interval, the worst on top, a panel a column.

    Parameters
    ----------
    subgroups : pd.DataFrame
        rows of ``subgroups``
    """
    panels = [(by, _chosen(rows)) for by, rows in subgroups.groupby("by", sort=False)]
    heights = [len(rows) + 2 for _, rows in panels]
    figure, axes = new_figure(
        len(panels), 1, width=9, height=1.4 + _OF_SUBGROUP * sum(heights), squeeze=False, sharex=True,
        height_ratios=heights,
    )  # fmt: skip
    for axis, (by, rows) in zip(axes[:, 0], panels, strict=True):
        whole = np.average(rows["accuracy"], weights=rows["n"])
        for is_worse, colour, label in _KINDS:
            of = rows["is_worse"].astype(bool) == is_worse
            here = rows[of]
            reach = (here["accuracy"] - here["ci_low"], here["ci_high"] - here["accuracy"])
            errors = [each.astype(float).fillna(0).clip(lower=0) for each in reach]
            axis.errorbar(
                here["accuracy"], np.flatnonzero(of), xerr=errors, fmt="o", color=colour, capsize=2, label=label
            )
        axis.axvline(whole, color="#666666", linestyle="--", linewidth=1, label="all of these")
        short = [shorten(name, MOST_LETTERS, placeholder=" …") for name in rows["subgroup"]]
        names = [f"{name}  ({n})" for name, n in zip(short, rows["n"], strict=True)]
        axis.set_yticks(range(len(rows)), names)
        axis.set(ylim=(len(rows) - 0.4, -0.6), xlim=(0, 1), ylabel="", title=f"By {by} (tracks)")
    axes[-1, 0].set_xlabel("named rightly, out of fold; bars: 95 % intervals")
    axes[-1, 0].xaxis.set_major_formatter(lambda share, _: f"{share:.0%}")
    figure.legend(*axes[0, 0].get_legend_handles_labels(), loc="outside upper center", ncols=3, frameon=False)
    return figure


def _chosen(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.sort_values("accuracy", kind="stable").head(MOST_SUBGROUPS).reset_index(drop=True)
