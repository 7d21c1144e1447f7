"""The tracks that the champion learned from, as points to measure a song against."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from pipeline.errors import InputError
from pipeline.features import Wanted, get_feature_set
from pipeline.listen.answer import Neighbour, Unusual
from pipeline.models import FittedModel, UnusableModelError, load_extra, pack_extra
from pipeline.splits import find_policy, read_known
from pipeline.store import ModelFile, Run, read_band_means, read_frame, read_track_means

N_NEIGHBOURS = 5
SAME = 1e-3
"""A distance below this is the same recording: another decoder's rounding stays far below, another take far above."""

MOST_UNUSUAL = 6

ROLE = "reference"
"""Of its document in ``models``; only a champion that was imported has some, as its dataset is elsewhere."""

OWN, NEAR = "reference", "reference of neighbours"
"""Their names: in the champion's features, and in those whose nearest tracks tell genres best."""

COLUMNS = ("track_id", "genre", "artist", "title")


@dataclass(frozen=True)
class Reference:
    """Training tracks in features of one set; a track is the mean of its windows, a window that of its frames.

    Distances are Euclidean in standardised features, divided by the root of their number: 1 means that the features
    differ by one standard deviation (over these tracks) in the quadratic mean.

    Attributes
    ----------
    tracks : pd.DataFrame [shape=(n, …)]
        ``track_id, genre, artist, title``
    features : tuple of str [shape=(p,)]
    values : np.ndarray [shape=(n, p)]
    centre, scale : np.ndarray [shape=(p,)]
        mean and standard deviation; 1 where a feature never varies
    """

    tracks: pd.DataFrame
    features: tuple[str, ...]
    values: np.ndarray
    centre: np.ndarray
    scale: np.ndarray

    @classmethod
    def of(cls, tracks: pd.DataFrame, features: tuple[str, ...], values: np.ndarray) -> "Reference":
        """Return the reference of tracks (``track_id, genre, artist, title``) and their values."""
        spread = values.std(axis=0)
        centre, scale = values.mean(axis=0), np.where(spread > 0, spread, 1.0)
        return cls(tracks, features, values, centre, scale)

    def distances(self, song: np.ndarray) -> np.ndarray:
        """Return the distance of a song [shape=(p,)] from each track [shape=(n,)]."""
        return np.sqrt((((self.values - song) / self.scale) ** 2).mean(axis=1))

    def holds(self, song: np.ndarray) -> bool:
        """Tell whether a song [shape=(p,)] is one of these very recordings."""
        return bool(self.distances(song).min() < SAME)

    def nearest(self, song: np.ndarray) -> tuple[Neighbour, ...]:
        """Return the nearest tracks of a song [shape=(p,)], nearest first."""
        distances = self.distances(song)
        order = np.argsort(distances, kind="stable")[:N_NEIGHBOURS]
        rows = self.tracks.iloc[order]
        return tuple(
            Neighbour(row.track_id, row.genre, row.artist or None, row.title or None, float(distances[i]))
            for i, row in zip(order, rows.itertuples(index=False), strict=True)
        )

    def unusual(self, song: np.ndarray, genre: str) -> tuple[Unusual, ...]:
        """Return the features of a song [shape=(p,)] that lie outside what 90 % of a genre's tracks have."""
        own = self.values[(self.tracks["genre"] == genre).to_numpy()]
        if not len(own):
            return ()
        low, median, high = np.percentile(own, [5, 50, 95], axis=0)
        deviations = (song - median) / self.scale
        outside = np.flatnonzero((song < low) | (song > high))
        order = outside[np.argsort(-np.abs(deviations[outside]), kind="stable")][:MOST_UNUSUAL]
        return tuple(
            Unusual(
                self.features[i],
                float(song[i]),
                float(low[i]),
                float(median[i]),
                float(high[i]),
                len(own),
                float(deviations[i]),
            )
            for i in order
        )


def load_reference(
    run: Run, champion: FittedModel, feature_set: str, window_s: float, features: Sequence[str]
) -> Reference:
    """Load the tracks a champion learned from: all that are usable, not held out and not excluded.

    Parameters
    ----------
    run : Run
    champion : FittedModel
    feature_set : str
    window_s : float
        seconds
    features : sequence of str
        of that set

    Raises
    ------
    InputError
        where their segments are gone
    """
    columns = list(COLUMNS)
    learned = {"dataset": run.dataset, "status": "ready", "holdout": {"$ne": True}}
    tracks = read_frame(run.database["tracks"], learned, [*columns, "predefined_split"])
    tracks = tracks[find_policy(champion.split).counted(read_known(tracks))]
    features = tuple(features)
    segments = (run.database, run.dataset, feature_set, window_s)
    if get_feature_set(feature_set).is_sequence:
        means = read_band_means(*segments).set_axis(["track_id", *features], axis=1)
    else:
        means = read_track_means(*segments, features)
    known = tracks.merge(means, on="track_id", how="inner")
    if known.empty:
        raise InputError(
            f"dataset {run.dataset!r} has no {window_s:g}-second segments of {feature_set!r} any more: "
            "run 02_extract first"
        )
    described = known[columns]
    described = described.astype(object).where(described.notna(), None)
    return Reference.of(described, features, known[list(features)].to_numpy(dtype=np.float64))


def pack_reference(champion: FittedModel, reference: Reference, by: Wanted, name: str = OWN) -> ModelFile:
    """Return a reference in features of a set and window length as it goes along with a champion."""
    tracks = reference.tracks[list(COLUMNS)]
    parts = {"tracks": json.dumps(tracks.to_dict("list"), ensure_ascii=False), "values": reference.values}
    features = list(reference.features)
    return pack_extra(champion, ROLE, parts, name=name, feature_set=by[0], window_s=float(by[1]), features=features)


def load_kept_references(run: Run) -> dict[str, tuple[Wanted, Reference]]:
    """Load those that an imported champion came with, by name, each with the set and window length that it is of.

    Raises
    ------
    UnusableModelError
        where one is damaged
    """
    found = {}
    for fields, parts in load_extra(run, ROLE, (), role=ROLE):
        try:
            tracks = pd.DataFrame(json.loads(parts["tracks"]), columns=list(COLUMNS), dtype=object)
            values = np.asarray(parts["values"], dtype=np.float64)
            if values.shape != (len(tracks), len(fields["features"])) or not len(tracks):
                raise ValueError(values.shape)
        except (KeyError, TypeError, ValueError) as error:
            raise UnusableModelError(run, ROLE, "is damaged") from error
        by = (fields["feature_set"], float(fields["window_s"]))
        found[fields["name"]] = by, Reference.of(tracks, tuple(fields["features"]), values)
    return found
