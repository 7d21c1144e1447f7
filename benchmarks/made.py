"""Made datasets of any size: segments as an extraction would leave them, written straight to MongoDB."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import numpy as np
from pymongo.database import Database

from pipeline.features import get_feature_set
from pipeline.set_names import parts_of
from pipeline.store import window_key
from pipeline.store.datasets import finish_segments

FEATURE_SET = "spectral-v1"
GENRES = ("electronic", "experimental", "folk", "hiphop", "instrumental", "international", "pop", "rock")
SEGMENTS, SEED = 10, 0
WINDOWS = ((30.0, (0.0,), 0.3), (3.0, tuple(3.0 * i for i in range(SEGMENTS)), 1.0))
"""Seconds, starts, and what a segment adds to its track."""

AT_ONCE = 1000


def make_tracks(
    database: Database, dataset: str, n_tracks: int, *, settled: bool = True, feature_set: str = FEATURE_SET
) -> None:
    """Write a dataset of `n_tracks` tracks of eight genres, each with a 30-second row and ten of 3 seconds.

    The feature set may be a combination. A value is the sum of what genre, track and segment add. The tracks can be
    left for `settle` to hold some of them out; else that is done here.
    """
    rng = np.random.default_rng(SEED)
    columns = get_feature_set(feature_set).columns
    of_genre = rng.normal(0, 0.5, (len(GENRES), len(columns)))
    for first in range(0, n_tracks, AT_ONCE):
        numbers = np.arange(first, min(first + AT_ONCE, n_tracks))
        of_track = of_genre[numbers % len(GENRES)] + rng.normal(0, 1, (len(numbers), len(columns)))
        database["segments"].insert_many(_segments(dataset, feature_set, numbers, of_track, rng), ordered=False)
        database["tracks"].insert_many([_track(dataset, feature_set, int(i), settled) for i in numbers], ordered=False)
    entry = {"dataset": dataset, "source": "table", "location": "made"}
    entry |= {"catalogued_at": datetime.now(UTC), "notes": []}
    entry |= {"feature_sets": [feature_set], "windows_s": [window_s for window_s, _, _ in WINDOWS]}
    database["datasets"].insert_one(entry | ({"holdout_share": 0.1} if settled else {}))
    finish_segments(database, dataset)


def _name(i: int) -> str:
    return f"{GENRES[i % len(GENRES)]}/{i:07d}.wav"


def _track(dataset: str, feature_set: str, i: int, settled: bool) -> dict[str, Any]:
    known = {"dataset": dataset, "track_id": _name(i), "genre": GENRES[i % len(GENRES)], "status": "ready"}
    known |= {"content_hash": f"{i:064x}", "artist": None, "predefined_split": None, "duplicate_of": None}
    extracted = [window_key(part, window_s) for part in parts_of(feature_set) for window_s, _, _ in WINDOWS]
    return known | {"extracted": extracted, "holdout": i // len(GENRES) % 10 == 0 if settled else None}


def _segments(
    dataset: str, feature_set: str, numbers: np.ndarray, of_track: np.ndarray, rng: np.random.Generator
) -> Iterator[dict[str, Any]]:
    ends = np.cumsum([len(get_feature_set(part).columns) for part in parts_of(feature_set)])
    for part, of_part in zip(parts_of(feature_set), np.split(of_track, ends[:-1], axis=1), strict=True):
        columns = get_feature_set(part).columns
        for window_s, starts, spread in WINDOWS:
            common = {"dataset": dataset, "feature_set": part, "window_s": window_s}
            values = of_part[:, None, :] + rng.normal(0, spread, (len(numbers), len(starts), len(columns)))
            for i, of_starts in zip(numbers.tolist(), values.tolist(), strict=True):
                for start_s, row in zip(starts, of_starts, strict=True):
                    identity = {"track_id": _name(i), "start_s": start_s, "length": round(window_s * 22_050)}
                    yield common | identity | dict(zip(columns, row, strict=True))
