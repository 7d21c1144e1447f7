"""Pictures of the features: their distributions by genre, how they go together, and a map of the tracks."""

from collections.abc import Sequence
from textwrap import fill

import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.figure import Figure

from pipeline.features.words import name_feature
from pipeline.report.likeness import MOST_GENRES_READ, order_by_likeness
from pipeline.report.theme import GENRE_COLOURS, genre_palette, new_figure

MOST_NAMED = 90
"""Features whose names can be read beside their correlations."""

LARGEST_SIDE = 18
"""Inches."""

MOST_PROFILED = 20
TITLE = 30
"""Characters of a title's line, above one of three panels."""


def draw_distributions(values: pd.DataFrame, features: Sequence[str]) -> Figure:
    """Draw the distribution of features by genre as box plots (box: quartiles, whiskers: 5th and 95th percentile).

    Parameters
    ----------
    values : pd.DataFrame
        ``genre`` and the features
    features : sequence of str
        of many genres the first three are drawn
    """
    genres = sorted(values["genre"].unique())
    n_columns = 3
    features = features[: n_columns if len(genres) > MOST_GENRES_READ else None]
    n_rows = int(np.ceil(len(features) / n_columns))
    figure, axes = new_figure(
        n_rows, n_columns, width=12, height=n_rows * (1.2 + 0.22 * len(genres)), squeeze=False, sharey=True
    )
    for feature, axis in zip(features, axes.ravel(), strict=False):
        sns.boxplot(
            values, x=feature, y="genre", order=genres, hue="genre", hue_order=genres, palette=genre_palette(genres),
            whis=(5, 95), showfliers=False, saturation=1, linewidth=0.8, legend=False, ax=axis,
        )  # fmt: skip
        axis.set_title(fill(name_feature(feature), TITLE), fontsize=11)
        axis.set(xlabel="", ylabel="")
    for axis in axes.ravel()[len(features) :]:
        axis.set_visible(False)
    return figure


def draw_correlations(values: pd.DataFrame, features: Sequence[str]) -> Figure:
    """Draw Pearson's correlation of each two features, those that move together side by side."""
    found = values[list(features)].corr()
    order = order_by_likeness(found.abs().fillna(0.0).to_numpy())
    found = found.iloc[order, order]
    named = len(features) <= MOST_NAMED
    side = min(3 + 0.17 * len(features), LARGEST_SIDE)
    figure, axes = new_figure(width=side + 1.5, height=side)
    sns.heatmap(
        found, vmin=-1, vmax=1, center=0, cmap="vlag", square=True, xticklabels=named, yticklabels=named,
        cbar_kws={"label": "Pearson's r", "shrink": 0.6}, ax=axes,
    )  # fmt: skip
    if named:
        axes.set_xticklabels([name_feature(feature) for feature in found.columns], fontsize=8, rotation=90)
        axes.set_yticklabels([name_feature(feature) for feature in found.columns], fontsize=8, rotation=0)
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
    genres = sorted(points["genre"].value_counts().index[: len(GENRE_COLOURS)])  # as many as are told apart
    figure, axes = new_figure(width=9, height=6)
    rest = points[~points["genre"].isin(genres)]
    if len(rest):
        label = f"{rest['genre'].nunique()} smaller genres"
        axes.scatter(rest["pc1"], rest["pc2"], s=12, color="#c3c9ce", label=label)
    sns.scatterplot(
        points[points["genre"].isin(genres)], x="pc1", y="pc2", hue="genre", hue_order=genres, style="genre",
        style_order=genres, palette=genre_palette(genres), s=40, alpha=0.8, ax=axes,
    )  # fmt: skip
    axes.set(
        title="A map of the tracks: principal components",
        xlabel=f"first component ({explained[0]:.0%} of the variance)",
        ylabel=f"second component ({explained[1]:.0%})",
    )
    axes.legend(loc="center left", bbox_to_anchor=(1, 0.5), frameon=False)
    return figure
