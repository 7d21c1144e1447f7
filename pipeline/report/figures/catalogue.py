"""A picture of what there is: tracks a genre."""

import pandas as pd
import seaborn as sns
from matplotlib.figure import Figure

from pipeline.report.theme import genre_palette, new_figure


def draw_genre_counts(tracks: pd.DataFrame) -> Figure:
    """Draw how many tracks each genre has.

    Parameters
    ----------
    tracks : pd.DataFrame
        ``genre``
    """
    counts = tracks["genre"].value_counts().sort_index()
    figure, axes = new_figure(width=8, height=0.6 + 0.32 * len(counts))
    palette = genre_palette(counts.index)
    sns.barplot(
        x=counts.to_numpy(), y=counts.index, hue=counts.index, palette=palette, legend=False, saturation=1, ax=axes
    )
    for bars in axes.containers:
        axes.bar_label(bars, padding=3)
    axes.xaxis.get_major_locator().set_params(integer=True)
    axes.set(title="Tracks a genre", xlabel="tracks", ylabel="")
    return figure
