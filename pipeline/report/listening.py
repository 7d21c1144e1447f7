"""One track of each genre, decoded, to look at and to listen to."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from pymongo.database import Database

from pipeline.audio import decode_pieces
from pipeline.catalogue import find_dataset
from pipeline.errors import AudioError

MOST_GENRES = 12


def load_examples(database: Database, dataset: str) -> dict[str, np.ndarray]:
    """Return the first usable track of each genre that is not held out, 12 genres at most; of a table, nothing.

    Tracks whose file is missing, or can't be read now, are passed over.

    Returns
    -------
    dict of np.ndarray [shape=(n,)]
        by genre; mono, 22 050 Hz
    """
    known = find_dataset(database, dataset)
    if known["source"] != "audio":
        return {}
    ready = {"dataset": dataset, "status": "ready", "holdout": {"$ne": True}, "missing": None}
    genres = sorted(database["tracks"].distinct("genre", ready))[:MOST_GENRES]
    root = Path(known["location"])
    found = {genre: database["tracks"].find({**ready, "genre": genre}, sort=[("track_id", 1)]) for genre in genres}
    first = {genre: _first_readable(root, tracks) for genre, tracks in found.items()}
    return {genre: y for genre, y in first.items() if y is not None}


def _first_readable(root: Path, tracks: Iterable[Mapping[str, Any]]) -> np.ndarray | None:
    for track in tracks:
        try:
            return decode_pieces([root / path for path in track.get("pieces") or [track["path"]]])[0].y
        except AudioError:  # not the file that was extracted; the next catalogue tells of it
            continue
    return None
