"""Labels as they are kept in MongoDB, and read back."""

from collections.abc import Collection
from typing import Any

import numpy as np
import pandas as pd

from pipeline.predict.classifier import Label
from pipeline.store import Run
from pipeline.tables import NEW_MUSIC, OR, PREDICTION_SEGMENTS, PREDICTIONS, SURE_FROM, SURENESS

CHANCE, VOTE = "chance", "vote"


def fields_of(label: Label) -> dict[str, Any]:
    """Return the fields of a document that tell a label."""
    (genre, probability), *others = label.ranking
    second, second_probability = others[0] if others else (None, None)
    return {
        "genre": genre,
        "probability": probability,
        "probability_is": CHANCE if label.calibrated else VOTE,
        "genre_set": OR.join(label.genre_set) or None,
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


def read_new_music(run: Run, champion: str) -> pd.DataFrame:
    """Return all that a run's champion named, whatever folder or table it lies in: rows of ``new_music``.

    Parameters
    ----------
    run : Run
    champion : str
        of its `ChampionKey`: what another one answered does not count; what this one did in a run that this run goes
        on from, does
    """
    of_champion = {"dataset": run.dataset, "champion": champion, "genre": {"$ne": None}}
    shown = {"_id": False, "segments": False, "played": False}
    found = run.database["labels"].find(of_champion, shown).sort("_id", 1)
    rows = _frame(list(found), [name for name in NEW_MUSIC.names if name not in ("rank", "sureness")])
    rows = rows.drop_duplicates(["source", "path"], keep="last").sort_values(["source", "path"], ignore_index=True)
    probability = rows["probability"].astype(float)
    rank = probability.groupby(rows["genre"]).rank(method="first", ascending=False).astype(int)
    bands = pd.cut(probability, [0.0, *SURE_FROM, np.inf], right=False, labels=list(SURENESS)).astype(object)
    rows = rows.assign(rank=rank, sureness=bands)
    return rows.sort_values(["genre", "rank"], ignore_index=True)


def _found(run: Run, source: str, paths: Collection[str]) -> list[dict[str, Any]]:
    wanted, of_source = set(paths), {"dataset": run.dataset, "run_id": run.run_id, "source": source}
    found = run.database["labels"].find(of_source, {"_id": False}).sort("path", 1)
    return [label for label in found if label["path"] in wanted]


def _frame(rows: list[dict[str, Any]], names: list[str]) -> pd.DataFrame:
    return pd.DataFrame([[row.get(name) for name in names] for row in rows], columns=names)
