"""One track of each genre, decoded, to look at and to listen to."""

import io
import wave
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from pymongo.database import Database

from pipeline.audio import decode_pieces
from pipeline.catalogue import find_dataset
from pipeline.clip import SAMPLE_RATE_HZ
from pipeline.errors import AudioError
from pipeline.printable import libraries_quiet

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
    return _readable(root, found)


def load_clips(database: Database, dataset: str, track_ids: Iterable[str]) -> dict[str, np.ndarray]:
    """Return the clips of tracks; those of a table, and those that can't be read now, are passed over.

    Returns
    -------
    dict of np.ndarray [shape=(n,)]
        by track; mono, 22 050 Hz
    """
    known = find_dataset(database, dataset)
    if known["source"] != "audio":
        return {}
    found = {name: database["tracks"].find({"dataset": dataset, "track_id": name}) for name in track_ids}
    return _readable(Path(known["location"]), found)


def wav(y: np.ndarray) -> bytes:
    """Return a WAV file of a clip [shape=(n,)]: mono, 22 050 Hz, 16 bits; floats are to lie in -1 to 1."""
    signal = y if y.dtype.kind == "i" else (np.clip(y, -1, 1) * 32767).round()
    file = io.BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(SAMPLE_RATE_HZ)
        sound.writeframes(signal.astype("<i2").tobytes())
    return file.getvalue()


def _readable(root: Path, found: Mapping[str, Iterable[Mapping[str, Any]]]) -> dict[str, np.ndarray]:
    """Return, by name, the clip of the first track that can be read; without the names that have none."""
    first = {name: _first_readable(root, tracks) for name, tracks in found.items()}
    return {name: y for name, y in first.items() if y is not None}


def _first_readable(root: Path, tracks: Iterable[Mapping[str, Any]]) -> np.ndarray | None:
    for track in tracks:
        try:
            with libraries_quiet():
                return decode_pieces([root / path for path in track.get("pieces") or [track["path"]]])[0].y
        except AudioError:  # not the file that was extracted; the next catalogue tells of it
            continue
    return None
