"""Pictures of the features: their distributions by genre, how they go together, and a map of the tracks."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.figure import Figure

from pipeline.report.theme import genre_palette, new_figure


def draw_distributions(values: pd.DataFrame, features: Sequence[str]) -> Figure:
    """Draw the distribution of features by genre as box plots (box: quartiles, whiskers: 5th and 95th percentile).

    Parameters
    ----------
    values : pd.DataFrame
        ``genre`` and the features
    features : sequence of str
    """
    genres = sorted(values["genre"].unique())
    n_columns = 3
    n_rows = int(np.ceil(len(features) / n_columns))
    figure, axes = new_figure(
        n_rows, n_columns, width=12, height=n_rows * (1.0 + 0.22 * len(genres)), squeeze=False, sharey=True
    )
    for feature, axis in zip(features, axes.ravel(), strict=False):
        sns.boxplot(
            values, x=feature, y="genre", order=genres, hue="genre", hue_order=genres, palette=genre_palette(genres),
            whis=(5, 95), showfliers=False, linewidth=0.8, legend=False, ax=axis,
        )  # fmt: skip
        axis.set(title=feature, xlabel="", ylabel="")
    for axis in axes.ravel()[len(features) :]:
        axis.set_visible(False)
    return figure


def draw_correlations(values: pd.DataFrame, features: Sequence[str]) -> Figure:
    """Draw Pearson's correlation of each two features."""
    side = 3 + 0.16 * len(features)
    figure, axes = new_figure(width=side + 1, height=side)
    sns.heatmap(
        values[list(features)].corr(), vmin=-1, vmax=1, center=0, cmap="vlag", square=True, xticklabels=True,
        yticklabels=True, cbar_kws={"label": "Pearson's r", "shrink": 0.6}, ax=axes,
    )  # fmt: skip
    axes.tick_params(axis="x", labelsize=6, rotation=90)
    axes.tick_params(axis="y", labelsize=6, rotation=0)
    axes.set_title("Which features say the same")
    return figure


def draw_projection(points: pd.DataFrame, explained: Sequence[float]) -> Figure:
    """Draw segments on their first two principal components.

    Parameters
    ----------
    points : pd.DataFrame
        ``pc1``, ``pc2``, ``genre``
    explained : sequence of float [shape=(2,)]
        share of the variance that each component explains
    """
    genres = sorted(points["genre"].unique())
    figure, axes = new_figure(width=9, height=6)
    sns.scatterplot(
        points, x="pc1", y="pc2", hue="genre", hue_order=genres, style="genre", style_order=genres,
        palette=genre_palette(genres), s=40, alpha=0.8, ax=axes,
    )  # fmt: skip
    axes.set(
        title="A map of the tracks: principal components",
        xlabel=f"first component ({explained[0]:.0%} of the variance)",
        ylabel=f"second component ({explained[1]:.0%})",
    )
    axes.legend(loc="center left", bbox_to_anchor=(1, 0.5), frameon=False)
    return figure
