"""How all figures look: one theme, and one colour a genre wherever it appears."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from matplotlib.figure import Figure

GENRE_COLOURS = (
    "#0173b2",
    "#c87a00",
    "#029e73",
    "#d3400a",
    "#d065b5",
    "#92673f",
    "#d0305f",
    "#868686",
    "#8a8c00",
    "#3f9be0",
    "#7d60dd",
    "#3d8a22",
    "#a446b0",
    "#159ba6",
)
"""Hues of seaborn's colour-blind palette and beyond, neither paler nor darker than lines may be: each is told from
white, and from the paper of dark pages, by a contrast of 3:1, so that a genre has one colour on both."""

MANY = 0.58
"""Lightness of the hues of more genres, as light as the colours above."""

SUBSET_COLOURS = {"train": "#7b8b98", "test": "#0173b2", "holdout": "#d55e00"}


def apply_theme() -> None:
    """Set the theme of all figures in this process."""
    import seaborn as sns

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
    if len(names) <= len(GENRE_COLOURS):
        return dict(zip(names, GENRE_COLOURS, strict=False))
    from seaborn import husl_palette

    return dict(zip(names, husl_palette(len(names), l=MANY).as_hex(), strict=True))


def ink_on(colour: Any) -> str:
    """Return black or white, whichever is told from a colour more easily (contrast as in WCAG 2)."""
    from matplotlib.colors import to_rgb

    parts = np.array(to_rgb(colour))
    linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    luminance = float(linear @ (0.2126, 0.7152, 0.0722))
    return "#000000" if (luminance + 0.05) ** 2 > 1.05 * 0.05 else "#ffffff"


def new_figure(n_rows: int = 1, n_columns: int = 1, *, width: float, height: float, **options) -> tuple["Figure", Any]:
    """Return a figure [inches] and its axes, as ``plt.subplots`` does, but left for the notebook to show once."""
    import matplotlib.pyplot as plt
    from matplotlib.backends.backend_agg import FigureCanvasAgg

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
