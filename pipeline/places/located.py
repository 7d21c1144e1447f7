"""The tracks of a dataset of which it is known where they are from, with their features."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from pymongo.database import Database

from pipeline.errors import InputError
from pipeline.evaluation.samples import load_all, of_main_set
from pipeline.evaluation.track_means import track_means
from pipeline.globe.sphere import to_vectors
from pipeline.settled import read_settled

FEWEST_PLACES = 5
"""Of fewer places there is nothing to tell apart."""
FEWEST_TRACKS = 20

ORIGIN = ["track_id", "holdout", "country", "latitude", "longitude"]


@dataclass(frozen=True)
class Located:
    """Tracks with places, one row each.

    Attributes
    ----------
    feature_set : str
    window_s : float
        seconds
    X : np.ndarray [shape=(n, p)]
        the mean of a track's rows
    places : np.ndarray [shape=(n, 3)]
        unit vectors
    rows : pd.DataFrame [shape=(n, …)]
        ``track_id``, ``country`` (None where unknown), ``latitude``, ``longitude``; numbers: ``group``, where all
        tracks of a recording are one, and ``artist``, where all of an artist are one; ``artist_known``
    n_unknown : int
        usable tracks whose place is unknown or impossible; they are left out
    """

    feature_set: str
    window_s: float
    X: np.ndarray
    places: np.ndarray
    rows: pd.DataFrame
    n_unknown: int

    def __len__(self) -> int:
        return len(self.X)


def load_located(database: Database, dataset: str) -> Located:
    """Load the tracks whose latitude and longitude are known, held out or not: longest windows of the main features.

    Raises
    ------
    InputError
        where nothing is extracted, or too few tracks or places are known
    """
    samples = of_main_set(load_all(database, dataset))[0]
    tracks = read_settled(database, dataset, ORIGIN).set_index("track_id")
    of_track = samples.rows.drop_duplicates("track_id").set_index("track_id")
    X = pd.DataFrame(track_means(samples), index=of_track.index[of_track["track"].argsort()])
    rows = tracks.loc[X.index, ["country", "latitude", "longitude"]].join(of_track[["group", "artist", "artist_known"]])
    known = can_be(rows["latitude"], rows["longitude"])
    rows, X = rows[known].rename_axis("track_id").reset_index(), X[known.to_numpy()].to_numpy()
    n_places = len(rows[["latitude", "longitude"]].drop_duplicates())
    if len(rows) < FEWEST_TRACKS or n_places < FEWEST_PLACES:
        raise InputError(
            f"dataset {dataset!r} has {len(rows)} tracks with latitude and longitude, from {n_places} places; telling "
            f"where music is from needs {FEWEST_TRACKS} tracks from {FEWEST_PLACES} places: columns latitude and "
            "longitude of the table, or of --metadata"
        )
    places = to_vectors(rows["latitude"].to_numpy(), rows["longitude"].to_numpy())
    return Located(samples.feature_set, samples.window_s, X, places, rows, int((~known).sum()))


def can_be(latitude: pd.Series, longitude: pd.Series) -> pd.Series:
    """Tell which pairs of degrees are a place: known, and in range."""
    lat, lon = latitude.astype(float), longitude.astype(float)
    return lat.between(-90, 90) & lon.between(-180, 180)
