"""Pictures of what is told below the genre."""

from itertools import pairwise

import pandas as pd
import seaborn as sns
from matplotlib.figure import Figure

from pipeline.evaluation.styles import GENRE_ONLY
from pipeline.report.theme import ink_on, new_figure

MOST_STYLES = 40
"""Of more, the names beside the map run into each other: those of the most tracks are shown."""
LEAST_WRITTEN = 0.05
"""Of a share: a smaller one is a colour alone."""
_CELL = 0.36


def draw_styles(styles: pd.DataFrame, answers: pd.DataFrame) -> Figure:
    """Draw what each style is taken for as a nested heat map, with a line between genres.

    Parameters
    ----------
    styles : pd.DataFrame
        rows of ``styles``
    answers : pd.DataFrame
        rows of ``style_answers``
    """
    shown = styles.nlargest(MOST_STYLES, "n").sort_values(["genre", "style"])
    rows = list(zip(shown["genre"], shown["style"], strict=True))
    genres = list(dict.fromkeys(genre for genre, _ in rows))
    others = sorted(set(answers["answered_genre"]) - set(genres))
    columns = [(genre, style) for genre in genres for style in [*_of(rows, genre), GENRE_ONLY]]
    columns += [(genre, GENRE_ONLY) for genre in others]
    cells = answers.assign(
        row=list(zip(answers["genre"], answers["style"], strict=True)),
        column=list(zip(answers["answered_genre"], answers["answered_style"], strict=True)),
    )
    shares = cells.set_index(["row", "column"])["share_of_style"].unstack(fill_value=0.0)
    shares = shares.reindex(index=pd.Index(rows, tupleize_cols=False), columns=pd.Index(columns, tupleize_cols=False))
    shares = shares.fillna(0.0)
    figure, axis = new_figure(width=4.5 + _CELL * len(columns), height=3.2 + _CELL * len(rows))
    texts = shares.map(lambda share: f"{100 * share:.0f}" if share >= LEAST_WRITTEN else "")
    sns.heatmap(
        shares, vmin=0, vmax=max(0.5, float(shares.to_numpy().max())), cmap="Blues", annot=texts.to_numpy(), fmt="",
        annot_kws={"size": 8}, square=True, linewidths=0.5, linecolor="#e8ecef", ax=axis,
        cbar_kws={"label": "share of the style's tracks", "shrink": 0.6, "format": lambda share, _: f"{share:.0%}"},
    )  # fmt: skip
    colours = axis.collections[0].get_facecolors()
    for text in axis.texts:
        x, y = (int(place) for place in text.get_position())
        text.set_color(ink_on(colours[y * len(columns) + x][:3]))
    for edge in _edges([genre for genre, _ in rows]):
        axis.axhline(edge, color="#444444", linewidth=1.2)
    for edge in _edges([genre for genre, _ in columns]):
        axis.axvline(edge, color="#444444", linewidth=1.2)
    axis.set_yticks([place + 0.5 for place in range(len(rows))], [style for _, style in rows], rotation=0, fontsize=9)
    axis.set_xticks(
        [place + 0.5 for place in range(len(columns))],
        [f"{genre}, no style" if style == GENRE_ONLY else style for genre, style in columns],
        rotation=55, ha="right", rotation_mode="anchor", fontsize=9,
    )  # fmt: skip
    for genre, place in _middles([genre for genre, _ in rows]):
        axis.text(len(columns) + 0.3, place, genre, va="center", fontsize=10, fontweight="bold")
    axis.set(xlabel="answered", ylabel="actual style", title="% of each style's tracks, out of fold")
    return figure


def _of(rows: list[tuple[str, str]], genre: str) -> list[str]:
    return [style for of, style in rows if of == genre]


def _edges(genres: list[str]) -> list[int]:
    """Return where another genre begins."""
    return [i for i in range(1, len(genres)) if genres[i] != genres[i - 1]]


def _middles(genres: list[str]) -> list[tuple[str, float]]:
    """Return the middle of each genre's rows."""
    edges = [0, *_edges(genres), len(genres)]
    return [(genres[start], (start + end) / 2) for start, end in pairwise(edges)]
