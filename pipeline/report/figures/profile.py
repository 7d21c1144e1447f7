"""Pictures of genres: what sets each apart, and how far they overlap."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.figure import Figure

from pipeline.evaluation import surely
from pipeline.features.words import compare_feature, name_feature, name_group, name_tag
from pipeline.report.likeness import MOST_GENRES_READ, order_by_likeness, order_rows
from pipeline.report.theme import genre_palette, new_figure, turn_labels

MOST_FEATURES = 24
"""More names can't be read below each other."""

MOST_GENRES = 40
"""More make a picture taller than a screen."""

MOST_GENRES_NAMED = 60

MOST_BESIDE = 10
"""Features in a picture of genres side by side."""


def draw_contrasts(contrasts: pd.DataFrame) -> Figure:
    """Draw what sets each genre apart from all others: Cliff's delta; what chance could have made stays white.

    Parameters
    ----------
    contrasts : pd.DataFrame
        rows of ``genre_profile``; the features that set genres apart most are shown
    """
    if contrasts.empty:
        return _nothing("No genre can be set apart: no feature varies.")
    by = {"index": "genre", "columns": "feature"}
    deltas = contrasts.pivot(**by, values="cliffs_delta")
    sure = contrasts.assign(sure=surely(contrasts)).pivot(**by, values="sure").astype(bool)
    n_genres = len(deltas)
    strength = np.square(deltas.where(sure, 1e-3 * deltas))
    deltas = deltas[strength.sum().sort_values(ascending=False, kind="stable").index[:MOST_FEATURES]]
    deltas = deltas.loc[strength.sum(axis=1).sort_values(ascending=False, kind="stable").index[:MOST_GENRES]]
    deltas = deltas.iloc[order_rows(deltas.to_numpy()), order_rows(deltas.to_numpy().T)]
    figure, axes = new_figure(width=3.5 + 0.42 * deltas.shape[1], height=max(5.5, 3.8 + 0.27 * len(deltas)))
    sns.heatmap(
        deltas, mask=~sure.loc[deltas.index, deltas.columns], vmin=-1, vmax=1, cmap="vlag", linewidths=0.5,
        linecolor="#e8ecef", xticklabels=True, yticklabels=True, ax=axes,
        cbar_kws={"label": "less of it  –  more of it (Cliff's delta)", "shrink": 0.8},
    )  # fmt: skip
    axes.set_xticklabels([name_tag(feature) or name_feature(feature) for feature in deltas.columns], fontsize=9)
    axes.grid(visible=False)
    some = f": the {len(deltas)} of {n_genres} that differ most" if n_genres > len(deltas) else ""
    axes.set(title=f"What sets each genre apart from the others{some}", xlabel="", ylabel="")
    turn_labels(axes)
    return figure


def draw_overlaps(overlaps: pd.DataFrame) -> Figure:
    """Draw how far each two genres overlap, those that do side by side.

    Parameters
    ----------
    overlaps : pd.DataFrame
        of `overlap_genres`
    """
    if overlaps.empty:
        return _nothing("No two genres have tracks by three artists each: nothing tells how far they overlap.")
    turned = overlaps.rename(columns={"genre_a": "genre_b", "genre_b": "genre_a"})
    shared = pd.concat([overlaps, turned]).pivot(index="genre_a", columns="genre_b", values="overlap")
    order = order_by_likeness(shared.fillna(1.0).to_numpy())
    shared = shared.iloc[order, order]
    few = len(shared) <= MOST_GENRES_READ
    side = 2.2 + 0.55 * len(shared) if few else 9
    figure, axes = new_figure(width=max(7.5, side + 1.5), height=max(5.5, side))
    sns.heatmap(
        shared, vmin=0, vmax=1, cmap="Blues", square=True, annot=few, fmt=".0%", annot_kws={"size": 8},
        linewidths=0.5 if few else 0, linecolor="#e8ecef", xticklabels=len(shared) <= MOST_GENRES_NAMED,
        yticklabels=len(shared) <= MOST_GENRES_NAMED, ax=axes,
        cbar_kws={"label": "shared area (overlapping coefficient)", "shrink": 0.7},
    )  # fmt: skip
    axes.grid(visible=False)
    axes.set(title="How far two genres overlap in all features together", xlabel="", ylabel="")
    turn_labels(axes)
    return figure


def draw_side_by_side(values: pd.DataFrame, contrasts: pd.DataFrame, genres: Sequence[str]) -> Figure:
    """Draw the profiles of a few genres beside each other, feature below feature: a line joins a genre's medians.

    Features are standardised over all genres. Those are shown that a listener has words for, one of each kind, that set
    these genres apart most; where there are none, any.

    Parameters
    ----------
    values : pd.DataFrame [shape=(n, 1 + p)]
        ``genre`` and features, a row a segment
    contrasts : pd.DataFrame
        rows of ``genre_profile``
    genres : sequence of str
    """
    features = _telling(contrasts[contrasts["genre"].isin(genres)]) if len(contrasts) else []
    if not features:
        return _nothing("No genres to be drawn side by side: no feature varies.")
    standard = (values[features] - values[features].mean()) / values[features].std()
    places, colours = np.arange(len(features)), genre_palette(values["genre"].unique())
    figure, axes = new_figure(width=10, height=2 + 0.5 * len(features))
    for shift, genre in zip(np.linspace(-0.15, 0.15, len(genres)), genres, strict=True):
        low, middle, high = standard[values["genre"] == genre].quantile([0.25, 0.5, 0.75]).to_numpy()
        axes.hlines(places + shift, low, high, color=colours[genre], alpha=0.35, linewidth=5)
        axes.plot(middle, places + shift, marker="o", color=colours[genre], label=genre)
    axes.axvline(0, color="#666666", linestyle="--", linewidth=1)
    axes.set_yticks(places, [compare_feature(feature, False) or name_feature(feature) for feature in features])
    more = axes.secondary_yaxis("right")
    more.set_yticks(places, [compare_feature(feature, True) for feature in features])
    more.tick_params(length=0)
    axes.invert_yaxis()
    axes.set(
        title="Genres side by side", xlabel="standard deviations from the mean of all; bars: half of the genre's rows"
    )
    figure.legend(*axes.get_legend_handles_labels(), loc="outside upper center", ncols=len(genres), frameon=False)
    return figure


def _telling(contrasts: pd.DataFrame) -> list[str]:
    """Return the features that set genres apart most: of those with words for a listener, one of a kind."""
    strength = contrasts["cliffs_delta"].abs().groupby(contrasts["feature"]).max()
    features = list(strength.sort_values(ascending=False, kind="stable").index)
    heard = [feature for feature in features if compare_feature(feature, True)]
    kinds = {name_group(feature): feature for feature in reversed(heard)}
    return [feature for feature in heard if feature in kinds.values()][:MOST_BESIDE] or features[:MOST_BESIDE]


def _nothing(why: str) -> Figure:
    figure, axes = new_figure(width=7.5, height=1.2)
    axes.text(0.5, 0.5, why, ha="center", va="center", transform=axes.transAxes)
    axes.set_axis_off()
    return figure
