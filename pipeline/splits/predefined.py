"""The split that the metadata name: what a cell says, and which rows are on which side."""

import numpy as np
import pandas as pd

SIDES = {
    "train": ("train", "training"),
    "valid": ("valid", "validation", "val", "dev"),
    "test": ("test", "testing"),
}
"""What a cell may say, whatever its case; any other word, and an empty cell, excludes the track."""

_SIDE_OF = {word: side for side, words in SIDES.items() for word in words}


def predefined_side(value: str | None) -> str:
    """Return ``train``, ``valid``, ``test``, or an empty string for what is excluded."""
    return _SIDE_OF.get(value.strip().casefold(), "") if isinstance(value, str) else ""


def predefined_split(sides: pd.Series, groups: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the rows to learn from, train and valid, and those to test on.

    A row to learn from that is of a group that is tested on leaves.

    Parameters
    ----------
    sides : pd.Series [shape=(n,)]
        as `predefined_side` returns them
    groups : np.ndarray [shape=(n,)]

    Returns
    -------
    train, test : np.ndarray of int
        row numbers, ascending
    """
    test = sides.eq("test").to_numpy()
    train = sides.isin(("train", "valid")).to_numpy() & ~np.isin(groups, groups[test])
    return np.flatnonzero(train), np.flatnonzero(test)
