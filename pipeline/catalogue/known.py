"""What is known of a dataset that was catalogued."""

from collections.abc import Mapping
from typing import Any

from pymongo.database import Database

from pipeline.errors import InputError
from pipeline.excerpts import MIDDLE
from pipeline.set_names import parts_of
from pipeline.store.datasets import unknown_dataset
from pipeline.store.frames import holds_frames

OF_AUDIO = ("windows", "features", "excerpts")
"""Options that say what is extracted from audio: a table's rows are features already."""

OF_TABLE = ("id_column", "label_column", "segment_column", "table_window", "leave_out")
"""Options that say how a table is read: audio has no columns."""


def find_dataset(database: Database, dataset: str) -> dict[str, Any]:
    """Return the document of a dataset.

    Raises
    ------
    InputError
        where there is none, naming those there are
    """
    found = database["datasets"].find_one({"dataset": dataset})
    if found is None:
        raise unknown_dataset(database, dataset)
    return found


def excerpts_of(known: Mapping[str, Any]) -> str:
    """Return which stretches of its files a dataset, as ``datasets`` knows it, holds: one of `EXCERPTS`."""
    return known.get("excerpts") or MIDDLE


def drawn_share(known: Mapping[str, Any]) -> float | None:
    """Return the share that the holdout of a dataset, as ``datasets`` knows it, was drawn with.

    It is 0 where none is drawn. Of a dataset of an earlier version, which did not keep it, it is the share that was
    asked for last.
    """
    return known.get("holdout_drawn", known.get("holdout_share"))


def say_drawn(known: Mapping[str, Any], asked: float) -> str:
    """Say that a dataset's holdout was drawn with another share than is asked for; empty where it was not."""
    drawn = drawn_share(known)
    if not drawn or drawn == asked:
        return ""
    return (
        f"--holdout {asked:g} counts for new tracks alone: the holdout of dataset {known['dataset']!r} was drawn with "
        f"a share of {drawn:g}, and stays as it is; for another one, give the music another name (--dataset)"
    )


def is_synthetic(database: Database, dataset: str) -> bool:
    """Tell whether a dataset's music was made by a computer, as far as its entry says."""
    known = database["datasets"].find_one({"dataset": dataset}, {"synthetic": True})
    if known is None:  # of champions from elsewhere
        return database["runs"].count_documents({"dataset": dataset, "imported.synthetic": True}, limit=1) > 0
    return bool(known.get("synthetic"))


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
        return all(holds_frames(database, dataset, part, window_s) == sequences for part in parts_of(feature_set))
    except InputError:  # no segment of that kind
        return False
