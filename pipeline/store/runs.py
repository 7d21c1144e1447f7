"""Which runs there are: begun, gone on with, forked, finished; their order is that of their numbers, not of a clock."""

import subprocess
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any
from uuid import uuid4

from pymongo import DESCENDING
from pymongo.database import Database
from pymongo.errors import DuplicateKeyError

from pipeline.errors import InputError
from pipeline.settings import CHECKOUT
from pipeline.store.datasets import choose_dataset
from pipeline.store.run import Run

INTERACTIVE = "interactive"
"""The status of the run of a notebook that somebody started by hand."""

TRACKED_PACKAGES = ("genrelab", "librosa", "numpy", "pandas", "pymongo", "scikit-learn", "scipy", "skops")

READ_UNDER = ("split_policy", "main_feature_set", "highest")
"""What 04_compare records of how a run's results are read."""

SAID_BY = {"extract": ("dataset_revision",), "compare": READ_UNDER, "optimise": ("champion",)}
"""What the run's own document says of a stage, beside its entry."""

KILLED = "it was killed, or its machine went away"

_FINISHED = {"finished_at": {"$ne": None}, "status": {"$ne": INTERACTIVE}}


def start_run(
    database: Database, dataset: str, parameters: dict[str, Any], source: Run | None = None, kept: Sequence[str] = ()
) -> Run:
    """Record a new batch run and return it; with another run's stages where it need not do them anew.

    Parameters
    ----------
    database : Database
    dataset : str
    parameters : dict
        what it is told
    source : Run, optional
    kept : sequence of str
        names of the stages of `source` whose rows it reads
    """
    facts: dict[str, Any] = {"status": "running", "parameters": parameters}
    if source and kept:
        was = source.facts
        stages = {name: {"kept_from": source.run_id, **was["stages"][name]} for name in kept}
        said = {name: was[name] for stage in kept for name in SAID_BY.get(stage, ()) if name in was}
        facts |= {"forked_from": source.run_id, "stages": stages, **said}
    return _insert(database, dataset, facts)


def resume_run(run: Run, parameters: dict[str, Any]) -> Run:
    """Mark a run as running again with these parameters, and return it."""
    run.note({"status": "running", "error": None, "parameters": parameters})
    return run


def find_resumable(database: Database, dataset: str, done: Sequence[str] = (), rows_of: Sequence[str] = ()) -> Run:
    """Return the run to go on with: the newest batch run that has what is needed, be it failed or killed later.

    Parameters
    ----------
    database : Database
    dataset : str
    done : sequence of str
        names of stages that have not failed in it
    rows_of : sequence of str
        names of stages that have left rows in it

    Raises
    ------
    InputError
        where the dataset has no batch run yet, or none that was made here and has what is needed
    """
    batch = {"status": {"$ne": INTERACTIVE}, "imported": None}
    needed: dict[str, Any] = {f"stages.{name}.status": {"$ne": "failed"} for name in done}
    needed |= {f"stages.{name}.generation": {"$exists": True} for name in rows_of}
    run = _newest(database, dataset, batch | needed)
    if run is not None:
        return run
    if _newest(database, dataset, batch):
        raise InputError(
            f"no run of dataset {dataset!r} has done all of {', '.join([*done, *rows_of])}; give --from an earlier "
            "stage, or run it without --from"
        )
    if imported := _newest(database, dataset, {"imported": {"$ne": None}}):
        refuse_imported(imported)
    raise InputError(f"dataset {dataset!r} has no run to resume; run it without --from first")


def withdraw(run: Run, was: Mapping[str, Any]) -> None:
    """Let a run that was to go on, and was refused before it wrote anything, say of its state what it said before."""
    run.note({name: was.get(name) for name in ("status", "error")})


def find_finished(database: Database, dataset: str, **query: Any) -> Run | None:
    """Return the newest run of `dataset` that was finished once and of which `query` is true, or None."""
    return _newest(database, dataset, {**_FINISHED, **query})


def find_crowned(database: Database, dataset: str) -> Run | None:
    """Return the newest run of `dataset` that has a champion, finished or not, or None."""
    return _newest(database, dataset, {"champion": {"$ne": None}})


def find_run(database: Database, dataset: str = "", run_id: str = "", *, may_be_new: bool = False) -> Run:
    """Return a run to read from: the one named, else the newest finished one, else the newest; one without rows
    where the dataset has no run at all.

    Parameters
    ----------
    database : Database
    dataset, run_id : str
        empty: of the run that is named, else as `choose_dataset` has it
    may_be_new : bool
        the dataset need not exist yet

    Raises
    ------
    InputError
        where the dataset does not exist, or `run_id` is unknown, or belongs to another dataset
    """
    if run_id:
        known = database["runs"].find_one({"run_id": run_id}, {"dataset": True})
        if known is None or dataset not in ("", known["dataset"]):
            of = f" of dataset {dataset!r}" if dataset else ""
            raise InputError(f"there is no run {run_id!r}{of}; leave run_id empty for the newest")
        return Run(database, known["dataset"], run_id)
    name = dataset if dataset and may_be_new else choose_dataset(database, dataset)
    found = find_finished(database, name) or _newest(database, name, {})
    return found or Run(database, name, "")


