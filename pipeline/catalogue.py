"""Which tracks a dataset has: a source's listing brought into MongoDB."""

import hashlib
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from pymongo.database import Database

from pipeline.errors import InputError
from pipeline.features import FEATURE_SETS
from pipeline.settings import DEMO_DATASET, Settings
from pipeline.sources import (
    FeatureTable,
    Metadata,
    Reject,
    TableOptions,
    audio_root,
    list_audio,
    read_feature_table,
    read_metadata,
)
from pipeline.sources.demo import write_demo
from pipeline.sources.metadata import DESCRIBED
from pipeline.store import upsert, window_key
from pipeline.store.frames import holds_frames

DELETE_BATCH = 10_000


@dataclass(frozen=True)
class CatalogueReport:
    """What cataloguing found.

    Attributes
    ----------
    n_tracks, n_new, n_changed, n_gone : int
        tracks in the source; of them new, or changed since the last time; tracks that are in the source no more
    n_rejects : int
        files or rows that can't be used
    notes : list of str
        one sentence each
    """

    n_tracks: int
    n_new: int
    n_changed: int
    n_gone: int
    n_rejects: int
    notes: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        lines = [
            f"{self.n_tracks} tracks: {self.n_new} new, {self.n_changed} changed, "
            f"{self.n_tracks - self.n_new - self.n_changed} as before; {self.n_gone} gone; {self.n_rejects} rejected"
        ]
        return "\n".join(lines + [f"· {note}" for note in self.notes])


def catalogue(
    database: Database,
    dataset: str,
    *,
    audio: str = "",
    table: str = "",
    metadata: str = "",
    options: TableOptions | None = None,
    settings: Settings,
) -> CatalogueReport:
    """Bring a dataset's listing up to date with its source; without a source, the one it was made from before.

    Raises
    ------
    InputError
        where source or metadata are wrong, or none is given for a dataset not seen before
    """
    if audio and table:
        raise InputError("give --audio or --table, not both")
    known = database["datasets"].find_one({"dataset": dataset}) or {}
    if not audio and not table:
        if known:
            source, location = known["source"], Path(known["location"])
            metadata = metadata or known["metadata"] or ""
        elif dataset == DEMO_DATASET:
            source, location = "audio", settings.home / "demo" / f"{settings.demo_tracks}-a-genre"
        else:
            raise InputError(f"dataset {dataset!r} is not known yet: say where it comes from with --audio or --table")
    else:
        source, location = ("audio", Path(audio)) if audio else ("table", Path(table))
    location = location.expanduser().resolve()
    if dataset == DEMO_DATASET and location.is_relative_to(settings.home / "demo"):
        write_demo(location, tracks_per_genre=settings.demo_tracks, jobs=settings.jobs)
        metadata = str(location / "metadata.csv")
    described = read_metadata(Path(metadata).expanduser()) if metadata else None
    entry = {
        "dataset": dataset,
        "source": source,
        "location": str(location),
        "metadata": str(Path(metadata).expanduser().resolve()) if metadata else None,
    }
    if source == "audio":
        return _catalogue_audio(database, entry, described)
    return _catalogue_table(database, entry, described, options or TableOptions())


def find_dataset(database: Database, dataset: str) -> dict[str, Any]:
    """Return the document of a dataset.

    Raises
    ------
    InputError
        where there is none, naming those there are
    """
    found = database["datasets"].find_one({"dataset": dataset})
    if found is None:
        known = ", ".join(sorted(database["datasets"].distinct("dataset"))) or "none yet"
        raise InputError(f"no dataset {dataset!r}: run 01_catalogue on it first (known: {known})")
    return found


def extracted_windows(database: Database, dataset: str, *, sequences: bool = False) -> dict[str, list[float]]:
    """Return what a dataset has vectors, or `sequences`, of: window lengths [seconds], longest first, by feature set.

    Sets are in the order they were asked for; the first of vectors is the main one.
    """
    known = find_dataset(database, dataset)
    windows_s = sorted(known.get("windows_s") or [], reverse=True)
    found = {
        name: [window_s for window_s in windows_s if _holds(sequences, database, dataset, name, window_s)]
        for name in known.get("feature_sets") or []
    }
    return {name: of_set for name, of_set in found.items() if of_set}


