"""``predefined``: the sides that metadata, a table or folders name."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from pipeline.errors import InputError
from pipeline.sources.sides import SIDES, predefined_side
from pipeline.splits.policies.policy import Policy

__all__ = ["PREDEFINED", "SIDES", "predefined_side"]

_LEARNED = ("train", "valid")


@dataclass(frozen=True)
class _Predefined(Policy):
    def units(self, rows: pd.DataFrame) -> np.ndarray:
        """Return the artist of each row, or its track where no artist is known: an artist's tracks are alike."""
        return rows["artist"].to_numpy()

    def counted(self, rows: pd.DataFrame) -> np.ndarray:
        """Tell which rows are on any side."""
        return (rows["predefined"] != "").to_numpy()

    def split(
        self, rows: pd.DataFrame, genres: np.ndarray, *, seed: int, repeat: int = 0
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return the rows to learn from, train and valid, and those to test on, the same every time.

        A row to learn from leaves where it is of a group that is tested on.
        """
        train = rows["predefined"].isin(_LEARNED).to_numpy() & ~self.repeating(rows)
        return np.flatnonzero(train), np.flatnonzero(rows["predefined"].eq("test"))

    def repeating(self, rows: pd.DataFrame) -> np.ndarray:
        """Tell which rows to learn from are of a group that is tested on."""
        groups = self.groups(rows)
        tested = np.isin(groups, groups[rows["predefined"].eq("test")])
        return tested & rows["predefined"].isin(_LEARNED).to_numpy()

    def say_known(self, tracks: pd.DataFrame) -> list[str]:
        """Count the tracks of each side; refuse where there are none to learn from, or none to test on."""
        counts = tracks["predefined"].value_counts().reindex([*SIDES, ""], fill_value=0)
        if not counts["train"] + counts["valid"] or not counts["test"]:
            raise InputError(
                f"--split {self.name}: nothing names two sides: {counts['train']} tracks for train, {counts['valid']} "
                f"for valid and {counts['test']} for test; give a column like split, which says train or test, to "
                "--metadata or in the table itself, or choose --split track"
            )
        return [
            f"Predefined split: {counts['train'] + counts['valid']} tracks to learn from ({counts['train']} train, "
            f"{counts['valid']} valid), {counts['test']} to test on; {counts['']} have another value or none, "
            "and are neither learned from nor scored."
        ]

    def say_held(self, rows: pd.DataFrame) -> list[str]:
        """Count the tracks of the test side that are held out: a published figure is of all of them."""
        tested = rows[rows["predefined"] == "test"].drop_duplicates("track")
        n_held = int(tested["holdout"].sum())
        if not n_held:
            return []
        return [
            f"{n_held} of the {len(tested)} tracks of the test side are held out, and not tested here. To test all of "
            "them, as published figures do, run without --holdout in a dataset of its own (--dataset)."
        ]


PREDEFINED = _Predefined(
    "predefined",
    label="the predefined split",
    about="the sides that metadata, the table or folders name",
    joined_by="under",
    leak="don't outlast the predefined split",
    resampled="artists",
    line="dotted",
    drawn=False,
    leaves_out="the predefined split excludes them",
    holdout_share=0.0,
    no_holdout="No track is held out: under the predefined split the tracks of its test side are the unseen ones, and "
    "the test score above is of all of them. The champion was chosen by it, which makes it a little too good.",
)
