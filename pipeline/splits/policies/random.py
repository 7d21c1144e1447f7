"""``random``: rows are shuffled, as in most published student projects."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from pipeline.splits.policies.policy import Policy


@dataclass(frozen=True)
class _Random(Policy):
    def groups(self, rows: pd.DataFrame) -> np.ndarray:
        """Return the content of each row, the same for duplicates: nothing else stays on one side."""
        return rows["content"].to_numpy()

    def units(self, rows: pd.DataFrame) -> np.ndarray:
        """Return the track of each row: rows of one track are no independent evidence, wherever they lie."""
        return rows["group"].to_numpy()


RANDOM = _Random(
    "random",
    label="rows shuffled",
    about="rows are shuffled, so segments of one track lie on both sides",
    compared_with="track",
    line="dashed",
    honest=False,
)
