"""What a split policy is: what stays on one side, what is left out, what the metadata must say, and how it is told."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from pipeline.printable import count
from pipeline.random_streams import stream
from pipeline.splits.draw import train_test_split


@dataclass(frozen=True)
class Policy:
    """A split policy that keeps whole tracks on one side; others override what they do otherwise.

    A new policy is a module beside this one and its line in ``POLICIES``.

    Attributes
    ----------
    name : str
        as ``--split`` and the column ``split_policy`` have it
    label : str
        for pictures, and for sentences after `joined_by`
    about : str
        for tables, said of rows
    joined_by : str
        what joins `label` to a score: *with* tracks kept whole, *under* the predefined split
    leak : str
        what is told of the part of a score under `compared_with` that is gone under this policy: "12 points of that
        score …"
    compared_with : str
        name of the policy whose scores this one's are set beside
    resampled : str
        what intervals are over, in words, where it is known; `units` gives them
    line : str
        Matplotlib's name of the line in pictures
    honest : bool
        whether no track lies on both sides, so that a test score speaks of tracks that no model has learned from
    drawn : bool
        whether each repeat draws a split of its own; else all repeats have the same, and only the model's seed varies
    keeps_artists : bool
        whether all tracks of an artist are on one side
    leaves_out : str
        why rows that `counted` leaves out don't count, as a clause of its own
    holdout_share : float
        share of the tracks that is held out where results are read under this policy and nobody says another share
    no_holdout : str
        what stands for the holdout where none is drawn, as a sentence
    """

    name: str
    label: str
    about: str
    joined_by: str = "with"
    leak: str = "don't outlast it"
    compared_with: str = "random"
    resampled: str = "tracks"
    line: str = "solid"
    honest: bool = True
    drawn: bool = True
    keeps_artists: bool = False
    leaves_out: str = ""
    holdout_share: float = 0.1
    no_holdout: str = "No track is held out, so nobody knows how good the champion is on tracks it was not chosen on."

    @property
    def phrase(self) -> str:
        """How a sentence tells of the policy after a score: ``with tracks kept whole``."""
        return f"{self.joined_by} {self.label}"

    def groups(self, rows: pd.DataFrame) -> np.ndarray:
        """Return what stays on one side, as a number for each row: a track, as one with its duplicates.

        Parameters
        ----------
        rows : pd.DataFrame [shape=(n, …)]
            as in ``Samples``
        """
        return rows["group"].to_numpy()

    def units(self, rows: pd.DataFrame) -> np.ndarray:
        """Return what intervals are over, as a number for each row: what stays on one side.

        Of the holdout's rows `holdout_units` tells.
        """
        return self.groups(rows)

    def counted(self, rows: pd.DataFrame) -> np.ndarray:
        """Tell which rows, or tracks of ``read_known``, are learned from or scored at all [shape=(n,), dtype=bool]."""
        return np.ones(len(rows), dtype=bool)

    def split(
        self, rows: pd.DataFrame, genres: np.ndarray, *, seed: int, repeat: int = 0
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return the rows to learn from and those to test on, by number, ascending: 75/25, stratified by genre.

        ``split_rows`` calls this, and verifies what it gives.
        """
        return train_test_split(self.groups(rows), genres, stream("split", seed, repeat))

    def draws_as(self, other: "Policy", rows: pd.DataFrame) -> bool:
        """Tell whether this policy and another draw the same splits of these rows, with intervals over the same.

        So it is where they keep the same rows together: of tracks of one row each, and artists of one track each,
        shuffling draws what keeping tracks or artists whole draws.

        Parameters
        ----------
        rows : pd.DataFrame [shape=(n, …)]
            as in ``Samples``
        """
        drawn = self.drawn and other.drawn and type(self).split is type(other).split
        return drawn and all(
            np.array_equal(pd.factorize(own)[0], pd.factorize(others)[0])
            for own, others in (
                (self.groups(rows), other.groups(rows)),
                (self.units(rows), other.units(rows)),
                (self.counted(rows), other.counted(rows)),
            )
        )

    def say_known(self, tracks: pd.DataFrame) -> list[str]:
        """Say what becomes of the tracks of which the metadata don't say enough.

        Parameters
        ----------
        tracks : pd.DataFrame
            one row a track, as ``read_known`` returns them

        Returns
        -------
        list of str
            sentences; none where no metadata are needed

        Raises
        ------
        InputError
            where the metadata don't say enough of any track
        """
        return []

    def say_held(self, rows: pd.DataFrame) -> list[str]:
        """Say what the holdout takes away from what this policy would test; nothing where it draws its own tests.

        Parameters
        ----------
        rows : pd.DataFrame [shape=(n, …)]
            as in ``Samples``, held out or not
        """
        return []

    def repeating(self, rows: pd.DataFrame) -> np.ndarray:
        """Tell which rows leave the training side, for repeating one that is tested on [shape=(n,), dtype=bool]."""
        return np.zeros(len(rows), dtype=bool)

    def say_repeating(self, rows: pd.DataFrame) -> str:
        """Say how many tracks leave the training side for that, as a clause; empty where none do."""
        n = rows.loc[self.repeating(rows), "track"].nunique()
        return f"{count(n, 'track')} left out of training for repeating a tested one" if n else ""

    def say_split(self, rows: pd.DataFrame) -> list[str]:
        """Say what becomes of rows: what `say_known` says, and what leaves, which shows once duplicates are known.

        Raises
        ------
        InputError
            as `say_known`
        """
        sentences = self.say_known(rows.drop_duplicates("track", ignore_index=True))
        repeating = self.say_repeating(rows)
        return [*sentences, f"{repeating}."] if repeating else sentences
