"""A champion from a file into the database of this machine, as a run of a dataset that is elsewhere."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import bson
from bson import ObjectId
from bson.errors import BSONError
from gridfs import GridFS
from pymongo.database import Database
from pymongo.errors import BulkWriteError, DuplicateKeyError, PyMongoError, WriteError

from pipeline.dataset_name import name_dataset
from pipeline.errors import InputError
from pipeline.exchange.champion_file import BrokenFileError, ChampionFile, read_champion_file
from pipeline.exchange.probe import say_difference
from pipeline.features import FEATURE_SETS, find_feature_set
from pipeline.features.means import base_set
from pipeline.listen.judge import load_judge
from pipeline.models import UnusableModelError
from pipeline.predict import ChampionKey, NoModelError, load_classifier
from pipeline.store import Run
from pipeline.store.deletion import clear_run
from pipeline.store.lease import hold
from pipeline.store.run import ARTEFACTS
from pipeline.store.runs import adopt_run

COLLECTIONS = ("scores", "results", "predictions")


@dataclass(frozen=True)
class Imported:
    """What became of a file.

    Attributes
    ----------
    run : Run
    is_new : bool
        false where it was here already
    is_measured : bool
        whether it can be asked for audio; else for a table with its columns
    remarks : list of str
        what else to know of it, a sentence each
    """

    run: Run
    is_new: bool
    is_measured: bool
    remarks: list[str]


def import_champion(database: Database, path: Path, dataset: str = "") -> Imported:
    """Put a champion into the database: whole, or not at all; a second time changes nothing.

    Parameters
    ----------
    database : Database
    path : Path
        what ``genrelab models export`` wrote
    dataset : str
        what its dataset is to be called here; empty: as there

    Raises
    ------
    BrokenFileError
        where the file is none, or damaged, or holds what can't be used here
    InputError
        where this database has a dataset of that name of its own, or that run
    """
    file = read_champion_file(path)
    facts = _facts(file, path)
    name = name_dataset(dataset or facts["dataset"])
    known = database["runs"].find_one({"run_id": facts["run_id"]})
    if known and (known["finished_at"] or not known.get("imported")):
        return _again(Run(database, known["dataset"], facts["run_id"]), known, file, path)
    own = {"dataset": name, "imported": None}
    if database["datasets"].count_documents({"dataset": name}) or database["runs"].count_documents(own):
        raise InputError(
            f"this database has a dataset {name!r} of its own: give the champion another name, like "
            f"--dataset {name}-imported"
        )
    _check_features(file, path)
    with hold(database, name):
        clear_run(database, facts["run_id"])  # what a kill has left
        try:
            run = _write(database, file, {**facts, "dataset": name}, path)
            remarks = _try_out(run, file, path)
            _finish(run, facts, path)
        except BaseException:
            with suppress(PyMongoError):
                clear_run(database, facts["run_id"])
            raise
    return Imported(run, True, file.about["measured"], remarks)


def _again(run: Run, known: Mapping[str, Any], file: ChampionFile, path: Path) -> Imported:
    imported = known.get("imported")
    if not imported:
        return Imported(run, False, file.about["measured"], ["It was made here."])
    if imported["sha256"] == file.sha256:
        return Imported(run, False, file.about["measured"], [])
    raise InputError(
        f"run {run.run_id} is here, from another file than {str(path)!r}: delete it first, by "
        f"`genrelab runs delete {run.run_id}`"
    )


def _facts(file: ChampionFile, path: Path) -> dict[str, Any]:
    """Return the run's document without what says that it is finished."""
    documents = _decoded(file, "run.bson", path)
    if len(documents) != 1:
        raise BrokenFileError(path, f"holds {len(documents)} runs in 'run.bson', and must hold one")
    facts = documents[0]
    try:
        kept = {
            "run_id": facts["run_id"],
            "dataset": file.about["dataset"],
            "status": "done",
            "started_at": facts["started_at"],
            "stages": facts["stages"],
            "champion": facts["champion"],
            "imported": {
                "sha256": file.sha256,
                "dataset": file.about["dataset"],
                "synthetic": file.about["synthetic"],
                "at": datetime.now(UTC),
            },
        }
        generations = [facts["stages"]["optimise"]["generation"]]
        generations += [entry["generation"] for entry in facts["stages"].values()]
        _ = facts["champion"]["model"]
    except (KeyError, TypeError, AttributeError) as error:
        raise BrokenFileError(path, f"lacks {error} of a champion's run") from error
    if not all(isinstance(name, str) and name for name in (facts["run_id"], *generations)):
        raise BrokenFileError(path, "holds a run whose name, or that of its rows, is no text")
    optional = ("finished_at", "versions", "git_commit", "parameters", "split_policy", "main_feature_set", "highest")
    return kept | {name: facts[name] for name in optional if name in facts}


