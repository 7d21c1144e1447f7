"""The space that playlists are made in: a dataset's tracks as standardised, weighted points."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from pymongo.database import Database

from pipeline.catalogue import extracted_windows
from pipeline.errors import InputError
from pipeline.features import trained_on
from pipeline.playlist.names import fold
from pipeline.set_names import COMBINE, asked_parts, parts_of
from pipeline.splits import artist_key, recordings
from pipeline.store import feature_names, read_frame, read_track_means

TRACK = ("track_id", "artist", "title", "genre")
_READ = [*TRACK, "path", "same_recording_as", "duplicate_of"]
BLOCK = 4096
"""Rows at a time: their differences stay in a core's own memory."""


@dataclass(frozen=True)
class Space:
    """Tracks as points.

    Attributes
    ----------
    dataset : str
    feature_set : str
        of a combination, each set weighs alike
    window_s : float
        seconds
    tracks : pd.DataFrame [shape=(n, …)]
        ``track_id, artist, title, genre, path, recording`` (the first track that holds the same one)
    features : tuple of str [shape=(p,)]
    z : np.ndarray [shape=(n, p), dtype=float32]
        standardised values
    weights : np.ndarray [shape=(p,), dtype=float32]
        none below 0, their sum 1
    centre, scale : np.ndarray [shape=(p,)]
        mean and standard deviation; 1 where a feature never varies
    """

    dataset: str
    feature_set: str
    window_s: float
    tracks: pd.DataFrame
    features: tuple[str, ...]
    z: np.ndarray
    weights: np.ndarray
    centre: np.ndarray
    scale: np.ndarray

    @classmethod
    def of(
        cls,
        tracks: pd.DataFrame,
        features: Sequence[str],
        values: np.ndarray,
        weights: np.ndarray | None = None,
        **about,
    ) -> "Space":
        """Return the space of tracks and their values [shape=(n, p)]; features weigh alike where nobody says else."""
        spread = values.std(axis=0)
        centre, scale = values.mean(axis=0), np.where(spread > 0, spread, 1.0)
        rows = tracks.reset_index(drop=True).astype(object)
        given = np.ones(len(features)) if weights is None else np.asarray(weights, dtype=float)
        return cls(
            about.get("dataset", ""),
            about.get("feature_set", "table"),
            about.get("window_s", 30.0),
            rows.where(rows.notna(), None),
            tuple(features),
            ((values - centre) / scale).astype(np.float32),
            (given / given.sum()).astype(np.float32),
            centre,
            scale,
        )

    def __len__(self) -> int:
        return len(self.tracks)

    def place(self, values: np.ndarray) -> np.ndarray:
        """Return values of a song [shape=(p,)] as a point."""
        return ((values - self.centre) / self.scale).astype(np.float32)

    def squared_distances(self, point: np.ndarray) -> np.ndarray:
        """Return the squared distance of each track from a point [shape=(n,)], to single precision.

        Differences are taken, and no products of sums, so that tracks near the point lose no digits.
        """
        point = np.asarray(point, dtype=np.float32)
        found = np.empty(len(self.z), dtype=np.float32)
        for first in range(0, len(self.z), BLOCK):
            differences = self.z[first : first + BLOCK] - point
            found[first : first + BLOCK] = np.square(differences, out=differences) @ self.weights
        return found

    @cached_property
    def varies(self) -> np.ndarray:
        """Whether each feature varies [shape=(p,)]; its variance is 1 then."""
        return (self.z != self.z[0]).any(axis=0)

    @cached_property
    def places(self) -> dict[str, int]:
        """Row of each track."""
        return {name: place for place, name in enumerate(self.tracks["track_id"])}

    @cached_property
    def folded(self) -> list[str]:
        """What each track can be asked for by: its artist, title and id, folded."""
        asked = self.tracks[["artist", "title", "track_id"]].astype(object)
        return [fold(*row) for row in asked.itertuples(index=False)]

    @cached_property
    def artists(self) -> np.ndarray:
        """Number of each track's artist [shape=(n,)]; -1 where unknown."""
        return pd.factorize(self.tracks["artist"].map(artist_key))[0]

    @cached_property
    def recordings(self) -> np.ndarray:
        """Number of each track's recording [shape=(n,)]."""
        return pd.factorize(self.tracks["recording"])[0]

    @cached_property
    def firsts(self) -> np.ndarray:
        """Row of the first track of each track's recording [shape=(n,)]."""
        _, first, code = np.unique(self.recordings, return_index=True, return_inverse=True)
        return first[code]


def load_space(database: Database, dataset: str, feature_set: str = "") -> Space:
    """Load the tracks of a dataset.

    Parameters
    ----------
    database : Database
    dataset : str
    feature_set : str
        sets joined by ``+``; empty: the main one and those that a network learned

    Raises
    ------
    InputError
        where there is no such dataset, it has no vectors, or not of that set, or one is joined with itself
    """
    stored = {
        part: windows for name, windows in extracted_windows(database, dataset).items() for part in parts_of(name)
    }
    if not stored:
        raise InputError(f"dataset {dataset!r} has no features yet: `genrelab run` on it extracts them")
    parts = asked_parts(feature_set) if feature_set else _usual(database, dataset, stored)
    for part in parts:
        if part not in stored:
            raise InputError(f"dataset {dataset!r} has no features {part!r}; it has: {', '.join(stored)}")
    window_s = min(stored[part][0] for part in parts)
    tracks = read_frame(database["tracks"], {"dataset": dataset, "status": "ready"}, _READ)
    tracks["recording"] = recordings(tracks)
    known, columns, weights = tracks, [], []
    for part in parts:
        own = [name for name in feature_names(database, dataset, part, window_s) if name not in columns]
        known = known.merge(read_track_means(database, dataset, part, window_s, own), on="track_id")
        columns += own
        weights += [1 / len(own)] * len(own)
    if known.empty:
        raise InputError(f"dataset {dataset!r} has no usable track with {COMBINE.join(parts)!r}")
    known = known.sort_values("track_id", ignore_index=True)
    return Space.of(
        known[[*TRACK, "path", "recording"]],
        columns,
        known[columns].to_numpy(dtype=np.float64),
        np.array(weights),
        dataset=dataset,
        feature_set=COMBINE.join(parts),
        window_s=window_s,
    )


def _usual(database: Database, dataset: str, stored: dict[str, list[float]]) -> list[str]:
    first, *others = stored
    return [first, *(name for name in others if trained_on(feature_names(database, dataset, name, stored[name][0])))]
