"""A small dataset on a server of its own, and the state that the stages leave it in when nobody disturbs them."""

import json
import multiprocessing
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bson import json_util
from pymongo.database import Database

from pipeline.settings import Settings
from pipeline.stages import STAGES
from pipeline.store.connection import connected
from pipeline.store.runs import start_run
from tests.faults.play import Disturbance, play
from tests.patience import HANG_S
from tests.plain_exports import plain_exports

DATASET = "faults"
PARAMETERS = {
    "features": "spectral-v1",
    "windows": "3,1.5",
    "jobs": 1,
    "repeats": 1,
    "k_max": 5,
    "models": "dummy_stratified,knn_3,logistic_regression",
    "holdout": 0.2,
    "seed": 0,
    "split": "track",
}
IGNORED = (
    "_id", "files_id", "file_id", "generation", "catalogued_at", "created_at", "finished_at", "uploadDate", "length",
    "data", "revision", "segments_version",
)  # fmt: skip
"""Times, ids that MongoDB gives, and the packed models, which hold times and ids too."""

NAMES = [stage.name for stage in STAGES]

State = dict[str, list[str]]


@dataclass
class Played:
    """How a stage ended."""

    status: int
    n_writes: int
    said: str


@dataclass
class Scene:
    """Where the stages are played.

    Attributes
    ----------
    root : Path
        home, exports and runs are below it
    music : Path
    before : dict
        documents of each collection as they are before a stage, by its name; after the last under ``end``
    n_writes : dict
        writes of each stage
    exports : dict
        content of each export, by its name
    """

    root: Path
    music: Path
    run_id: str = ""
    before: dict[str, dict[str, list[dict]]] = field(default_factory=dict)
    n_writes: dict[str, int] = field(default_factory=dict)
    exports: dict[str, bytes] = field(default_factory=dict)

    def __post_init__(self):
        self._context = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload(["tests.faults.stage_imports", "tests.faults.play"])

    @property
    def settings(self) -> Settings:
        return Settings(home=self.root / "home", exports=self.root / "exports", runs=self.root / "runs")

    @property
    def environment(self) -> dict[str, str]:
        return {f"GENRELAB_{name.upper()}": str(self.root / name) for name in ("home", "exports", "runs")}

    def rehearse(self) -> None:
        """Play all stages undisturbed, and remember what each left."""
        with connected(self.settings) as database:
            self.run_id = start_run(database, DATASET, PARAMETERS).run_id
            for stage in NAMES:
                self.before[stage] = _copy(database)
                played = self.play(stage)
                assert played.status == 0, played.said
                self.n_writes[stage] = played.n_writes
            self.before["end"] = _copy(database)
        self.exports = self.read_exports()

    def restore(self, stage: str) -> None:
        """Put the database in the state before a stage."""
        with connected(self.settings) as database:
            for name in database.list_collection_names():
                database[name].delete_many({})
                if self.before[stage].get(name):
                    database[name].insert_many(self.before[stage][name])

    def play(self, stage: str, disturbance: Disturbance | None = None, **given: Any) -> Played:
        """Play a stage in a process of its own."""
        said, n_writes = self.root / "said", self._context.Value("i", 0)
        parameters = PARAMETERS | {"dataset": DATASET, "audio": str(self.music), "run_id": self.run_id} | given
        process = self._context.Process(
            target=play, args=(self.environment, stage, parameters, disturbance, said, n_writes)
        )
        process.start()
        process.join(HANG_S)
        assert process.exitcode is not None, f"{stage} does not end: {said.read_text()}"
        return Played(process.exitcode, n_writes.value, said.read_text())

    def state(self) -> State:
        with connected(self.settings) as database:
            return plain(_copy(database))

    def expected(self, stage: str) -> State:
        """Return the state after a stage that nobody disturbed."""
        following = [*NAMES, "end"][NAMES.index(stage) + 1]
        return plain(self.before[following])

    def read_exports(self) -> dict[str, bytes]:
        return plain_exports(self.settings.exports)


def _copy(database: Database) -> dict[str, list[dict]]:
    return {name: list(database[name].find()) for name in database.list_collection_names()}


def plain(documents: dict[str, Sequence[dict]]) -> State:
    """Return documents as they compare: without times and the ids that MongoDB gives them."""
    return {
        name: sorted(
            json.dumps(_stripped(found), sort_keys=True, default=json_util.default) for found in documents[name]
        )
        for name in sorted(documents)
        if documents[name]
    }


def _stripped(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: _stripped(v) for k, v in value.items() if k not in IGNORED}
    if isinstance(value, list):
        return [_stripped(item) for item in value]
    return value
