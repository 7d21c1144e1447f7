"""Music without labels: which genres were found, and how sure that is."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.figure import Figure

from pipeline.report.theme import genre_palette, new_figure, turn_labels
from pipeline.tables import ANY

BINS = np.linspace(0, 1, 21)
MOST_GENRES = 16
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


def draw_played(rates: pd.DataFrame, by_genre: pd.DataFrame) -> Figure:
    """Draw how many answers each harmless change makes others, with 95 % intervals, beside the same genre by genre.

    Parameters
    ----------
    rates : pd.DataFrame
        a row a change, and one of all together: ``change``, ``change_name``, ``flip_rate``, ``flip_ci_low``,
        ``flip_ci_high``, ``n``
    by_genre : pd.DataFrame
        by genre as the files are, a column a ``change_name``, and ``files``; of many genres those with most files are
        shown
    """
    shown = by_genre.sort_values("files", ascending=False, kind="stable").head(MOST_GENRES).sort_index()
    width = 5.2 + max(3.0, 0.62 * len(shown) + 1.2)
    figure, (left, right) = new_figure(
        1, 2, width=width, height=2.1 + 0.38 * len(rates), sharey=True, gridspec_kw={"width_ratios": [4.2, width - 5.2]}
    )
    places = np.arange(len(rates)) + 0.5
    rate, low, high = (rates[name].to_numpy(float) for name in ("flip_rate", "flip_ci_low", "flip_ci_high"))
    colours = ["#444444" if change == ANY else "#0173b2" for change in rates["change"]]
    left.hlines(places, low, high, colors=colours, linewidth=2.5)
    left.scatter(rate, places, c=colours, s=46, zorder=3)
    left.set(xlim=(-0.02, 1.02), xlabel="share that gets another genre", title=f"{int(rates['n'].max())} files")
    left.grid(visible=False, axis="y")
    cells = shown[rates["change_name"].tolist()].T
    labels = cells.map(lambda share: f"{share * 100:.0f}" if share else "").to_numpy()
    sns.heatmap(
        cells, vmin=0, vmax=1, cmap="Blues", annot=labels, fmt="", annot_kws={"size": 8}, linewidths=0.5,
        linecolor="#e8ecef", cbar=False, ax=right,
    )  # fmt: skip
    right.set_xticklabels([f"{genre} ({files})" for genre, files in shown["files"].items()])
    turn_labels(right)
    most = "" if len(by_genre) <= MOST_GENRES else f", the {MOST_GENRES} of most files"
    right.set(xlabel="", ylabel="", ylim=(len(rates), 0), title=f"by genre (files), in percent{most}")
    right.tick_params(axis="y", left=False, labelleft=False)
    right.grid(visible=False)
    return figure
