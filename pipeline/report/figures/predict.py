"""Music without labels: which genres were found, and how sure that is."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from pipeline.report.theme import genre_palette, new_figure

BINS = np.linspace(0, 1, 21)
COLOURS = {"new": "#0173b2", "learned from": "#b8c4ce"}


def draw_predictions(labels: pd.DataFrame, genres: Sequence[str]) -> Figure:
    """Draw how many files each genre got, those unlike the training music hatched, and how probable the answers are.

    Parameters
    ----------
    labels : pd.DataFrame
        rows of ``predictions``; those without a genre are left out
    genres : sequence of str
        all that the champion knows, found or not
    """
    named = labels[labels["genre"].notna()]
    is_unlike, is_known = (named[name].fillna(False).astype(bool) for name in ("unlike", "known"))
    counts = named["genre"].value_counts().reindex(list(genres), fill_value=0).sort_values(kind="stable")
    unlike = named["genre"][is_unlike].value_counts().reindex(counts.index, fill_value=0)
    colours = genre_palette(genres)
    figure, (left, right) = new_figure(1, 2, width=10.5, height=max(3.6, 0.34 * len(counts) + 1.4))
    left.barh(counts.index, counts, color=[colours[genre] for genre in counts.index])
    left.barh(counts.index, unlike, color="none", edgecolor="#333333", hatch="///", label="unlike the training music")
    left.set(title="Genres found", xlabel="files")
    left.xaxis.get_major_locator().set_params(integer=True)
    left.grid(visible=False, axis="y")
    probability = named["probability"].astype(float)
    parts = {"new": probability[~is_known], "learned from": probability[is_known]}
    right.hist(parts.values(), bins=BINS, stacked=True, color=COLOURS.values(), edgecolor="white", label=list(parts))
    is_chance = named["probability_is"].eq("chance").all()
    word = "chance of being right" if is_chance else "the model's vote, not calibrated"
    right.set(title="How sure", xlabel=f"probability of the genre: {word}", ylabel="files", xlim=(0, 1))
    if is_unlike.any() or is_known.any():
        figure.legend(loc="outside lower center", ncols=3)
    return figure
