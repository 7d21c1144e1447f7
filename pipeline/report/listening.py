"""One track of each genre, decoded, to look at and to listen to."""

from pathlib import Path

import numpy as np
from pymongo.database import Database

from pipeline.audio import decode
from pipeline.catalogue import find_dataset

MOST_GENRES = 12


def load_examples(database: Database, dataset: str) -> dict[str, np.ndarray]:
    """Return the first usable track of each genre that is not held out, 12 genres at most; of a table, nothing.

    Returns
    -------
    dict of np.ndarray [shape=(n,)]
        by genre; mono, 22 050 Hz
    """
    known = find_dataset(database, dataset)
    if known["source"] != "audio":
        return {}
    ready = {"dataset": dataset, "status": "ready", "holdout": {"$ne": True}}
    genres = sorted(database["tracks"].distinct("genre", ready))[:MOST_GENRES]
    first = {genre: database["tracks"].find_one({**ready, "genre": genre}, sort=[("track_id", 1)]) for genre in genres}
    return {genre: decode(Path(known["location"]) / track["path"]).y for genre, track in first.items()}
