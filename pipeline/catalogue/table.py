"""A table of features as a dataset: its rows are segments already."""

import hashlib
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from pymongo.database import Database

from pipeline.catalogue.absent import refuse_other_music, say_tracks, sort_out
from pipeline.catalogue.follow import Shown, follow, read_before
from pipeline.catalogue.report import CatalogueReport
from pipeline.features import FEATURE_SETS
from pipeline.sources import FeatureTable, Metadata, TableOptions, read_feature_table
from pipeline.sources.lost_genres import say_lost
from pipeline.sources.table_columns import DESCRIPTIONS
from pipeline.store import are_among, records_of, window_key
from pipeline.store.datasets import finish_segments

MOST_SHOWN = 20

COMPARED = ("content_hash", "extracted", "genre", "genres")


def catalogue_table(
    database: Database,
    entry: dict[str, Any],
    known: dict[str, Any],
    metadata: Metadata | None,
    options: TableOptions,
    *,
    remove_missing: bool,
    run_id: str,
) -> CatalogueReport:
    """Bring a dataset up to date with its table.

    A track that the table has fewer rows of than before counts as missing with these rows: a table may have been cut
    off anywhere.

    Parameters
    ----------
    database : Database
    entry : dict
        new fields of the document of ``datasets``
    known : dict
        the document of ``datasets`` as it is, empty for a new one
    metadata : Metadata or None
    options : TableOptions
    remove_missing : bool
    run_id : str

    Raises
    ------
    InputError
        where the table can't be read, or has nothing of what the dataset holds
    """
    dataset, path = entry["dataset"], Path(entry["location"])
    known_sets = {name: of.columns for name, of in FEATURE_SETS.items() if not of.is_sequence}
    stands = known.get("source") == "table" and known.get("windows_s") and not remove_missing
    table = read_feature_table(path, options, known_sets, known["windows_s"][0] if stands else 0.0, metadata)
    tracks = {track["track_id"]: track for track in _tracks_of(table)}
    before = read_before(database, dataset, COMPARED)
    lost, held = _lost_rows(database, dataset, table, tracks, before)
    renamed = _renamed(tracks, before)
    lost |= dict.fromkeys(renamed, 0)  # their rows are there, under another name
    if not remove_missing:
        refuse_other_music(dataset, "--table", path, known, lost, held)
    absent = sort_out(before, lost, held, unread={}, remove_missing=remove_missing)
    tracks = {name: track for name, track in tracks.items() if name not in absent.kept}
    notes = [*_say_features(table), *table.notes, *(say_lost(**asdict(genre)) for genre in table.lost_genres)]
    if absent.kept:
        notes.append(
            f"{sum(lost[name] for name in absent.kept)} of {held} rows are missing from the table: the "
            f"{say_tracks(len(absent.kept))} that they belong to stay as they were, until the rows are back, or "
            "--remove-missing takes them out"
        )

    if renamed:
        notes.append(
            f"{say_tracks(len(renamed))} have other ids than before and the same values, {min(renamed)} among them: "
            "known again by these, they stay on their side of the holdout"
        )

    def segments(track_ids: set[str]) -> Iterable[dict[str, Any]]:
        return _segments_of(dataset, table, table.rows[are_among(table.rows["track_id"], track_ids)])

    entry |= {
        "feature_sets": [table.feature_set],
        "windows_s": [float(table.window_s)],
        "mounts": [],
        "columns": [asdict(column) for column in table.columns],
        "lost_genres": [asdict(genre) for genre in table.lost_genres],
    }
    shown = Shown(tracks, COMPARED, {}, table.rejects, notes, segments)
    report = follow(database, entry, shown, before, absent, metadata, run_id)
    finish_segments(database, dataset)
    return report


def _say_features(table: FeatureTable) -> Iterable[str]:
    """Say which columns are features, and how those are called whose names can't be stored."""
    shown = ", ".join(table.features[:MOST_SHOWN]) + (", …" if len(table.features) > MOST_SHOWN else "")
    yield f"features used: {len(table.features)}: {shown}"
    other = [f"{of.column!r} as {of.feature!r}" for of in table.columns if of.feature not in (None, of.column)]
    if other:
        more = f" and {len(other) - MOST_SHOWN} more" if len(other) > MOST_SHOWN else ""
        yield f"names that can't be stored as they are: {', '.join(other[:MOST_SHOWN])}{more}"


def _renamed(tracks: dict[str, dict], before: dict[str, dict]) -> set[str]:
    """Return tracks that are not in the table under their id, while their content is, under another one."""
    shown = {tracks[name]["content_hash"] for name in tracks.keys() - before.keys()}
    return {name for name in before.keys() - tracks.keys() if before[name].get("content_hash") in shown}


def _lost_rows(
    database: Database, dataset: str, table: FeatureTable, tracks: dict[str, dict], before: dict[str, dict]
) -> tuple[dict[str, int], int]:
    """Return how many rows each track has lost that is not in the table as it was, and how many there were in all."""
    not_shown = before.keys() - tracks.keys()
    differ = {
        name
        for name in tracks.keys() & before.keys()
        if tracks[name]["extracted"] == before[name].get("extracted")
        and tracks[name]["content_hash"] != before[name].get("content_hash")
    }
    if not not_shown and not differ:
        return {}, 0
    counted = database["segments"].aggregate(
        [{"$match": {"dataset": dataset}}, {"$group": {"_id": "$track_id", "n": {"$sum": 1}}}], allowDiskUse=True
    )
    of_track = {found["_id"]: found["n"] for found in counted}
    had = {name: of_track.get(name, 0) or int(track["status"] != "rejected") for name, track in before.items()}
    has = table.rows["track_id"].value_counts()
    shrunk = {name: had[name] - int(has[name]) for name in differ if had[name] > has[name]}
    return {**{name: had[name] for name in not_shown}, **shrunk}, sum(had.values())


def _tracks_of(table: FeatureTable) -> Iterable[dict[str, Any]]:
    names = "\n".join(table.features).encode()
    ordered = table.rows.sort_values(["track_id", "segment"], ignore_index=True)
    values = ordered[["segment", *table.features]].to_numpy(dtype=np.float64)
    starts = np.flatnonzero(~ordered["track_id"].duplicated())
    ends = [*starts[1:], len(ordered)]
    firsts = records_of(ordered.loc[starts, ["track_id", "genre", "style", *DESCRIPTIONS, "stem"]])
    for first, start, end in zip(firsts, starts, ends, strict=True):
        yield {
            "track_id": first["track_id"],
            "genre": first["genre"],
            "genres": table.genres.get(first["track_id"]),
            "status": "ready",
            "extracted": [window_key(table.feature_set, table.window_s)],
            "content_hash": hashlib.sha256(names + values[start:end].tobytes()).hexdigest(),
            **{field: first[field] for field in ("style", *DESCRIPTIONS)},
            "stem": first["stem"],
        }


def _segments_of(dataset: str, table: FeatureTable, rows: pd.DataFrame) -> Iterable[dict[str, Any]]:
    for row in records_of(rows):
        yield {
            "dataset": dataset,
            "track_id": row["track_id"],
            "feature_set": table.feature_set,
            "window_s": float(table.window_s),
            "start_s": round(float(row["segment"] * table.window_s), 6),
            "length": None if row["length"] is None else int(row["length"]),
            **{name: row[name] for name in table.features},
        }
