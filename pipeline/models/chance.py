"""What stage 06 adds to a champion: its vote as a chance of being right, and a set of genres with a promise."""

from dataclasses import dataclass

import numpy as np
from sklearn.base import BaseEstimator

from pipeline.models.calibrators import STORED_TYPES
from pipeline.models.persistence import FittedModel, load_extra, pack_extra
from pipeline.store import ModelFile, Run

ROLE = "chance"
"""Of its document in ``models``; champions and the models beside them have none."""

COVERAGE = 0.9
"""The share of tracks of each genre whose set is to hold that genre."""

FEWEST_GROUPS = 9
"""Of fewer tracks or artists of a genre, no set but that of all genres could promise nine in ten: 1 / (1 - 0.9) - 1."""


_NUMBERS = ("error", "thresholds", "n_groups", "resampled")


@dataclass(frozen=True)
class Chance:
    """How votes of a champion for whole tracks are read.

    Attributes
    ----------
    genres : tuple of str [shape=(k,)]
    calibrator : BaseEstimator
        fitted, of `CALIBRATORS`
    error : float
        expected calibration error of its chances for tracks that neither it nor the model had learned from
    n_tracks : int
        it was fitted on
    thresholds : np.ndarray [shape=(k,)]
        the least chance with which a genre is in the set; missing where nothing can be promised for that genre
    n_groups : np.ndarray [shape=(k,), dtype=int]
        tracks or artists of each genre that the promise is made from
    resampled : str
        what these are: ``tracks`` or ``artists``
    """

    genres: tuple[str, ...]
    calibrator: BaseEstimator
    error: float
    n_tracks: int
    thresholds: np.ndarray
    n_groups: np.ndarray
    resampled: str

    def of(self, votes: np.ndarray) -> np.ndarray:
        """Return the chances of votes [shape=(n, k)]."""
        return self.calibrator.predict_proba(votes)

    @property
    def promises(self) -> bool:
        """Whether anything is promised of any genre."""
        return bool(np.isfinite(self.thresholds).any())

    @property
    def unpromised(self) -> tuple[str, ...]:
        """The genres of which nothing can be promised."""
        return tuple(genre for genre, t in zip(self.genres, self.thresholds, strict=True) if not np.isfinite(t))

    def genre_set(self, chances: np.ndarray) -> tuple[str, ...]:
        """Return the set of a track with these chances [shape=(k,)], most probable first; empty without a promise.

        It holds the most probable genre in any case.
        """
        if not self.promises:
            return ()
        inside = chances >= self.thresholds  # false where missing
        inside[chances.argmax()] = True
        return tuple(self.genres[i] for i in np.argsort(-chances, kind="stable") if inside[i])


def pack_chance(chance: Chance, champion: FittedModel) -> ModelFile:
    """Return it as it is stored, beside the champion."""
    parts = {"calibrator": chance.calibrator} | {name: getattr(chance, name) for name in _NUMBERS}
    return pack_extra(champion, ROLE, parts, genres=list(chance.genres), n_tracks=int(chance.n_tracks))


def load_chance(run: Run, champion: FittedModel) -> Chance | None:
    """Load what stage 06 made for a champion; None where it made nothing, as in runs of earlier versions.

    Raises
    ------
    UnusableModelError
        as `load_champion` does
    """
    for fields, parts in load_extra(run, "calibration", STORED_TYPES, role=ROLE):
        if list(fields.get("genres", ())) == list(champion.genres):
            return Chance(genres=tuple(champion.genres), n_tracks=fields["n_tracks"], **parts)
    return None