def _check_features(file: ChampionFile, path: Path) -> None:
    """See that this version of the program can measure what the champion takes."""
    if not file.about["measured"]:
        return
    name = base_set(file.about["feature_set"])
    known = find_feature_set(name)
    if known is None:
        raise BrokenFileError(
            path,
            f"holds a champion of genrelab {file.about.get('genrelab')} on features {name!r}, which this version does "
            f"not know (it knows {', '.join(FEATURE_SETS)}): update genrelab here",
        )
    if lacking := sorted(set(file.about["features"]) - set(known.columns)):
        raise BrokenFileError(
            path,
            f"holds a champion of genrelab {file.about.get('genrelab')} whose {name!r} has other columns than here: "
            f"{lacking[0]!r} and so on; use the same version of genrelab on both machines",
        )


def _write(database: Database, file: ChampionFile, facts: dict[str, Any], path: Path) -> Run:
    """Write all rows, and last the run that names them, which nobody takes for finished yet.

    Rows are read by their generations alone, so each gets a new name here: none can count as another run's.
    """
    mine = {"run_id": facts["run_id"], "dataset": facts["dataset"]}
    fresh = {entry["generation"]: uuid4().hex for entry in facts["stages"].values()}
    stages = {name: {**entry, "generation": fresh[entry["generation"]]} for name, entry in facts["stages"].items()}
    of_champion = {"stage": "optimise", "generation": facts["stages"]["optimise"]["generation"]}

    def owned(row: Mapping[str, Any]) -> dict[str, Any]:
        generation = row.get("generation")
        if not isinstance(generation, str) or generation not in fresh:
            raise BrokenFileError(path, "holds rows that no stage of its run has made")
        return {**row, **mine, "generation": fresh[generation]}

    files = GridFS(database, collection=ARTEFACTS)
    try:
        for collection in COLLECTIONS:
            rows = [owned(row) for row in _decoded(file, f"{collection}.bson", path)]
            if rows:
                database[collection].insert_many(rows)
        for content, fields in _models(file, path):
            file_id = ObjectId()
            database["models"].insert_one(owned({**of_champion, **fields, "file_id": file_id}))
            files.put(content, _id=file_id, filename=f"{facts['run_id']}/{fields['name']}.skops")
        unfinished = {"champion": None, "finished_at": None, "forked_from": None, "error": None}
        return adopt_run(database, {**facts, "stages": stages, **unfinished})
    except (BulkWriteError, WriteError, DuplicateKeyError, BSONError) as error:
        raise BrokenFileError(path, "holds rows that this version of genrelab does not take") from error


def _finish(run: Run, facts: Mapping[str, Any], path: Path) -> None:
    """Say that the run has a champion and is finished: from now on it answers."""
    crowned = {"champion": facts["champion"], "finished_at": facts.get("finished_at") or datetime.now(UTC)}
    try:
        run.database["runs"].update_one({"run_id": run.run_id}, {"$set": crowned})
    except WriteError as error:
        raise BrokenFileError(path, "tells of its champion what this version of genrelab does not take") from error


def _models(file: ChampionFile, path: Path) -> Iterator[tuple[bytes, dict[str, Any]]]:
    for place, fields in enumerate(_decoded(file, "models.bson", path)):
        name = f"models/{place}.skops"
        if name not in file.members or not isinstance(fields.get("name"), str):
            raise BrokenFileError(path, f"lacks {name!r}")
        yield file.members[name], fields


def _try_out(run: Run, file: ChampionFile, path: Path) -> list[str]:
    """Load all that was written, so that what can't be used is refused now, and return what to know of it."""
    key = ChampionKey(run, run.facts["stages"]["optimise"]["generation"])
    remarks = []
    try:
        if not file.about["measured"]:
            load_classifier(key, of_table=True)
        else:
            try:
                load_judge(key)
            except NoModelError as error:  # a package that can be installed yet
                remarks.append(f"It can't be asked yet: {error}")
    except UnusableModelError as error:
        raise BrokenFileError(path, f"can't be used here: the {error.which} {error.why}") from error
    except KeyError as error:
        raise BrokenFileError(path, f"lacks {error}") from error
    for name, there in file.about["probe"].items():
        known = find_feature_set(name)
        if known and known.is_here and (difference := say_difference(known, there["values"], file.about["versions"])):
            remarks.append(f"Beware: {difference}.")
    return remarks


def _decoded(file: ChampionFile, name: str, path: Path) -> list[dict[str, Any]]:
    try:
        return bson.decode_all(file.members[name])
    except (KeyError, BSONError) as error:
        raise BrokenFileError(path, f"lacks {name!r}, or a whole one") from error
