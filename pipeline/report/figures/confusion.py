"""Pictures of what is taken for what: a matrix, or an overview of one that nobody could read."""

import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.figure import Figure

from pipeline.report.likeness import MOST_GENRES_READ, order_by_likeness, worst_confusions
from pipeline.report.theme import ink_on, new_figure, turn_labels

MOST_GENRES_NAMED = 45
"""Beyond, the names beside a matrix run into each other."""

OVERVIEW_SIDE = 8.5
"""Inches of a matrix that is looked at as a whole."""

N_WORST = 25
"""Confusions that are listed below it."""


def draw_confusion(confusion: pd.DataFrame, title: str) -> Figure:
    """Draw a confusion matrix as shares of the actual genre, genres that are taken for each other side by side.

    Of more than ``MOST_GENRES_READ`` genres it is an overview, and the worst confusions are listed below it.

    Parameters
    ----------
    confusion : pd.DataFrame
        ``actual``, ``predicted``, ``share_of_actual``, and ``n``, the rows, where they are known; what is missing is 0
    """
    genres = sorted({*confusion["actual"], *confusion["predicted"]})
    shares = confusion.pivot(index="actual", columns="predicted", values="share_of_actual")
    shares = shares.reindex(index=genres, columns=genres).fillna(0.0)
    if len(genres) > MOST_GENRES_READ:
        return _draw_overview(shares, confusion, title)
    genres = [genres[i] for i in order_by_likeness(shares.to_numpy())]
    actual = [genre for genre in genres if genre in set(confusion["actual"])]
    shares = shares.loc[actual, genres]
    side = 2.2 + 0.55 * len(genres)
    figure, axes = new_figure(width=max(7.5, side + 1.2), height=max(5.5, side))
    sns.heatmap(
        shares, vmin=0, vmax=1, cmap="Blues", annot=_cells(shares, confusion), fmt="", annot_kws={"size": 8},
        square=True, linewidths=0.5, linecolor="#e8ecef", ax=axes,
        cbar_kws={"label": "share of the actual genre", "shrink": 0.7},
    )  # fmt: skip
    cells = axes.collections[0].get_facecolors()
    for text in axes.texts:
        x, y = (int(place) for place in text.get_position())
        text.set_color(ink_on(cells[y * len(genres) + x][:3]))
    turn_labels(axes)
    axes.set_title(title, fontsize=11)
    axes.set(xlabel="predicted", ylabel="actual")
    return figure


def _cells(shares: pd.DataFrame, confusion: pd.DataFrame) -> np.ndarray:
    """Return what stands in each cell: the share, below it the count where that is known; nothing of zero."""
    texts = shares.map(lambda share: f"{share:.0%}" if share > 0 else "")
    if "n" in confusion:
        counts = confusion.pivot(index="actual", columns="predicted", values="n").reindex_like(shares).fillna(0)
        texts = texts.mask(counts > 0, texts + counts.astype(int).astype(str).radd("\n"))
    return texts.to_numpy()


def _draw_overview(shares: pd.DataFrame, confusion: pd.DataFrame, title: str) -> Figure:
    """Draw a square of many genres, and the worst confusions as bars."""
    genres = [shares.index[i] for i in order_by_likeness(shares.to_numpy())]
    named = len(genres) <= MOST_GENRES_NAMED
    worst = worst_confusions(confusion, N_WORST)
    below = 1.0 + 0.3 * len(worst)
    figure, (square, bars) = new_figure(
        2, 1, width=OVERVIEW_SIDE + 2, height=OVERVIEW_SIDE + below, height_ratios=(OVERVIEW_SIDE, below)
    )
    sns.heatmap(
        shares.loc[genres, genres], vmin=0, vmax=max(0.5, float(np.diag(shares).max())), cmap="Blues", square=True,
        xticklabels=named, yticklabels=named, cbar_kws={"label": "share of the actual genre", "shrink": 0.5}, ax=square,
    )  # fmt: skip
    square.tick_params(labelsize=8)
    turn_labels(square)
    order = f"{len(genres)} genres; those that are taken for each other stand together"
    square.set(title=title, xlabel=f"predicted\n{order}", ylabel="actual")
    places = range(len(worst))
    bars.barh(places, worst["share_of_actual"], color="#6aaed6", height=0.3)
    for place, row in zip(places, worst.itertuples(), strict=True):  # names stand above bars: beside, long ones squeeze
        label = f"{row.actual} → {row.predicted}: {row.share_of_actual:.0%}"
        bars.text(0, place - 0.22, label, va="bottom", fontsize=9)
    bars.set_yticks([])
    bars.set_ylim(len(worst) - 0.5, -0.9)
    bars.grid(visible=False)
    bars.set(title=f"The {len(worst)} worst confusions", xlabel="share of the actual genre")
    return figure
