"""What harmless changes of the audio cost: of all held-out tracks, and genre by genre."""

import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from pipeline.report.theme import SUBSET_COLOURS, new_figure, turn_labels
from pipeline.tables import ANY, AS_IT_IS

MOST_GENRES = 16
HELD = SUBSET_COLOURS["holdout"]


def draw_harmless(rows: pd.DataFrame, by_genre: pd.DataFrame) -> Figure:
    """Draw the share named rightly under each change, with 95 % intervals, beside what each genre loses by it.

    Parameters
    ----------
    rows, by_genre : pd.DataFrame
        rows of ``harmless_changes`` and ``harmless_change_genres``; of many genres those are shown that lose most. A
        cell has a frame where the change was found to hurt the genre more than others
    """
    lost = by_genre.groupby("genre")["drop"].max().sort_values(ascending=False)
    genres = sorted(lost.index[:MOST_GENRES])
    width = 5.2 + max(3.0, 0.62 * len(genres) + 1.2)
    figure, (left, right) = new_figure(
        1, 2, width=width, height=1.9 + 0.38 * len(rows), sharey=True, gridspec_kw={"width_ratios": [4.2, width - 5.2]}
    )
    _draw_rates(left, rows)
    _draw_losses(right, rows, by_genre[by_genre["genre"].isin(genres)], genres)
    right.set_title("recall lost, in points" if len(lost) <= MOST_GENRES else f"the {MOST_GENRES} that lose most")
    return figure


def _draw_rates(axes: Axes, rows: pd.DataFrame) -> None:
    places = np.arange(len(rows)) + 0.5
    rate, low, high = (rows[name].to_numpy(float) for name in ("accuracy", "ci_low", "ci_high"))
    colours = [HELD if change == AS_IT_IS else "#0173b2" if change != ANY else "#444444" for change in rows["change"]]
    before = rows.loc[rows["change"] == AS_IT_IS, "accuracy"].iloc[0]
    axes.axvline(before, color=HELD, linestyle="--", linewidth=1.2)
    axes.hlines(places, low, high, colors=colours, linewidth=2.5)
    axes.scatter(rate, places, c=colours, s=46, zorder=3)
    axes.set(xlim=(0, 1.02), xlabel="share named rightly")
    axes.set_title(f"{int(rows['n'].max())} held-out tracks")
    axes.grid(visible=False, axis="y")


def _draw_losses(axes: Axes, rows: pd.DataFrame, by_genre: pd.DataFrame, genres: list[str]) -> None:
    order = rows["change_name"].tolist()  # both sides share these labels

    def table(column: str) -> pd.DataFrame:
        return by_genre.pivot(index="change_name", columns="genre", values=column).reindex(index=order, columns=genres)

    drops = table("drop").astype(float)
    cells = drops.map(lambda drop: "" if pd.isna(drop) or round(drop, 2) == 0 else f"{drop * 100:.0f}").to_numpy()
    sns.heatmap(
        drops, vmin=-1, vmax=1, cmap="RdBu_r", annot=cells, fmt="", annot_kws={"size": 8}, linewidths=0.5,
        linecolor="#e8ecef", cbar=False, ax=axes,
    )  # fmt: skip
    hurt = table("hurt_more").eq(True).to_numpy()
    for row, column in zip(*np.nonzero(hurt), strict=True):
        axes.add_patch(Rectangle((column, row), 1, 1, fill=False, edgecolor="#000000", linewidth=1.8))
    turn_labels(axes)
    axes.set(xlabel="", ylabel="", ylim=(len(rows), 0))
    axes.tick_params(axis="y", left=False, labelleft=False)
    axes.grid(visible=False)
