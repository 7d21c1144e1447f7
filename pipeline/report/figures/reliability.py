"""The reliability curve: how often the champion is right, by how sure it says it is."""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from pipeline.report.theme import new_figure

TITLES = {"vote": "As the model votes", "chance": "As a chance, calibrated"}


def draw_reliability(curve: pd.DataFrame) -> Figure:
    """Draw accuracy over confidence before and after calibration, with 95 % intervals, and the number of answers.

    Parameters
    ----------
    curve : pd.DataFrame
        rows of ``reliability``
    """
    figure, axes = new_figure(
        2, 2, width=9.5, height=5.6, sharex=True, sharey="row", gridspec_kw={"height_ratios": [3, 1]}
    )
    for (above, below), (of, title) in zip(axes.T, TITLES.items(), strict=True):
        rows = curve[curve["of"] == of]
        above.plot([0, 1], [0, 1], color="#888888", linestyle="dashed", linewidth=1)
        reach = np.abs(rows[["ci_low", "ci_high"]].to_numpy(dtype=float).T - rows["accuracy"].to_numpy())
        above.errorbar(rows["confidence"], rows["accuracy"], yerr=reach, fmt="o-", color="#0173b2", ecolor="#7fb3d5")
        above.set(title=title, xlim=(0, 1), ylim=(0, 1.02))
        widths = rows["bin_high"] - rows["bin_low"]
        below.bar(rows["bin_low"], rows["n"], widths, align="edge", color="#0173b2", edgecolor="white")
        below.set_xlabel("probability of the genre it names")
    axes[0, 0].set_ylabel("share that is right")
    axes[1, 0].set_ylabel("answers")
    return figure
