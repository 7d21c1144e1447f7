"""Pictures of models on other datasets than their own: at home and away, genre by genre, dataset by dataset."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.figure import Figure

from pipeline.models import display_name
from pipeline.report.theme import SUBSET_COLOURS, new_figure, turn_labels

HOME, AWAY = SUBSET_COLOURS["train"], SUBSET_COLOURS["test"]
MOST_ROWS = 30


def draw_transfer(rows: pd.DataFrame) -> Figure:
    """Draw what each model gets on its own dataset and on another one, with 95 % intervals; the champion has a star.

    Parameters
    ----------
    rows : pd.DataFrame
        rows of ``transfers``, with ``trained_on``; what guessing gets is a line, where it was tested
    """
    several = rows[["trained_on", "tested_on"]].drop_duplicates().shape[0] > 1
    shown = rows[rows["is_champion"]] if several else rows[~rows["is_baseline"]]
    shown = shown.sort_values("recall", kind="stable").tail(MOST_ROWS)
    labels = [
        f"{row.trained_on} to {row.tested_on}"
        if several
        else f"{'★ ' if row.is_champion else ''}{display_name(row.model)}, {row.window_s:g} s, {row.feature_set}"
        for row in shown.itertuples()
    ]
    guesses = rows.loc[rows["is_baseline"], "recall"] if not several else pd.Series(dtype=float)
    return _dumbbells(shown, labels, "mean recall of the genres that both datasets have", guesses.max())


def draw_transfer_genres(by_genre: pd.DataFrame) -> Figure:
    """Draw which share of each genre the champion finds on its own dataset, and on another one.

    Parameters
    ----------
    by_genre : pd.DataFrame
        rows of ``transfer_genres``, with ``trained_on``; of several pairs of datasets the first
    """
    first = by_genre.iloc[0]
    shown = by_genre[(by_genre["trained_on"] == first.trained_on) & (by_genre["tested_on"] == first.tested_on)]
    shown = shown.sort_values("recall", kind="stable")
    title = f"{first.trained_on} to {first.tested_on}"
    return _dumbbells(shown, list(shown["genre"]), "share of the genre that is found", np.nan, title)


def draw_transfer_answers(answers: pd.DataFrame) -> Figure:
    """Draw what the champion calls each genre of another dataset; genres that it does not know come last.

    Parameters
    ----------
    answers : pd.DataFrame
        rows of ``transfer_answers``, with ``trained_on``; of several pairs of datasets the first
    """
    first = answers.iloc[0]
    here = answers[(answers["trained_on"] == first.trained_on) & (answers["tested_on"] == first.tested_on)]
    shares = here.pivot_table(index="actual", columns="predicted", values="share_of_actual", fill_value=0.0)
    mapped = here.drop_duplicates("actual").set_index("actual")["mapped_to"]
    order = sorted(shares.index, key=lambda genre: (pd.isna(mapped[genre]), str(mapped[genre]), genre))
    shares = shares.loc[order]
    names = [genre if pd.notna(mapped[genre]) else f"{genre} (unknown to it)" for genre in order]
    figure, axes = new_figure(width=max(7.5, 3.6 + 0.6 * shares.shape[1]), height=max(4.5, 2.0 + 0.42 * len(shares)))
    cells = shares.map(lambda share: f"{share:.0%}" if share else "").to_numpy()
    sns.heatmap(
        shares, vmin=0, vmax=1, cmap="Blues", annot=cells, fmt="", annot_kws={"size": 8}, linewidths=0.5,
        linecolor="#e8ecef", ax=axes, yticklabels=names, cbar_kws={"label": "share of the genre's tracks"},
    )  # fmt: skip
    turn_labels(axes)
    axes.set_title(f"{first.trained_on} to {first.tested_on}", fontsize=11)
    axes.set(xlabel=f"what the champion of {first.trained_on} calls it", ylabel=f"genre in {first.tested_on}")
    return figure


def draw_transfer_matrix(matrix: pd.DataFrame) -> Figure:
    """Draw the champions of all datasets on all others: the recall there, and in brackets that at home.

    Parameters
    ----------
    matrix : pd.DataFrame
        champions' rows of ``transfers``, with ``trained_on``
    """
    shares = matrix.pivot(index="trained_on", columns="tested_on", values="recall")
    own = matrix.pivot(index="trained_on", columns="tested_on", values="own_recall")
    cells = np.array([[_cell(shares.iloc[i, j], own.iloc[i, j]) for j in range(shares.shape[1])]
                      for i in range(len(shares))])  # fmt: skip
    figure, axes = new_figure(width=4.5 + 1.3 * shares.shape[1], height=2.4 + 0.9 * len(shares))
    sns.heatmap(
        shares.astype(float), vmin=0, vmax=1, cmap="Blues", annot=cells, fmt="", linewidths=1, linecolor="#e8ecef",
        ax=axes, cbar_kws={"label": "mean recall there"},
    )  # fmt: skip
    turn_labels(axes)
    axes.set_title("On the other dataset (on its own)", fontsize=11)
    axes.set(xlabel="tested on", ylabel="learned from")
    return figure


def _cell(there: float, own: float) -> str:
    return "" if pd.isna(there) else f"{there:.0%}" + ("" if pd.isna(own) else f"\n({own:.0%})")


def _dumbbells(shown: pd.DataFrame, labels: Sequence[str], what: str, guess: float, title: str = "") -> Figure:
    figure, axes = new_figure(width=9.5, height=1.9 + 0.46 * len(shown))
    places = np.arange(len(shown))
    for side, name, colour, shift in (("own_", "on its own dataset", HOME, 0.14), ("", "on the other", AWAY, -0.14)):
        _draw_side(axes, shown, places + shift, side, color=colour, label=name)
    if not np.isnan(guess):
        axes.axvline(guess, color="#8a5a00", linestyle="--", linewidth=1.2, label="guessing, on the other")
    axes.set_yticks(places, labels)
    axes.set(xlim=(0, 1), xlabel=what, ylim=(-0.6, len(shown) - 0.4))
    axes.set_title(title, fontsize=11)
    axes.grid(visible=False, axis="y")
    figure.legend(*axes.get_legend_handles_labels(), loc="outside lower center", ncols=3, frameon=False)
    return figure


def _draw_side(axes: Any, shown: pd.DataFrame, places: np.ndarray, side: str, **how: Any) -> None:
    rate, low, high = (shown[f"{side}{name}"].astype(float) for name in ("recall", "ci_low", "ci_high"))
    errors = np.vstack([(rate - low).fillna(0).clip(lower=0), (high - rate).fillna(0).clip(lower=0)])
    colour, label = how["color"], how["label"]
    axes.errorbar(rate, places, xerr=errors, fmt="o", color=colour, ecolor=colour, elinewidth=2.5, ms=7, label=label)
