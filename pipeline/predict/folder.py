"""Labels for the files of a folder."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from pymongo.database import Database

from pipeline.errors import InputError
from pipeline.excerpts import SPREAD
from pipeline.extract.analyse import Outcome
from pipeline.features import Wanted
from pipeline.features.means import base_set
from pipeline.predict.champion import ChampionKey, champion_of, load_classifier
from pipeline.predict.classifier import Classifier, rows_of, strongest_tags
from pipeline.predict.each_file import Heard, hear_each, of_file, vectors_of, why_not
from pipeline.predict.labels import fields_of, read_labels
from pipeline.predict.learned import find_learned
from pipeline.store import upsert


@dataclass(frozen=True)
class Labelling:
    """What a worker does with what it heard: asks the champion, and keeps the answers.

    Attributes
    ----------
    run_id : str
    champion : str
        of the `ChampionKey` that was asked for
    root : Path
    segments : bool
        whether segments are named too
    excerpts : str
        which stretches of each file were heard
    """

    run_id: str
    champion: str
    root: Path
    segments: bool
    excerpts: str

    @property
    def key(self) -> dict[str, Any]:
        """What all labels have in common by which they are found."""
        return {"run_id": self.run_id, "source": str(self.root)}

    def __call__(
        self, database: Database, dataset: str, tracks: Sequence[dict[str, Any]], outcomes: Sequence[Outcome]
    ) -> None:
        """Write a label, or why there is none, for each file."""
        classifier = _classifier(database, dataset, self.run_id, self.champion)
        hashes = [outcome.track["content_hash"] for outcome in outcomes if outcome.track.get("content_hash")]
        learned = find_learned(classifier.run, hashes)
        common = {**self.key, "dataset": dataset, "champion": self.champion, "has_segments": self.segments}
        common["excerpts"] = self.excerpts
        upsert(
            database["labels"],
            [
                common | of_file(self.root, track) | self._answer(classifier, track, outcome, learned)
                for track, outcome in zip(tracks, outcomes, strict=True)
            ],
            replace=True,
        )

    def _answer(
        self, classifier: Classifier, track: dict[str, Any], outcome: Outcome, learned: set[str] | None
    ) -> dict[str, Any]:
        reject = why_not(self.root, track, outcome, *classifier.answers_on)
        vectors, starts_s = vectors_of(outcome, classifier.needs(segments=self.segments))
        label = None if reject else classifier.answer_to(vectors)
        if label is None:
            why = reject or why_not(self.root, track, outcome, classifier.champion.window_s)
            assert why is not None  # nosec B101 # it has no such window
            return {"reason": why.reason, "detail": why.detail}
        is_known = None if learned is None else outcome.track.get("content_hash") in learned
        fields = fields_of(label) | {"known": is_known}
        tags = [column.removeprefix("tag_").replace("_", " ") for column, _ in strongest_tags(vectors)]
        fields["tags"] = ", ".join(tags) or None
        if self.segments:
            fields["segments"] = _segments(classifier, vectors, starts_s)
        return fields


def label_folder(
    key: ChampionKey,
    folder: Path,
    *,
    segments: bool = False,
    excerpts: str = SPREAD,
    jobs: int = 1,
    scheduler: str = "",
) -> tuple[pd.DataFrame, Heard]:
    """Label every file of a folder that lies at any depth.

    Parameters
    ----------
    key : ChampionKey
        who is asked
    folder : Path
    segments : bool
        name the shortest windows too
    excerpts : str
        which stretches of each file are heard, one of `pipeline.excerpts.EXCERPTS`
    jobs : int
        worker processes
    scheduler : str
        address of a Dask scheduler whose workers take their place

    Returns
    -------
    pd.DataFrame
        as `read_labels` does
    Heard

    Raises
    ------
    InputError
        where there is nobody to ask, or the folder can't be read or holds no audio
    """
    run, root = key.run, folder.expanduser().resolve()
    classifier = load_classifier(key)
    keep = Labelling(run.run_id, str(key), root, segments, excerpts)
    heard = hear_each(
        run.database,
        root,
        "labels",
        keep.key | {"dataset": run.dataset},
        classifier.needs(segments=segments),
        keep,
        stands={"champion": str(key), "excerpts": excerpts, **({"has_segments": True} if segments else {})},
        excerpts=excerpts,
        only_short=[] if segments else classifier.only_of_short,
        dataset=run.dataset,
        jobs=jobs,
        scheduler=scheduler,
    )
    return read_labels(run, str(root), heard.paths), heard


@lru_cache(maxsize=1)
def _classifier(database: Database, dataset: str, run_id: str, champion: str) -> Classifier:
    """Load the champion once a worker.

    Raises
    ------
    InputError
        where it is another one meanwhile
    """
    key = champion_of(database, dataset, run_id)
    if str(key) != champion:
        raise InputError(f"run {run_id!r} was given another champion meanwhile: start again")
    return load_classifier(key)


def _segments(
    classifier: Classifier, vectors: Mapping[Wanted, np.ndarray], starts_s: Mapping[Wanted, list[float]]
) -> list[dict[str, Any]]:
    model = classifier.segment_model
    if model is None:
        return []
    X = rows_of(model, vectors)
    votes = classifier.vote(model, X) if len(X) else X
    return [
        {
            "start_s": float(start_s),
            "end_s": float(start_s + model.window_s),
            "genre": model.genres[int(row.argmax())],
            "probability": float(row.max()),
        }
        for start_s, row in zip(starts_s[base_set(model.feature_set), float(model.window_s)], votes, strict=True)
    ]
