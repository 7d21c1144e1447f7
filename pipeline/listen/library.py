"""The dataset's own music: which tracks can be listened to, and one to try the page with."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pymongo.database import Database

FIELDS = {"_id": False, "track_id": True, "path": True, "pieces": True, "title": True, "artist": True, "genre": True}
LARGEST_FILE = 200 * 2**20
"""Bytes of a file that is read whole to be listened to."""


@dataclass(frozen=True)
class OwnTrack:
    """A track of the dataset, with the bytes of its file.

    Attributes
    ----------
    track_id, genre : str
    title, artist : str or None
    holdout : bool
        whether the champion has not learned from it
    content : bytes
    """

    track_id: str
    genre: str
    title: str | None
    artist: str | None
    holdout: bool
    content: bytes


def has_sound(database: Database, dataset: str) -> bool:
    """Tell whether each track of a dataset is a file of audio: those of a table are not, nor are joined pieces."""
    is_audio = database["datasets"].count_documents({"dataset": dataset, "source": "audio"}, limit=1) > 0
    joined = {"dataset": dataset, "pieces": {"$nin": [None, []]}}
    return is_audio and not database["tracks"].count_documents(joined, limit=1)


def read_track(database: Database, dataset: str, track_id: str) -> OwnTrack | None:
    """Return a track with its file; None where there is no such track, or its file is not there, or is too large.

    A track that is joined of several files has none of its own. Only files below the dataset's own folder are read,
    whatever the database says.
    """
    known = database["datasets"].find_one({"dataset": dataset, "source": "audio"}, {"location": True})
    query = {"dataset": dataset, "track_id": track_id, "status": "ready"}
    found = database["tracks"].find_one(query, {**FIELDS, "holdout": True})
    if known is None or found is None or found.get("pieces"):
        return None
    root = Path(known["location"]).resolve()
    path = (root / found["path"]).resolve()
    try:
        if not path.is_relative_to(root) or path.stat().st_size > LARGEST_FILE:
            return None
        content = path.read_bytes()
    except OSError:
        return None
    of_track: dict[str, Any] = {name: found.get(name) for name in ("track_id", "genre", "title", "artist")}
    return OwnTrack(**of_track, holdout=bool(found.get("holdout")), content=content)


def draw_unheard(database: Database, dataset: str) -> dict[str, Any] | None:
    """Return ``track_id, title, artist`` of a track that no model has learned from, drawn at random; None where there
    is none that can be listened to.
    """
    if not has_sound(database, dataset):
        return None
    held = {"dataset": dataset, "status": "ready", "holdout": True}
    return next(
        iter(database["tracks"].aggregate([{"$match": held}, {"$sample": {"size": 1}}, {"$project": FIELDS}])), None
    )
