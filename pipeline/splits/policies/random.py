"""``random``: the naive shuffle of rows, stratified by genre, as in most published student projects."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from pipeline.splits.policies.policy import Policy


@dataclass(frozen=True)
class _Random(Policy):
    def groups(self, rows: pd.DataFrame) -> np.ndarray:
        """Return a number of its own for each row: nothing stays on one side, not even a row and its copy."""
        return np.arange(len(rows))

    def units(self, rows: pd.DataFrame) -> np.ndarray:
        """Return the track of each row: rows of one track are no independent evidence, wherever they lie."""
        return rows["group"].to_numpy()


RANDOM = _Random(
    "random",
    label="rows shuffled",
    about="rows are shuffled, so segments of one track, and copies of a row, lie on both sides",
    compared_with="track",
    line="dashed",
    honest=False,
)
