"""Every file of a folder heard once, by the extraction's own hands, with one document kept of each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from pymongo.database import Database

from pipeline.decoders import is_installed, read_tags
from pipeline.excerpts import MIDDLE
from pipeline.extract.analyse import Outcome
from pipeline.extract.batch import BatchReport, Job, Keep
from pipeline.extract.fan_out import Work, hand_out
from pipeline.features import Wanted, get_feature_set
from pipeline.printable import say
from pipeline.sources import AudioListing, Reject, list_audio
from pipeline.store import upsert, window_key
from pipeline.store.connection import address_of

TRIED_AGAIN = ("unreadable", "changed")
"""Reasons that may be gone next time though the file looks the same."""


@dataclass(frozen=True)
class Heard:
    """What became of a folder.

    Attributes
    ----------
    paths : list of str
        all files that were found, usable or not
    n_now, n_before : int
        files heard now, and those that stand from before
    """

    paths: list[str]
    n_now: int
    n_before: int


def hear_each(
    database: Database,
    folder: Path,
    collection: str,
    key: Mapping[str, Any],
    wanted: Sequence[Wanted],
    keep: Keep,
    *,
    stands: Mapping[str, Any],
    excerpts: str = MIDDLE,
    only_short: Sequence[Wanted] = (),
    dataset: str = "",
    jobs: int,
    scheduler: str = "",
) -> Heard:
    """Hear what is new or has changed in a folder; what was killed in between goes on where it was.

    Parameters
    ----------
    database : Database
    folder : Path
        its full path
    collection : str
        keeps one document a file: ``path``, ``size_bytes``, ``modified_ns``, ``reason``, ``detail`` among its fields
    key : mapping
        what all of these documents have in common, beside their path
    wanted : sequence of Wanted
        what is measured of each file
    keep : callable
        what a worker does with outcomes
    stands : mapping
        what a document must say for its file not to be heard again
    excerpts : str
        which stretches of each file, one of `pipeline.excerpts.EXCERPTS`
    only_short : sequence of Wanted
        what of `wanted` is measured only of files that are shorter than a clip
    dataset : str
    jobs : int
    scheduler : str

    Raises
    ------
    InputError
        where the folder can't be read, or holds no audio
    """
    listing = list_audio(folder, by_folder=False)
    upsert(database[collection], (_rejected(key, stands, reject) for reject in listing.rejects), replace=True)
    tracks = _tracks(listing, wanted)

    def pending() -> list[dict[str, Any]]:
        known = {**key, **stands, "reason": {"$nin": list(TRIED_AGAIN)}}
        shown = {"_id": False, "path": True, "size_bytes": True, "modified_ns": True}
        found = database[collection].find(known, shown)
        done = {(each["path"], each.get("size_bytes"), each.get("modified_ns")) for each in found}
        return [track for track in tracks if (track["track_id"], track["size_bytes"], track["modified_ns"]) not in done]

    sets, windows_s = (tuple(dict.fromkeys(part)) for part in zip(*wanted, strict=True))
    job = Job(address_of(database), dataset, listing.root, sets, windows_s, keep, excerpts, tuple(only_short))
    todo = pending()
    if todo:
        if len(todo) < len(tracks):
            say(f"{len(tracks) - len(todo)} files are done already and skipped")
        work = Work(job, pending, lambda track_ids: BatchReport(track_ids, 0), "hear")
        for _ in hand_out(database, work, todo, jobs=jobs, scheduler=scheduler):
            pass  # what there is to tell is in the database
    paths = [*(track.track_id for track in listing.tracks), *(reject.path for reject in listing.rejects)]
    return Heard(paths, len(todo), len(tracks) - len(todo))


def vectors_of(
    outcome: Outcome, wanted: Sequence[Wanted]
) -> tuple[dict[Wanted, np.ndarray], dict[Wanted, list[float]]]:
    """Return what was measured of a file, and where its windows start: the same arrays as the page's worker makes."""
    vectors, starts_s = {}, {}
    for name, window_s in wanted:
        rows = [s for s in outcome.segments if (s["feature_set"], s["window_s"]) == (name, window_s)]
        known = get_feature_set(name)
        starts_s[name, window_s] = [row["start_s"] for row in rows]
        if known.is_sequence:
            frames = [np.frombuffer(row["frames"], "<f2").reshape(-1, row["frame_columns"]) for row in rows]
            vectors[name, window_s] = np.array(frames, dtype=np.float16)
        else:
            vectors[name, window_s] = np.array([[row[column] for column in known.columns] for row in rows])
    return vectors, starts_s


def of_file(root: Path, track: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a file says of itself, and how it was found: fields of its document."""
    path = root / track["path"]
    try:
        tags = read_tags(path) if is_installed() else {}
    except OSError:  # the outcome tells of it
        tags = {}
    found = {"path": track["track_id"], **{name: track[name] for name in ("size_bytes", "modified_ns")}}
    return found | {name: tags.get(name) for name in ("artist", "title")}


def why_not(root: Path, track: Mapping[str, Any], outcome: Outcome, *windows_s: float) -> Reject | None:
    """Return why a file has no window of these lengths to be asked about, or may not be believed; None where it has."""
    path = root / track["path"]
    try:
        now = path.stat()
    except OSError as error:
        return Reject(track["track_id"], "unreadable", f"cannot read the file: {error.strerror}")
    if (now.st_size, now.st_mtime_ns) != (track["size_bytes"], track["modified_ns"]):
        return Reject(track["track_id"], "changed", "the file changed while it was heard")
    if any(segment["window_s"] in windows_s for segment in outcome.segments):
        return None
    return next(reject for reject in outcome.rejects if reject.window_s in (None, *windows_s))


def _tracks(listing: AudioListing, wanted: Sequence[Wanted]) -> list[dict[str, Any]]:
    """Return the files as workers take tracks; what is not wanted of them counts as extracted."""
    keys = {window_key(*each) for each in wanted}
    names, windows_s = zip(*wanted, strict=True)
    unwanted = [key for name in names for window_s in windows_s if (key := window_key(name, window_s)) not in keys]
    return [
        {
            "track_id": file.track_id,
            "path": file.path,
            "extracted": unwanted,
            "status": "catalogued",
            "size_bytes": file.size_bytes,
            "modified_ns": file.modified_ns,
        }
        for file in listing.tracks
    ]


def _rejected(key: Mapping[str, Any], stands: Mapping[str, Any], reject: Reject) -> dict[str, Any]:
    return {**key, **stands, "path": reject.path, "reason": reject.reason, "detail": reject.detail}
