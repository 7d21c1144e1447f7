"""One run: the rows that its stages wrote, read and replaced whole.

Each write of a stage is a *generation*: its rows carry the generation's name, and count once the run names that
generation as the stage's. The run's document names it in one update, so that readers see all rows of before or all of
now, whatever fails, is killed or is refused in between. Rows that no run names are removed afterwards.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, TypeVar
from uuid import uuid4

import pandas as pd
from bson import ObjectId
from gridfs import GridFS
from pymongo.database import Database
from pymongo.errors import BulkWriteError, PyMongoError, WriteError

from pipeline.errors import StoreError
from pipeline.store.connection import words_of
from pipeline.store.datasets import tracks_hash
from pipeline.store.documents import insert_rows, pack_rows
from pipeline.store.frames import read_frame, read_rows, unpack_rows
from pipeline.store.schema import fields, natural_key, packed_fields

ROWS = ("scores", "results", "predictions", "models", "answers")
"""The collections of which each document belongs to a generation."""

ARTEFACTS = "artefacts"
"""The GridFS bucket of fitted models."""

BOOKKEEPING = ("_id", "run_id", "dataset", "stage", "generation")
"""Fields of such a document that say whose it is, not what it says."""

OTHER = "other_dataset"
"""Of a score: the dataset that a model was tested on, where that is another one than the run's."""

Found = TypeVar("Found")


@dataclass(frozen=True)
class ModelFile:
    """A fitted model as it is stored: fields of its document in ``models``, and the file."""

    fields: Mapping[str, Any]
    content: bytes = field(repr=False)


@dataclass(frozen=True)
class StageRows:
    """All rows of a stage.

    Attributes
    ----------
    scores, predictions, answers : pd.DataFrame
        rows of the collections of that name
    tables : mapping
        rows of result tables, by the table's name
    models : sequence of ModelFile
    """

    scores: pd.DataFrame = field(default_factory=pd.DataFrame)
    predictions: pd.DataFrame = field(default_factory=pd.DataFrame)
    answers: pd.DataFrame = field(default_factory=pd.DataFrame)
    tables: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    models: Sequence[ModelFile] = ()


