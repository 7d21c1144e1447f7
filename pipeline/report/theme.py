"""How all figures look: one theme, and one colour a genre wherever it appears."""

from collections.abc import Sequence
from typing import Any

import matplotlib.pyplot as plt
import seaborn as sns
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

GENRE_COLOURS = (
    "#0173b2",  # seaborn's colour-blind palette, then four of Paul Tol's muted scheme
    "#de8f05",
    "#029e73",
    "#d55e00",
    "#cc78bc",
    "#ca9161",
    "#fbafe4",
    "#949494",
    "#ece133",
    "#56b4e9",
    "#332288",
    "#117733",
    "#882255",
    "#44aa99",
)
SUBSET_COLOURS = {"train": "#b8c4ce", "test": "#0173b2", "holdout": "#d55e00"}


def apply_theme() -> None:
    """Set the theme of all figures in this process."""
    sns.set_theme(
        context="notebook",
        style="whitegrid",
        rc={
            "figure.dpi": 110,
            "figure.constrained_layout.use": True,
            "axes.titleweight": "bold",
            "text.parse_math": False,
        },
    )


def genre_palette(genres: Sequence[str]) -> dict[str, str]:
    """Return the colour of each genre: by its place in the sorted list, so that a dataset's genres keep theirs."""
    names = sorted(set(genres))
    colours = GENRE_COLOURS if len(names) <= len(GENRE_COLOURS) else sns.husl_palette(len(names)).as_hex()
    return dict(zip(names, colours, strict=False))


def new_figure(n_rows: int = 1, n_columns: int = 1, *, width: float, height: float, **options) -> tuple[Figure, Any]:
    """Return a figure [inches] and its axes, as ``plt.subplots`` does, but left for the notebook to show once."""
    apply_theme()
    figure, axes = plt.subplots(n_rows, n_columns, figsize=(width, height), **options)
    plt.close(figure)
    FigureCanvasAgg(figure)  # closing took its canvas, without which a renderer is made for each text that is measured
    return figure, axes


def turn_labels(axis: Any) -> None:
    """Write rows level and columns slanting, so that no name runs into the next, however many and long they are."""
    axis.tick_params(axis="y", rotation=0)
    axis.tick_params(axis="x", rotation=45)
    for label in axis.get_xticklabels():
        label.set(horizontalalignment="right", rotation_mode="anchor")
