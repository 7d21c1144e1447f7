"""Music that is unlike what a model learned from, told by how far a song lies from the nearest genre.

Distances are Mahalanobis' (Lee et al. 2018): from the mean track of each genre, in a covariance that all genres share,
drawn towards the simpler one where tracks are few (Ledoit and Wolf 2004). `benchmarks/unlike.md` sets it beside nearest
neighbours, relative distances, energy and confidence: those of a model are no higher for noise than for music.
Features that follow the level of a recording are left out: a song played louder is the same song.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from sklearn.covariance import LedoitWolf

from pipeline.models.persistence import FittedModel, load_extra, pack_extra
from pipeline.store import ModelFile, Run

ROLE = "unlike"
"""Of its document in ``models``."""


@dataclass(frozen=True)
class Unlike:
    """Where the genres lie, as tracks outside the holdout have them; a track is the mean of its windows.

    Attributes
    ----------
    kept : np.ndarray of bool [shape=(p,)]
        features that are looked at; none: all, less their mean, as where all are levels of bands
    centre, scale : np.ndarray [shape=(q,)]
        of all tracks
    means : np.ndarray [shape=(k, q)]
        of each genre, standardised
    precision : np.ndarray [shape=(q, q)]
        inverse of the covariance within genres
    limit : float
        distance beyond which a song is unlike all genres; infinite where too few tracks tell what is usual
    false_alarms : float
        share of tracks of known genres, by artists not learned from, that it calls unlike; missing where unknown
    noticed : float
        share of tracks of genres that were left out, one after the other, that it calls unlike; missing where unknown
    """

    kept: np.ndarray
    centre: np.ndarray
    scale: np.ndarray
    means: np.ndarray
    precision: np.ndarray
    limit: float = np.inf
    false_alarms: float = np.nan
    noticed: float = np.nan

    @classmethod
    def fit(cls, values: np.ndarray, y: np.ndarray, kept: np.ndarray) -> "Unlike":
        """Return it for tracks [shape=(n, p)] of genres `y` [shape=(n,)], without a limit."""
        rows = _without_level(values, kept)
        centre, spread = rows.mean(axis=0), rows.std(axis=0)
        scale = np.where(spread > 0, spread, 1.0)
        places = (rows - centre) / scale
        _, codes = np.unique(y, return_inverse=True)
        means = np.array([places[codes == genre].mean(axis=0) for genre in range(codes.max() + 1)])
        within = LedoitWolf(assume_centered=True).fit(places - means[codes])
        identity = np.eye(places.shape[1])
        return cls(kept, centre, scale, means, np.linalg.pinv(within.covariance_ + _LEAST_VARIANCE * identity))

    def distances(self, values: np.ndarray) -> np.ndarray:
        """Return how far tracks [shape=(n, p)] lie from the nearest genre, in standard deviations a feature."""
        places = (_without_level(values, self.kept) - self.centre) / self.scale
        squares = [((places - mean) @ self.precision * (places - mean)).sum(axis=1) for mean in self.means]
        return np.sqrt(np.maximum(np.min(squares, axis=0), 0) / places.shape[1])


_LEAST_VARIANCE = 1e-3
_ARRAYS = ("kept", "centre", "scale", "means", "precision", "limit", "false_alarms", "noticed")


def level_free(features: Iterable[str], level: frozenset[str]) -> np.ndarray:
    """Tell which features don't follow the level of a recording [shape=(p,), dtype=bool]."""
    return np.array([feature not in level for feature in features])


def pack_unlike(unlike: Unlike, champion: FittedModel) -> ModelFile:
    """Return it as it is stored, beside the champion."""
    parts = {name: getattr(unlike, name) for name in _ARRAYS}
    return pack_extra(champion, ROLE, parts, features=list(champion.features))


def load_unlike(run: Run, champion: FittedModel) -> Unlike | None:
    """Load what stage 06 made for a champion; None where it made nothing, as in runs of earlier versions.

    Raises
    ------
    UnusableModelError
        as `load_champion` does
    """
    for fields, parts in load_extra(run, "measure of what is unlike", (), role=ROLE):
        if list(fields["features"]) == list(champion.features):
            return Unlike(**parts)
    return None


def _without_level(values: np.ndarray, kept: np.ndarray) -> np.ndarray:
    return values[:, kept] if kept.any() else values - values.mean(axis=1, keepdims=True)