def _holds(sequences: bool, database: Database, dataset: str, feature_set: str, window_s: float) -> bool:
    try:
        return holds_frames(database, dataset, feature_set, window_s) == sequences
    except InputError:  # no segment of that kind
        return False


def _catalogue_audio(database: Database, entry: dict[str, Any], metadata: Metadata | None) -> CatalogueReport:
    dataset, folder = entry["dataset"], Path(entry["location"])
    listing = list_audio(folder)
    entry["location"] = str(audio_root(folder))
    tracks = {track.track_id: asdict(track) for track in listing.tracks}
    before = {
        track["track_id"]: track
        for track in database["tracks"].find({"dataset": dataset}, {"track_id": 1, "size_bytes": 1, "modified_ns": 1})
    }
    new = tracks.keys() - before.keys()
    changed = {
        name
        for name in tracks.keys() & before.keys()
        if any(tracks[name][what] != before[name].get(what) for what in ("size_bytes", "modified_ns"))
    }
    gone = _remove(database, dataset, before.keys() - tracks.keys())
    _forget_content(database, dataset, changed)
    fresh = {"status": "catalogued", "extracted": [], "content_hash": None, "duplicate_of": None}
    undescribed = dict.fromkeys(DESCRIBED)
    joined = _describe(metadata, tracks)
    upsert(
        database["tracks"],
        (
            {
                "dataset": dataset,
                **undescribed,
                **track,
                **joined.get(name, {}),
                **(fresh if name in new or name in changed else {}),
            }
            for name, track in tracks.items()
        ),
    )
    _replace_rejects(database, dataset, listing.rejects)
    notes = [f"{listing.n_hidden} hidden files and {listing.n_not_audio} that are not audio were ignored"]
    notes += _metadata_notes(metadata, joined, tracks)
    _save(database, entry, notes)
    return CatalogueReport(len(tracks), len(new), len(changed), gone, len(listing.rejects), notes)


def _catalogue_table(
    database: Database, entry: dict[str, Any], metadata: Metadata | None, options: TableOptions
) -> CatalogueReport:
    dataset = entry["dataset"]
    known_sets = {name: known.columns for name, known in FEATURE_SETS.items() if not known.is_sequence}
    table = read_feature_table(Path(entry["location"]), options, known_sets)
    undescribed = dict.fromkeys(DESCRIBED)
    tracks = {track["track_id"]: undescribed | track for track in _tracks_of(table)}
    joined = _describe(metadata, tracks)
    compared = ("content_hash", "extracted", "genre")
    before = {
        track["track_id"]: track
        for track in database["tracks"].find({"dataset": dataset}, {"track_id": 1} | dict.fromkeys(compared, 1))
    }
    new = tracks.keys() - before.keys()
    changed = {
        name
        for name in tracks.keys() & before.keys()
        if any(tracks[name][what] != before[name].get(what) for what in compared)
    }
    gone = _remove(database, dataset, before.keys() - tracks.keys())
    _forget_content(database, dataset, changed)
    # Segments first: a track counts as ready only when all its rows are in.
    rows = table.rows[table.rows["track_id"].isin(new | changed)]
    upsert(database["segments"], _segments_of(dataset, table, rows), replace=True)
    upsert(
        database["tracks"], ({"dataset": dataset, **track, **joined.get(name, {})} for name, track in tracks.items())
    )
    _replace_rejects(database, dataset, table.rejects)
    notes = [*table.notes, *_metadata_notes(metadata, joined, tracks)]
    _save(database, entry | {"feature_sets": [table.feature_set], "windows_s": [float(table.window_s)]}, notes)
    return CatalogueReport(len(tracks), len(new), len(changed), gone, len(table.rejects), notes)


