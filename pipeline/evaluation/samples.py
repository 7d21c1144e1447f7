"""The rows that models see: features, labels, and which track each row belongs to."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from pymongo.database import Database

from pipeline.catalogue import extracted_windows, find_dataset
from pipeline.errors import InputError
from pipeline.evaluation.sequences import read_sequences
from pipeline.features import get_feature_set
from pipeline.features.gaussian import MFCC_GAUSSIAN_V1
from pipeline.models import find_entry
from pipeline.store import read_frame, read_segments

FEWEST_TRACKS = 3
"""A genre needs this many tracks outside the holdout to have one to test on and two to learn from."""

OTHER_STATISTICS = ("_var", "_cov", "_std", "_sd", "_min", "_max", "_median")


@dataclass(frozen=True)
class Samples:
    """Segments of one window length as arrays, one row each: vectors, or sequences of frames for recurrent models.

    Attributes
    ----------
    feature_set : str
    window_s : float
        seconds
    features : tuple of str [shape=(p,)]
        of a sequence: its bands
    genres : tuple of str [shape=(k,)]
        sorted; what the numbers in `y` mean
    X : np.ndarray [shape=(n, p), dtype=float64]
        of sequences [shape=(n, n_frames, p), dtype=float16]
    y : np.ndarray [shape=(n,), dtype=int]
    rows : pd.DataFrame [shape=(n, …)]
        ``track_id``, ``start_s``, ``holdout``, and numbers: ``track``; ``group``, where a track and its duplicates are
        one; ``content``, where a row and its duplicates are one
    """

    feature_set: str
    window_s: float
    features: tuple[str, ...]
    genres: tuple[str, ...]
    X: np.ndarray
    y: np.ndarray
    rows: pd.DataFrame

    @property
    def kind(self) -> str:
        """What models may take these rows for: ``frames``, ``gaussian`` or ``vectors``."""
        if self.X.ndim == 3:
            return "frames"
        return "gaussian" if self.feature_set == MFCC_GAUSSIAN_V1.name else "vectors"

    def __len__(self) -> int:
        return len(self.y)

    def where(self, mask: np.ndarray) -> "Samples":
        """Return the rows under a boolean mask or row numbers."""
        return replace(self, X=self.X[mask], y=self.y[mask], rows=self.rows.iloc[mask].reset_index(drop=True))

    def comparable(self) -> bool:
        """Tell whether at least two genres have enough tracks to train and test on."""
        tracks = pd.Series(self.rows["group"].to_numpy()).groupby(self.y).nunique()
        return bool((tracks >= FEWEST_TRACKS).sum() >= 2)

    def learning(self) -> "Samples":
        """Return the rows that are not held out."""
        return self.where(~self.rows["holdout"].to_numpy())

    def holdout(self) -> "Samples":
        """Return the rows that are held out."""
        return self.where(self.rows["holdout"].to_numpy())

    def means_only(self) -> "Samples | None":
        """Return the means without the other statistics, as a feature set of its own; None where names don't tell."""
        kept = [i for i, name in enumerate(self.features) if not name.endswith(OTHER_STATISTICS)]
        if len(kept) == len(self.features) or not any(self.features[i].endswith("_mean") for i in kept):
            return None
        return replace(
            self,
            feature_set=f"{self.feature_set}-means",
            features=tuple(self.features[i] for i in kept),
            X=self.X[:, kept],
        )

    def pair(self, genre_a: str, genre_b: str) -> "Samples":
        """Return the rows of two genres, as a binary problem."""
        codes = [self.genres.index(genre_a), self.genres.index(genre_b)]
        chosen = self.where(np.isin(self.y, codes))
        return replace(chosen, genres=(genre_a, genre_b), y=(chosen.y == codes[1]).astype(int))


def load_samples(database: Database, dataset: str, models: Iterable[str] = ()) -> list[Samples]:
    """Load the usable segments of a dataset, one `Samples` a feature set and window length, longest first.

    Feature sets come in the order they were asked for; after all vectors come sequences, where one of `models` takes
    them. A window length that too few tracks are long enough for is left out.

    Raises
    ------
    InputError
        where nothing was extracted, the holdout is not drawn yet, or there are too few tracks to compare anything
    """
    known = find_dataset(database, dataset)
    extracted = extracted_windows(database, dataset)
    if not extracted:
        raise InputError(
            f"dataset {dataset!r} has no segments yet, or none that are one vector each: run 02_extract first"
        )
    columns = ["track_id", "genre", "holdout", "duplicate_of"]
    tracks = read_frame(database["tracks"], {"dataset": dataset, "status": "ready"}, columns).set_index("track_id")
    if tracks.empty or (tracks["holdout"].isna().any() and known.get("holdout_share") != 0):
        raise InputError(f"the holdout of dataset {dataset!r} is not drawn for all its tracks: run 02_extract first")
    tracks["holdout"] = tracks["holdout"].eq(True)
    tracks["group"] = tracks["duplicate_of"].fillna(tracks.index.to_series())
    genres = tuple(sorted(tracks["genre"].unique()))
    wanted = [(_read_vectors, extracted)]
    if any(find_entry(model).kind == "frames" for model in models):
        wanted.append((_read_bands, extracted_windows(database, dataset, sequences=True)))
    loaded = []
    for read, feature_set, window_s in [(r, name, s) for r, of in wanted for name in of for s in of[name]]:
        segments, features, X = read(database, dataset, feature_set, window_s)
        usable = segments["track_id"].isin(tracks.index).to_numpy()
        segments, X = segments[usable].reset_index(drop=True), X if usable.all() else X[usable]  # may be large
        of_track = tracks.loc[segments["track_id"]]
        rows = segments[["track_id", "start_s"]].assign(
            holdout=of_track["holdout"].to_numpy(dtype=bool),
            track=segments.groupby("track_id").ngroup().to_numpy(),
            group=segments.groupby(of_track["group"].to_numpy()).ngroup().to_numpy(),
        )
        rows["content"] = rows.groupby(["group", "start_s"]).ngroup()
        loaded.append(
            Samples(
                feature_set=feature_set,
                window_s=float(window_s),
                features=features,
                genres=genres,
                X=X,
                y=pd.Categorical(of_track["genre"], categories=genres).codes.astype(int),
                rows=rows,
            )
        )
    compared = [samples for samples in loaded if samples.learning().comparable()]
    if not compared:
        raise InputError(
            f"dataset {dataset!r} has too few tracks: a comparison needs two genres with {FEWEST_TRACKS} tracks each "
            "outside the holdout"
        )
    return compared


def _read_vectors(*which: Any) -> tuple[pd.DataFrame, tuple[str, ...], np.ndarray]:
    segments = read_segments(*which)
    features = tuple(segments.columns[3:])
    return segments, features, segments[list(features)].to_numpy(dtype=np.float64)


def _read_bands(
    database: Database, dataset: str, feature_set: str, window_s: float
) -> tuple[pd.DataFrame, tuple[str, ...], np.ndarray]:
    segments, X = read_sequences(database, dataset, feature_set, window_s)
    return segments, get_feature_set(feature_set).columns, X


def of_main_set(samples: Sequence[Samples]) -> list[Samples]:
    """Return the samples of the first feature set, which tables without a column for the set are about."""
    return [chosen for chosen in samples if chosen.feature_set == samples[0].feature_set]