@dataclass(frozen=True)
class Run:
    """A run of a dataset, as faces read it and stages write to it.

    Attributes
    ----------
    database : Database
    dataset : str
    run_id : str
        empty where the dataset has no run yet: nothing can be read from it or written to it
    """

    database: Database = field(repr=False)
    dataset: str
    run_id: str

    @property
    def facts(self) -> dict[str, Any]:
        """The run's document; empty where there is none."""
        return self.database["runs"].find_one({"run_id": self.run_id}, {"_id": False}) or {}

    @property
    def champion(self) -> dict[str, Any] | None:
        """What ``runs`` says of the champion; None before one is chosen, or where the choice is outdated."""
        return self.facts.get("champion")

    @property
    def split_policy(self) -> str:
        """The policy that its results are read under; empty before 04_compare has said so."""
        return self.facts.get("split_policy") or ""

    @property
    def main_feature_set(self) -> str:
        """The feature set that figures and sentences are about; empty before 04_compare has said so."""
        return self.facts.get("main_feature_set") or ""

    @property
    def outdated(self) -> list[str]:
        """The stages whose rows are of an earlier time than those that they were made from; nobody reads them."""
        return [stage for stage, entry in self.facts.get("stages", {}).items() if entry.get("outdated")]

    @property
    def is_of_earlier_tracks(self) -> bool:
        """Whether tracks have changed since a stage was made from them whose rows count; not where that is unknown."""
        now = tracks_hash(self.database, self.dataset)
        counts = [entry for entry in self.facts.get("stages", {}).values() if not entry.get("outdated")]
        return now is not None and any(entry.get("tracks_hash") not in (None, now) for entry in counts)

    def scores(self, **query: Any) -> pd.DataFrame:
        """Read scores, sorted by what they are of: the fields of ``scores``, but those that say whose they are.

        They are of the run's own dataset: those of models that were put to another one are `scores_elsewhere`.
        """
        return self._scores({**query, OTHER: None}).drop(columns=OTHER)

    def scores_elsewhere(self, **query: Any) -> pd.DataFrame:
        """Read scores of the run's models on other datasets, as `scores` does, with ``tested_on``."""
        found = self._scores({OTHER: {"$ne": None}, **query}).rename(columns={OTHER: "tested_on"})
        return found.sort_values("tested_on", kind="stable", ignore_index=True)

    def _scores(self, query: Mapping[str, Any]) -> pd.DataFrame:
        columns = [name for name in fields("scores") if name not in BOOKKEEPING]
        order = [name for name in natural_key("scores") if name not in BOOKKEEPING]
        scores = self.steady(
            lambda current: read_frame(self.database["scores"], {**query, "generation": {"$in": current}}, columns)
        )
        return scores.sort_values(order, ignore_index=True)

    def table(self, table: str, **query: Any) -> pd.DataFrame:
        """Read a result table, a stage's rows in the order they were written; a `query` names no packed column."""
        rows = self._rows("results", {**query, "table": table}).drop(columns="table", errors="ignore")
        return unpack_rows(rows, packed_fields(table))

    def predictions(self, **query: Any) -> pd.DataFrame:
        """Read predictions of held-out rows, in the order they were written."""
        return self._rows("predictions", query)

    def answers(self, **query: Any) -> pd.DataFrame:
        """Read what candidates answered to test tracks, as it is packed."""
        return self._rows("answers", query)

    def tables(self) -> set[str]:
        """Return the names of the result tables that have rows."""
        query = self.database["results"].distinct
        return set(self.steady(lambda current: query("table", {"generation": {"$in": current}})))

    def model_documents(self, **query: Any) -> list[dict[str, Any]]:
        """Read what is told of fitted models, without their files; those of short windows first."""
        find = self.database["models"].find
        return self.steady(
            lambda current: list(find({**query, "generation": {"$in": current}}, sort=[("window_s", 1)]))
        )

    def models(self, **query: Any) -> list[ModelFile]:
        """Read fitted models, those of short windows first."""
        files = GridFS(self.database, collection=ARTEFACTS)

        def read(current: list[str]) -> list[ModelFile]:
            found = self.database["models"].find({**query, "generation": {"$in": current}}, sort=[("window_s", 1)])
            return [ModelFile(document, files.get(document["file_id"]).read()) for document in found]

        return self.steady(read)

    def steady(self, read: Callable[[list[str]], Found]) -> Found:
        """Return what `read` gives for the current generations, all of one time though a stage is written meanwhile.

        Parameters
        ----------
        read : callable
            names of the run's current generations -> what is read
        """
        current = self._current()
        while True:
            try:
                found = read(current)
            except Exception:
                if (now := self._current()) == current:
                    raise
            else:
                if (now := self._current()) == current:
                    return found
            current = now

    def record(
        self, stage: str, rows: StageRows, *, outdates: Sequence[str] = (), facts: Mapping[str, Any] | None = None
    ) -> None:
        """Put rows in the place of all that the stage wrote before: at once, or where that fails not at all.

        Parameters
        ----------
        stage : str
        rows : StageRows
        outdates : sequence of str
            stages whose rows were made from the ones replaced here; nobody reads them from now on
        facts : mapping, optional
            fields of the run's document to set with them

        Raises
        ------
        StoreError
            where MongoDB refuses a row, or the run is gone
        """
        generation = uuid4().hex
        mine = {"run_id": self.run_id, "dataset": self.dataset, "stage": stage, "generation": generation}
        try:
            self._write(rows, mine)
            before = self._name(stage, generation, outdates, facts or {})
        except BaseException as error:
            with suppress(PyMongoError):
                if generation not in self._current():
                    self._remove(generation)
            if isinstance(error, (BulkWriteError, WriteError)):
                raise StoreError(f"run {self.run_id}: MongoDB refuses what {stage} wrote: {words_of(error)}") from error
            raise
        self._clean(stage, before)

    def note(self, facts: Mapping[str, Any]) -> None:
        """Set fields of the run's document that follow from its rows, once these are recorded."""
        self.database["runs"].update_one({"run_id": self.run_id}, {"$set": dict(facts)})

    def _rows(self, collection: str, query: Mapping[str, Any]) -> pd.DataFrame:
        rows = self.steady(
            lambda current: read_rows(self.database[collection], {**query, "generation": {"$in": current}})
        )
        return rows.drop(columns=list(BOOKKEEPING), errors="ignore")

    def _current(self) -> list[str]:
        """Return the generations that count: none of an outdated stage."""
        stages = self.facts.get("stages", {}).values()
        return [entry["generation"] for entry in stages if "generation" in entry and not entry.get("outdated")]

    def _write(self, rows: StageRows, mine: Mapping[str, str]) -> None:
        insert_rows(self.database["scores"], rows.scores, mine)
        for table, frame in rows.tables.items():
            packed = pack_rows(frame, packed_fields(table))
            insert_rows(self.database["results"], packed, {**mine, "table": table})
        insert_rows(self.database["predictions"], rows.predictions, mine)
        insert_rows(self.database["answers"], rows.answers, mine)
        files = GridFS(self.database, collection=ARTEFACTS)
        for model in rows.models:
            file_id = ObjectId()  # written down before the file, so that one that is cut off is found and removed
            self.database["models"].insert_one({**mine, **model.fields, "file_id": file_id})
            files.put(model.content, _id=file_id, filename=f"{self.run_id}/{model.fields['name']}.skops")

    def _name(self, stage: str, generation: str, outdates: Sequence[str], facts: Mapping[str, Any]) -> str | None:
        """Make a generation the stage's, and return the one before."""
        known = self.facts.get("stages", {})
        changed = {f"stages.{stage}.generation": generation, f"stages.{stage}.outdated": False, **facts}
        changed |= {f"stages.{other}.outdated": True for other in outdates if "generation" in known.get(other, {})}
        unlike = {f"stages.{other}.key": "" for other in (stage, *outdates)}
        change = {"$set": changed, "$unset": unlike}
        before = self.database["runs"].find_one_and_update({"run_id": self.run_id}, change)
        if before is None:
            raise StoreError(f"there is no run {self.run_id!r} any more, so nothing was written; open another one")
        return before["stages"].get(stage, {}).get("generation")

    def _clean(self, stage: str, before: str | None) -> None:
        """Remove rows that no run names: those just replaced, and those of writes that were cut off."""
        mine = {"run_id": self.run_id, "stage": stage}
        written = {found for name in ROWS for found in self.database[name].distinct("generation", mine)}
        for generation in {*written, *([before] if before else [])}:
            if not self.database["runs"].count_documents({f"stages.{stage}.generation": generation}, limit=1):
                self._remove(generation)

    def _remove(self, generation: str) -> None:
        of_generation = {"generation": generation}
        files = GridFS(self.database, collection=ARTEFACTS)
        for model in self.database["models"].find(of_generation, {"file_id": True}):
            files.delete(model["file_id"])
        for name in ROWS:
            self.database[name].delete_many(of_generation)
