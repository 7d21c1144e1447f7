"""A dataset's documents follow what its source shows; a stop anywhere is mended by the same again."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any

from pymongo.database import Database

from pipeline.catalogue.absent import Absent, say_genres, say_tracks
from pipeline.catalogue.report import CatalogueReport
from pipeline.sources import Metadata, Reject
from pipeline.sources.metadata import DESCRIBED, ORIGIN, Cell
from pipeline.store import upsert
from pipeline.store.datasets import begin_segments, revise
from pipeline.store.removed import finish_removal, purge, put_back, remove, removed_tracks

UPDATE_BATCH = 10_000

COPIES = {"duplicate_of": ("duplicate_of",), "same_recording_as": ("same_recording_as", "same_recording_by")}
"""The fields that name another track, and what is forgotten with each."""

UNDESCRIBED = dict.fromkeys([*DESCRIBED, *ORIGIN, "style"])


@dataclass(frozen=True)
class Shown:
    """What a source shows of its tracks.

    Attributes
    ----------
    tracks : dict of dict
        fields of documents of ``tracks``, by track id
    compared : tuple of str
        the fields that tell whether a track has changed
    fresh : dict
        fields that a new or changed track begins with
    rejects : list of Reject
    notes : list of str
    segments : callable
        gives the segments of some tracks, where the source has them
    """

    tracks: dict[str, dict[str, Any]]
    compared: tuple[str, ...]
    fresh: dict[str, Any]
    rejects: list[Reject]
    notes: list[str]
    segments: Callable[[set[str]], Iterable[dict[str, Any]]] = field(default=lambda _: ())


def read_before(database: Database, dataset: str, compared: Iterable[str], **query: Any) -> dict[str, dict[str, Any]]:
    """Return what is known of a dataset's tracks: genre, status, ``missing``, and the fields to compare."""
    wanted = ("track_id", "genre", "status", "missing", *compared)
    found = database["tracks"].find({"dataset": dataset, **query}, {"_id": False} | dict.fromkeys(wanted, True))
    return {track["track_id"]: track for track in found}


def follow(
    database: Database,
    entry: dict[str, Any],
    shown: Shown,
    before: dict[str, dict[str, Any]],
    absent: Absent,
    metadata: Metadata | None,
    run_id: str,
) -> CatalogueReport:
    """Write what is new or changed, take out what is gone, and put back what is there again.

    Parameters
    ----------
    database : Database
    entry : dict
        fields of the document of ``datasets``
    shown : Shown
    before : dict of dict
        as `read_before` returns it
    absent : Absent
    metadata : Metadata or None
    run_id : str
        what an earlier run has taken out is forgotten at the end
    """
    dataset, tracks = entry["dataset"], shown.tracks
    revise(database, dataset)
    if removed := removed_tracks(database, dataset):
        begin_segments(database, dataset)
    finish_removal(database, dataset, removed - before.keys() - tracks.keys())
    if back := removed & tracks.keys():
        put_back(database, dataset, back)
        before = before | read_before(database, dataset, shown.compared, track_id={"$in": sorted(back)})
    new = tracks.keys() - before.keys()
    changed = {
        name
        for name in tracks.keys() & before.keys()
        if any(tracks[name][what] != before[name].get(what) for what in shown.compared)
    }
    gone = absent.gone - tracks.keys()
    if new or changed or gone:
        begin_segments(database, dataset)
    remove(database, dataset, gone, run_id)
    for chosen in _batches(dataset, gone):
        _forget_copies(database, chosen, of=())
    _forget_content(database, dataset, changed)
    if before or database["segments"].find_one({"dataset": dataset}):
        for chosen in _batches(dataset, new):  # a try that was stopped may have left some
            database["segments"].delete_many(chosen)
    # Segments first: a track counts as ready only when all its rows are in.
    upsert(database["segments"], shown.segments(new | changed), replace=True, new=True)
    joined = _describe(metadata, tracks)
    upsert(
        database["tracks"],
        (
            {
                "dataset": dataset,
                "missing": None,
                "stem": None,
                **UNDESCRIBED,
                **track,
                **joined.get(name, {}),
                **(shown.fresh if name in new or name in changed else {}),
            }
            for name, track in tracks.items()
        ),
        new=not before,
    )
    for missing, names in (("unreadable", absent.unread), ("gone", absent.kept)):
        for chosen in _batches(dataset, names):
            database["tracks"].update_many(chosen, {"$set": {"missing": missing}})
    _replace_rejects(database, dataset, shown.rejects)
    notes = [*shown.notes, *_metadata_notes(metadata, joined, tracks)]
    if back:
        notes.append(f"{say_tracks(len(back))} back that had been taken out, with all that was known")
    _save(database, entry, notes)
    purge(database, dataset, run_id)
    if gone:
        notes.append(
            f"{say_tracks(len(gone))} taken out ({say_genres(before, gone)}): all that is known stays aside until the "
            "next run, and comes back with the files or rows"
        )
    n_missing = len(absent.unread) + len(absent.kept)
    return CatalogueReport(len(tracks), len(new), len(changed), len(gone), len(shown.rejects), n_missing, notes)