def _tracks_of(table: FeatureTable) -> Iterable[dict[str, Any]]:
    names = "\n".join(table.features).encode()
    ordered = table.rows.sort_values(["track_id", "segment"], ignore_index=True)
    values = ordered[["segment", *table.features]].to_numpy(dtype=np.float64)
    for track_id, rows in ordered.groupby("track_id", sort=False):
        first = rows.iloc[0]
        yield {
            "track_id": track_id,
            "genre": first["genre"],
            "status": "ready",
            "extracted": [window_key(table.feature_set, table.window_s)],
            "content_hash": hashlib.sha256(names + values[rows.index].tobytes()).hexdigest(),
            "artist": first["artist"],
            "title": first["title"],
        }


def _segments_of(dataset: str, table: FeatureTable, rows: pd.DataFrame) -> Iterable[dict[str, Any]]:
    for row in rows.to_dict("records"):
        yield {
            "dataset": dataset,
            "track_id": row["track_id"],
            "feature_set": table.feature_set,
            "window_s": float(table.window_s),
            "start_s": round(float(row["segment"] * table.window_s), 6),
            "length": None if np.isnan(row["length"]) else int(row["length"]),
            **{name: row[name] for name in table.features},
        }


def _describe(metadata: Metadata | None, track_ids: Iterable[str]) -> dict[str, dict[str, str]]:
    """Return what metadata say of each track; an empty cell says nothing."""
    joined = metadata.join(track_ids) if metadata else {}
    return {name: {field: value for field, value in entry.items() if value} for name, entry in joined.items()}


def _metadata_notes(metadata: Metadata | None, joined: dict, tracks: dict) -> list[str]:
    if metadata is None:
        return []
    notes = [f"metadata: {len(joined)} of {len(tracks)} tracks found among {len(metadata.entries)} entries"]
    if metadata.n_ragged:
        notes.append(f"metadata: {metadata.n_ragged} rows left out, not as wide as the header")
    return notes


def _remove(database: Database, dataset: str, track_ids: Iterable[str]) -> int:
    """Remove tracks that are in the source no more, with their segments."""
    track_ids = sorted(track_ids)
    for start in range(0, len(track_ids), DELETE_BATCH):
        chosen = {"dataset": dataset, "track_id": {"$in": track_ids[start : start + DELETE_BATCH]}}
        _remove_content(database, chosen)
        database["tracks"].delete_many(chosen)
    return len(track_ids)


def _forget_content(database: Database, dataset: str, track_ids: Iterable[str]) -> None:
    """Remove the segments of tracks whose content changed; the tracks and their place in the holdout stay."""
    track_ids = sorted(track_ids)
    for start in range(0, len(track_ids), DELETE_BATCH):
        chosen = {"dataset": dataset, "track_id": {"$in": track_ids[start : start + DELETE_BATCH]}}
        database["tracks"].update_many(chosen, {"$set": {"status": "catalogued", "extracted": []}})
        _remove_content(database, chosen)


def _remove_content(database: Database, chosen: dict[str, Any]) -> None:
    database["segments"].delete_many(chosen)
    database["rejects"].delete_many({"dataset": chosen["dataset"], "path": chosen["track_id"], "stage": "extract"})
    of_them = [{name: chosen["track_id"]} for name in ("track_id", "duplicate_of")]  # what repeats what is open again
    database["tracks"].update_many({"dataset": chosen["dataset"], "$or": of_them}, {"$set": {"duplicate_of": None}})


def _replace_rejects(database: Database, dataset: str, rejects: list[Reject]) -> None:
    database["rejects"].delete_many({"dataset": dataset, "stage": "catalogue"})
    upsert(
        database["rejects"],
        ({"dataset": dataset, **asdict(reject), "stage": "catalogue"} for reject in rejects),
        replace=True,
    )


def _save(database: Database, entry: dict[str, Any], notes: list[str]) -> None:
    told = {**entry, "notes": notes, "catalogued_at": datetime.now(UTC)}
    database["datasets"].update_one({"dataset": entry["dataset"]}, {"$set": told}, upsert=True)
