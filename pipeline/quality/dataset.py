"""All checks of a dataset that need no model."""

from collections.abc import Iterator
from typing import Any

import pandas as pd
from pymongo.database import Database

from pipeline.catalogue import extracted_windows, find_dataset, is_synthetic
from pipeline.extract.near_features import near_duplicates
from pipeline.quality.artists import check_artists
from pipeline.quality.check import GRAVE, Check, as_table
from pipeline.quality.features import check_artist_constants, check_constant, check_finite
from pipeline.quality.leaks import check_label_telling, check_scaled
from pipeline.quality.learned import check_learned
from pipeline.quality.near_duplicates import check_near_duplicates
from pipeline.quality.places import check_places
from pipeline.quality.recordings import check_across_genres, check_recordings, check_titles
from pipeline.quality.source import check_columns, check_genres, check_labels
from pipeline.quality.tracks import (
    check_balance,
    check_duplicates,
    check_few,
    check_metadata,
    check_missing,
    check_rejects,
    originals,
)
from pipeline.store import Run, read_columns, read_frame

COLUMNS = (
    "track_id", "genre", "status", "content_hash", "duplicate_of", "artist", "title", "predefined_split", "holdout",
    "missing", "same_recording_as", "same_recording_by", "country", "latitude", "longitude",
)  # fmt: skip

SYNTHETIC = (
    "the models were trained on synthetic music, made by a computer. They tell its recipes apart, and what they say of "
    "other music means little"
)


def check_quality(database: Database, dataset: str) -> pd.DataFrame:
    """Check a dataset as far as it is known by now.

    Returns
    -------
    pd.DataFrame
        ``check``, ``status`` (ok or warning), ``n``, ``detail``

    Raises
    ------
    InputError
        where there is no such dataset
    """
    every = read_frame(database["tracks"], {"dataset": dataset}, COLUMNS)
    tracks = _usable(every)
    found = find_dataset(database, dataset)
    rejects = _read_rejects(database, dataset)
    reasons = pd.Series([reason for _, reason in rejects], dtype=object)
    checks = [check_rejects(reasons), _check_labels(database, found, len(every))]
    checks += [check_missing(tracks), check_metadata(tracks)]
    checks += [check_columns(found), *check_genres(found, every, dict(rejects))]
    checks += [*check_balance(tracks), *check_few(tracks)]
    checks += [*check_duplicates(tracks), *check_recordings(tracks), check_titles(tracks), check_across_genres(tracks)]
    checks += [*_check_synthetic(database, dataset, tracks), *check_learned(database, dataset)]
    checks += _of_features(database, dataset, tracks, reasons)
    return as_table([*checks, *check_artists(tracks), *check_places(tracks)])


def grave_warnings(database: Database, dataset: str) -> list[str]:
    """Return what no score of this dataset can say, a sentence each: the details of `GRAVE` checks that warn."""
    every = read_frame(database["tracks"], {"dataset": dataset}, COLUMNS)
    tracks = _usable(every)
    checks = [*_check_synthetic(database, dataset, tracks), *check_learned(database, dataset)]
    found, why = find_dataset(database, dataset), dict(_read_rejects(database, dataset))
    checks += [_check_labels(database, found, len(every)), *check_genres(found, every, why)]
    checks += [*check_few(tracks), *check_artists(tracks), *check_duplicates(tracks)]
    return _grave(as_table(checks))


def run_warnings(run: Run) -> list[str]:
    """Return what no score of this run can say: `grave_warnings` of its dataset, and those of its split."""
    return [*grave_warnings(run.database, run.dataset), *_grave(run.table("data_quality", stage="compare"))]


def _grave(checks: pd.DataFrame) -> list[str]:
    return [check.detail for check in checks.itertuples() if check.check in GRAVE and check.status == "warning"]


def read_usable(database: Database, dataset: str) -> pd.DataFrame:
    """Return what is known of the tracks that are not rejected, sorted by ``track_id``."""
    return _usable(read_frame(database["tracks"], {"dataset": dataset}, COLUMNS))


def _read_rejects(database: Database, dataset: str) -> list[tuple[str, str]]:
    """Return the path and the reason of each reject."""
    found = database["rejects"].find({"dataset": dataset}, {"path": 1, "reason": 1})
    return [(reject["path"], reject["reason"]) for reject in found]


def _usable(tracks: pd.DataFrame) -> pd.DataFrame:
    return tracks[tracks["status"] != "rejected"].sort_values("track_id", ignore_index=True)


def missing_values(tracks: pd.DataFrame) -> pd.DataFrame:
    """Count the tracks that lack a value, a row a field: ``n_missing`` and its ``share``."""
    n_missing = tracks.isna().sum()
    return pd.DataFrame({"n_missing": n_missing, "share": (n_missing / max(len(tracks), 1)).round(3)})


def _check_synthetic(database: Database, dataset: str, tracks: pd.DataFrame) -> Iterator[Check]:
    if is_synthetic(database, dataset):
        yield Check("synthetic_music", "warning", len(tracks), SYNTHETIC)


def _check_labels(database: Database, found: dict[str, Any], n_tracks: int) -> Check:
    """Count what has no label among all rows of a table; among all files, of which `n_tracks` are listed as tracks."""
    of_dataset = {"dataset": found["dataset"]}
    listed = database["rejects"].find({**of_dataset, "stage": "catalogue"}, {"reason": 1})
    is_audio = found["source"] == "audio"
    n_used = n_tracks if is_audio else database["segments"].count_documents(of_dataset)
    return check_labels(pd.Series([reject["reason"] for reject in listed], dtype=object), n_used, is_audio=is_audio)


def _of_features(database: Database, dataset: str, tracks: pd.DataFrame, reasons: pd.Series) -> Iterator[Check]:
    """Check the main feature set, as far as it is extracted."""
    near = near_duplicates(database, dataset, tracks[originals(tracks) == tracks["track_id"]])
    is_audio = find_dataset(database, dataset)["source"] == "audio"
    if near is not None:
        yield check_near_duplicates(near, tracks)
    for feature_set, windows_s in list(extracted_windows(database, dataset).items())[:1]:
        for window_s in windows_s:
            segments = read_columns(database, dataset, feature_set, window_s)
            yield check_finite(segments, reasons, window_s)
            yield check_constant(segments, window_s)
            yield check_artist_constants(segments, tracks, window_s)
            yield check_scaled(segments, window_s, is_audio=is_audio)
            yield check_label_telling(segments, tracks, window_s, is_audio=is_audio)