def open_run(database: Database, dataset: str = "", run_id: str = "") -> Run:
    """Return a run to write to: the one named, else a new one of its own.

    A notebook that is started by hand names none. Its own run reads, stage by stage, the rows of the run that
    `find_run` would read from, until it has rows of its own, and leaves that run as it is.

    Raises
    ------
    InputError
        where the dataset does not exist, or `run_id` is unknown, or belongs to another dataset, or was imported
    """
    source = find_run(database, dataset, run_id)
    refuse_imported(source)
    if run_id:
        return source
    dataset = source.dataset
    while True:
        was = source.facts
        kept = {name: was[name] for name in ("parameters", "stages", "champion", *READ_UNDER) if name in was}
        of_own = {"status": INTERACTIVE, "forked_from": source.run_id or None}
        fork = _insert(database, dataset, of_own | kept)
        if source.facts.get("stages") == was.get("stages"):
            return fork
        # The source was written to meanwhile, and its old rows may be gone: nobody told that they were wanted.
        database["runs"].delete_one({"run_id": fork.run_id})


def refuse_imported(run: Run) -> None:
    """Refuse to work on a run that came as a file.

    Raises
    ------
    InputError
        where it did
    """
    if run.facts.get("imported"):
        raise InputError(
            f"run {run.run_id} of dataset {run.dataset!r} was imported, and its music is elsewhere: it can be asked, "
            "and not gone on with; name a run or a dataset that was made here"
        )


def say_run(run: Run) -> str:
    """Say which run a notebook works in, and what becomes of the others."""
    if not run.run_id:
        return f"Dataset {run.dataset!r} has no run yet."
    facts = run.facts
    named = f"Run {run.run_id} of dataset {run.dataset!r}"
    if facts["status"] != INTERACTIVE:
        return f"{named}."
    source = facts["forked_from"]
    origin = f"It reads what it does not make itself from {source}, and changes nothing there. " if source else ""
    return f"{named}: one of this notebook's own. {origin}To go on from it, give another notebook this run_id."


def mark_killed(database: Database, dataset: str) -> None:
    """Record that runs which still say they are running came to an end; whoever calls this holds the dataset."""
    dead = {"dataset": dataset, "status": "running"}
    database["runs"].update_many(dead, {"$set": {"status": "failed", "error": KILLED}})


def record_stage(run: Run, stage: str, status: str, seconds: float, key: str = "") -> None:
    """Record how a stage of a run ended, in the place of an earlier record of the same stage.

    Parameters
    ----------
    run : Run
    stage : str
    status : str
        done or failed
    seconds : float
    key : str
        what the stage was made from, as `pipeline.runner.unchanged` has it; empty: not told
    """
    entry = {"status": status, "seconds": round(float(seconds), 3), "finished_at": datetime.now(UTC), "key": key}
    of_stage = {f"stages.{stage}.{name}": value for name, value in entry.items()}
    of_source = {f"stages.{stage}.kept_from": ""}
    run.database["runs"].update_one({"run_id": run.run_id}, {"$set": of_stage, "$unset": of_source})


def record_revision(run: Run) -> None:
    """Record as which state of its dataset the run leaves it; whoever calls this holds the dataset."""
    known = run.database["datasets"].find_one({"dataset": run.dataset}, {"revision": True}) or {}
    run.note({"dataset_revision": known.get("revision")})


def finish_run(run: Run) -> None:
    """Record that all stages that were asked for are done."""
    done = {"status": "done", "error": None, "finished_at": datetime.now(UTC)}
    run.database["runs"].update_one({"run_id": run.run_id}, {"$set": done})


def fail_run(run: Run, error: str) -> None:
    """Record that a run came to an end before its last stage; what was finished before stays finished."""
    run.database["runs"].update_one({"run_id": run.run_id}, {"$set": {"status": "failed", "error": error}})


def _newest(database: Database, dataset: str, query: dict[str, Any]) -> Run | None:
    order = [("number", DESCENDING)]
    found = database["runs"].find_one({"dataset": dataset, **query}, {"run_id": True}, sort=order)
    return Run(database, dataset, found["run_id"]) if found else None


def adopt_run(database: Database, facts: dict[str, Any]) -> Run:
    """Record a run that was made on another machine, as the newest here, and return it; its name is not taken yet."""
    while True:
        try:
            database["runs"].insert_one({**facts, "number": _next_number(database)})
            return Run(database, facts["dataset"], facts["run_id"])
        except DuplicateKeyError:  # another run took the number meanwhile
            if database["runs"].count_documents({"run_id": facts["run_id"]}, limit=1):
                raise


def _next_number(database: Database) -> int:
    last = database["runs"].find_one({}, {"number": True}, sort=[("number", DESCENDING)]) or {}
    return int(last.get("number", 0)) + 1


def _insert(database: Database, dataset: str, facts: dict[str, Any]) -> Run:
    now = datetime.now(UTC)
    run_id = f"run-{now:%Y%m%dT%H%M%S}-{uuid4().hex[:4]}"
    document = {
        "run_id": run_id,
        "dataset": dataset,
        "forked_from": None,
        "parameters": {},
        "versions": {name: version(name) for name in TRACKED_PACKAGES},
        "git_commit": _git_commit(),
        "started_at": now,
        "finished_at": None,
        "stages": {},
        "champion": None,
        "error": None,
        **facts,
    }
    while True:
        try:
            database["runs"].insert_one({**document, "number": _next_number(database)})
            return Run(database, dataset, run_id)
        except DuplicateKeyError:  # another run took the number meanwhile, or by chance the name
            if database["runs"].find_one({"run_id": run_id}):
                document["run_id"] = run_id = f"run-{now:%Y%m%dT%H%M%S}-{uuid4().hex[:8]}"


def _git_commit() -> str | None:
    if CHECKOUT is None:  # a repository that a wheel happens to be used in is another's
        return None
    try:
        result = subprocess.run(
            ["git", "rev-parse", "HEAD"],  # nosec B607 # which git is the user's choice, by PATH
            cwd=CHECKOUT,
            capture_output=True,
            text=True,
            timeout=5,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return result.stdout.strip()
