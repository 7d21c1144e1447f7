"""Music without labels: which genres were found, and how sure that is."""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from pipeline.report.theme import genre_palette, new_figure

BINS = np.linspace(0, 1, 21)


def draw_predictions(labels: pd.DataFrame) -> Figure:
    """Draw how many files each genre got, those unlike the training music hatched, and how probable the answers are.

    Parameters
    ----------
    labels : pd.DataFrame
        rows of ``predictions``; those without a genre are left out
    """
    named = labels[labels["genre"].notna()]
    counts = named["genre"].value_counts().sort_index().sort_values(kind="stable")
    unlike = named[named["unlike"].fillna(False).astype(bool)]["genre"].value_counts().reindex(counts.index).fillna(0)
    colours = genre_palette(counts.index)
    height = max(3.2, 0.34 * len(counts) + 1.2)
    figure, (left, right) = new_figure(1, 2, width=10.5, height=height)
    left.barh(counts.index, counts, color=[colours[genre] for genre in counts.index])
    if unlike.any():
        left.barh(
            counts.index, unlike, color="none", edgecolor="#333333", hatch="///", label="unlike the training music"
        )
        left.legend(loc="lower right")
    left.set(title="Genres found", xlabel="files")
    left.grid(visible=False, axis="y")
    is_chance = named["probability_is"].eq("chance").all() and len(named)
    right.hist(named["probability"].astype(float), bins=BINS, color="#0173b2", edgecolor="white")
    word = "chance of being right" if is_chance else "the model's vote, not calibrated"
    right.set(title="How sure", xlabel=f"probability of the genre: {word}", ylabel="files", xlim=(0, 1))
    return figure
