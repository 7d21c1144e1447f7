"""How much each word that listeners give music applies to the files of a folder: no training, no genres."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
from pymongo.database import Database

from pipeline.errors import InputError
from pipeline.extract.analyse import Outcome
from pipeline.features import TAGS
from pipeline.predict.classifier import TAG_WINDOW_S
from pipeline.predict.each_file import Heard, hear_each, of_file, vectors_of, why_not
from pipeline.store import upsert
from pipeline.tables import TAGS as TABLE

WANTED = (TAGS.name, TAG_WINDOW_S)


@dataclass(frozen=True)
class Tagging:
    """What a worker does with what it heard: keeps the mean activations."""

    root: Path

    @property
    def key(self) -> dict[str, Any]:
        """What all documents of the folder have in common by which they are found."""
        return {"source": str(self.root), "feature_set": TAGS.name}

    def __call__(
        self, database: Database, dataset: str, tracks: Sequence[dict[str, Any]], outcomes: Sequence[Outcome]
    ) -> None:
        """Write the activations, or why there are none, for each file."""
        upsert(
            database["tags"],
            [
                self.key | of_file(self.root, track) | self._activations(track, outcome)
                for track, outcome in zip(tracks, outcomes, strict=True)
            ],
            replace=True,
        )

    def _activations(self, track: dict[str, Any], outcome: Outcome) -> dict[str, Any]:
        reject = why_not(self.root, track, outcome, TAG_WINDOW_S)
        if reject:
            return {"reason": reject.reason, "detail": reject.detail}
        vectors, _ = vectors_of(outcome, [WANTED])
        return dict(zip(TAGS.columns, vectors[WANTED].mean(axis=0).tolist(), strict=True))


def tag_folder(database: Database, folder: Path, *, jobs: int = 1, scheduler: str = "") -> tuple[pd.DataFrame, Heard]:
    """Tag every file of a folder that lies at any depth.

    Returns
    -------
    pd.DataFrame
        rows of the table ``tags``, in the order of their paths
    Heard

    Raises
    ------
    InputError
        where the network is not installed, or the folder can't be read or holds no audio
    """
    if missing := TAGS.say_missing():
        raise InputError(f"tags need {missing}")
    keep = Tagging(folder.expanduser().resolve())
    heard = hear_each(
        database, keep.root, "tags", keep.key, [WANTED], keep, stands={}, jobs=jobs, scheduler=scheduler
    )  # fmt: skip
    wanted, names = set(heard.paths), [*TABLE.names, *TAGS.columns]
    found = database["tags"].find(keep.key, {"_id": False}).sort("path", 1)
    rows = [[row.get(name) for name in names] for row in found if row["path"] in wanted]
    return pd.DataFrame(rows, columns=names), heard