def _describe(metadata: Metadata | None, tracks: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, Cell]]:
    """Return what metadata say of each track, or of its first piece; an empty cell says nothing."""
    joined = metadata.join(tracks) if metadata else {}
    first = {track["pieces"][0]: name for name, track in tracks.items() if name not in joined and track.get("pieces")}
    if metadata and first:
        joined |= {first[piece]: entry for piece, entry in metadata.join(first).items()}
    return {name: {of: value for of, value in entry.items() if value is not None} for name, entry in joined.items()}


def _metadata_notes(metadata: Metadata | None, joined: Mapping, tracks: Mapping) -> list[str]:
    if metadata is None:
        return []
    notes = [f"metadata: {len(joined)} of {len(tracks)} tracks found among {len(metadata.entries)} entries"]
    if metadata.n_ragged:
        notes.append(f"metadata: {metadata.n_ragged} rows left out, not as wide as the header")
    return notes


def _batches(dataset: str, track_ids: Iterable[str]) -> Iterable[dict[str, Any]]:
    ordered = sorted(track_ids)
    for start in range(0, len(ordered), UPDATE_BATCH):
        yield {"dataset": dataset, "track_id": {"$in": ordered[start : start + UPDATE_BATCH]}}


def _forget_content(database: Database, dataset: str, track_ids: Iterable[str]) -> None:
    """Remove the segments of tracks whose content changed; the tracks and their place in the holdout stay."""
    for chosen in _batches(dataset, track_ids):
        database["tracks"].update_many(chosen, {"$set": {"status": "catalogued", "extracted": [], "fingerprint": None}})
        database["segments"].delete_many(chosen)
        database["rejects"].delete_many({"dataset": dataset, "path": chosen["track_id"], "stage": "extract"})
        _forget_copies(database, chosen, of=("track_id",))


def _forget_copies(database: Database, chosen: dict[str, Any], of: tuple[str, ...]) -> None:
    """Forget what repeats what: that is open again, until the next 02_extract."""
    for name, forgotten in COPIES.items():
        of_them = [{key: chosen["track_id"]} for key in (*of, name)]
        unknown = {"$set": dict.fromkeys(forgotten)}
        database["tracks"].update_many({"dataset": chosen["dataset"], "$or": of_them}, unknown)


def _replace_rejects(database: Database, dataset: str, rejects: list[Reject]) -> None:
    database["rejects"].delete_many({"dataset": dataset, "stage": "catalogue"})
    upsert(
        database["rejects"],
        ({"dataset": dataset, **asdict(reject), "stage": "catalogue"} for reject in rejects),
        replace=True,
    )


def _save(database: Database, entry: dict[str, Any], notes: list[str]) -> None:
    fields = {**entry, "notes": notes, "catalogued_at": datetime.now(UTC)}
    database["datasets"].update_one({"dataset": entry["dataset"]}, {"$set": fields}, upsert=True)
