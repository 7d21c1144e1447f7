"""Playlists that people made: whether their hidden tracks are found, and by how much more often than by chance."""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from pipeline.report.theme import new_figure

COLOURS = ("#0173b2", "#c87a00")
METRIC = "hit_rate"


def draw_continuation(differences: pd.DataFrame, metric: str = METRIC) -> Figure:
    """Draw by how much hidden tracks are found more often than by each baseline, with 95 % intervals.

    Parameters
    ----------
    differences : pd.DataFrame
        as `pipeline.playlist.continuation.Continued` has them
    metric : str
        one of its metrics
    """
    shown = differences[differences["metric"] == metric]
    titles = {"all": "All tracks", "others": "Artists of the seeds left out"}
    figure, both = new_figure(1, 2, width=10.5, height=3.6, sharex=True, sharey=True)
    names = list(dict.fromkeys(shown["than"]))
    methods = list(dict.fromkeys(shown["method"]))
    for axes, (artists, title) in zip(both, titles.items(), strict=True):
        for method, colour, shift in zip(methods, COLOURS, (0.14, -0.14), strict=True):
            rows = shown[(shown["artists"] == artists) & (shown["method"] == method)]
            low, high = rows["difference"] - rows["ci_low"], rows["ci_high"] - rows["difference"]
            places = np.array([names.index(than) for than in rows["than"]]) + shift
            axes.errorbar(
                rows["difference"], places, xerr=np.vstack([low.fillna(0), high.fillna(0)]), fmt="o", color=colour,
                elinewidth=2.5, label=method,
            )  # fmt: skip
        axes.axvline(0, color="#333333", linewidth=1)
        axes.set(title=title, xlabel="hit rate of the first ten, more than by …", yticks=range(len(names)))
        axes.set_yticklabels(names)
        axes.grid(visible=False, axis="y")
    both[0].set_ylim(len(names) - 0.5, -0.5)
    figure.legend(*both[0].get_legend_handles_labels(), loc="outside lower center", ncols=2, frameon=False)
    return figure
