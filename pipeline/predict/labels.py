"""Labels as they are kept in MongoDB, and read back."""

from collections.abc import Collection
from typing import Any

import pandas as pd

from pipeline.predict.classifier import Label
from pipeline.store import Run
from pipeline.tables import PREDICTION_SEGMENTS, PREDICTIONS

CHANCE, VOTE = "chance", "vote"


def fields_of(label: Label) -> dict[str, Any]:
    """Return the fields of a document that tell a label."""
    (genre, probability), *others = label.ranking
    second, second_probability = others[0] if others else (None, None)
    return {
        "genre": genre,
        "probability": probability,
        "probability_is": CHANCE if label.calibrated else VOTE,
        "genre_set": " or ".join(label.genre_set) or None,
        "second_genre": second,
        "second_probability": second_probability,
        "unlike": label.is_novel,
    }


def read_labels(run: Run, source: str, paths: Collection[str]) -> pd.DataFrame:
    """Return the labels of files or tracks that a source has, in the order of their paths: rows of ``predictions``."""
    return _frame(_found(run, source, paths), PREDICTIONS.names)


def read_label_segments(run: Run, source: str, paths: Collection[str]) -> pd.DataFrame:
    """Return the segments of labelled files: rows of ``prediction_segments``."""
    rows = [
        {"path": label["path"], **segment}
        for label in _found(run, source, paths)
        for segment in label.get("segments", ())
    ]
    return _frame(rows, PREDICTION_SEGMENTS.names)


def _found(run: Run, source: str, paths: Collection[str]) -> list[dict[str, Any]]:
    wanted, of_source = set(paths), {"dataset": run.dataset, "run_id": run.run_id, "source": source}
    found = run.database["labels"].find(of_source, {"_id": False}).sort("path", 1)
    return [label for label in found if label["path"] in wanted]


def _frame(rows: list[dict[str, Any]], names: list[str]) -> pd.DataFrame:
    return pd.DataFrame([[row.get(name) for name in names] for row in rows], columns=names)
