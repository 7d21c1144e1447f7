"""The sides of a predefined split, and the words for them."""

from collections.abc import Iterable

import pandas as pd

from pipeline.printable import count

SIDES = {
    "train": ("train", "training"),
    "valid": ("valid", "validation", "val", "dev"),
    "test": ("test", "testing"),
}
"""What a cell or a folder may say, whatever its case; any other word, and an empty cell, excludes the track."""

_SIDE_OF = {word: side for side, words in SIDES.items() for word in words}


def says_sides(cells: Iterable[str]) -> bool:
    """Tell whether a column names sides, and more than one: most of its filled cells do."""
    sides = [predefined_side(cell) for cell in cells if cell]
    named = list(filter(None, sides))
    return 2 * len(named) > len(sides) and len(set(named)) > 1


def predefined_side(value: str | None) -> str:
    """Return ``train``, ``valid``, ``test``, or an empty string for what is excluded."""
    return _SIDE_OF.get(value.strip().casefold(), "") if isinstance(value, str) else ""


def settle_sides(rows: pd.DataFrame, column: str | None, notes: list[str], *, told_better: bool) -> pd.Series:
    """Return the side of each row of a table as it is written; of a track whose rows name several it is unknown.

    Parameters
    ----------
    rows : pd.DataFrame
        ``track_id``, ``predefined_split``
    column : str or None
        the column that says it, if any
    notes : list of str
        gets a sentence on what is said
    told_better : bool
        whether metadata name sides, which count before the table's
    """
    written = rows["predefined_split"]
    if column is None:
        return written
    sides = written.map(predefined_side)
    torn = sides.groupby(rows["track_id"]).transform("nunique") > 1
    counts = sides[~torn & ~rows["track_id"].duplicated()].value_counts()
    listed = ", ".join(f"{side} {counts.get(side, 0)}" for side in SIDES)
    said = f"column {column!r} names the sides of a split ({listed} tracks): --split predefined uses it"
    if torn.any():
        n = rows.loc[torn, "track_id"].nunique()
        said += f", but for {count(n, 'track')} with rows on several sides"
    notes.append(f"{said}; a side that --metadata names counts before that" if told_better else said)
    return written.mask(torn, None)
