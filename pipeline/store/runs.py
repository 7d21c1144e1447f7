"""Batch runs: the tracker of what was done when, with which parameters and versions."""

import subprocess
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from typing import Any
from uuid import uuid4

from pymongo import DESCENDING
from pymongo.database import Database

from pipeline.errors import InputError
from pipeline.settings import CHECKOUT

TICK = timedelta(seconds=1)
"""Run ids tell seconds apart."""

TRACKED_PACKAGES = ("genrelab", "librosa", "numpy", "pandas", "pymongo", "scikit-learn", "scipy", "skops")


def start_run(database: Database, dataset: str, parameters: dict[str, Any], *, status: str = "running") -> str:
    """Record a new run and return its ``run_id``, which sorts by time.

    A run is never older than one before it, even if the clock was set back meanwhile.
    """
    now = datetime.now(UTC)
    latest = database["runs"].find_one({}, {"started_at": True}, sort=[("started_at", DESCENDING)])
    if latest and latest["started_at"] >= now:
        now = latest["started_at"] + TICK
    run_id = f"run-{now:%Y%m%dT%H%M%S}-{uuid4().hex[:4]}"
    database["runs"].insert_one(
        {
            "run_id": run_id,
            "dataset": dataset,
            "status": status,
            "parameters": parameters,
            "versions": {name: version(name) for name in TRACKED_PACKAGES},
            "git_commit": _git_commit(),
            "started_at": now,
            "finished_at": None,
            "stages": [],
            "error": None,
        }
    )
    return run_id


def resume_run(database: Database, dataset: str, parameters: dict[str, Any]) -> str:
    """Return the newest run of `dataset`, marked as running again with these parameters.

    Raises
    ------
    InputError
        where the dataset has no run yet
    """
    run_id = find_resumable(database, dataset)["run_id"]
    again = {"status": "running", "error": None, "finished_at": None, "parameters": parameters}
    database["runs"].update_one({"run_id": run_id}, {"$set": again})
    return run_id


def find_resumable(database: Database, dataset: str) -> dict[str, Any]:
    """Return the run that `resume_run` would go on with.

    Raises
    ------
    InputError
        where the dataset has no run yet
    """
    run = newest_run(database, dataset)
    if run is None:
        raise InputError(f"dataset {dataset!r} has no run to resume; run it without --from first")
    return run


def open_run(database: Database, dataset: str, run_id: str = "") -> str:
    """Return the run that a notebook writes to: the one named, else the dataset's newest, else a new one.

    Raises
    ------
    InputError
        where `run_id` is named but unknown, or belongs to another dataset
    """
    if run_id:
        run = database["runs"].find_one({"run_id": run_id})
        if run is None or run["dataset"] != dataset:
            raise InputError(f"there is no run {run_id!r} of dataset {dataset!r}; leave run_id empty for the newest")
        return run_id
    run = newest_run(database, dataset)
    return run["run_id"] if run else start_run(database, dataset, {}, status="interactive")


def newest_run(database: Database, dataset: str) -> dict[str, Any] | None:
    """Return the newest run of `dataset`, or None."""
    return database["runs"].find_one({"dataset": dataset}, sort=[("started_at", DESCENDING), ("_id", DESCENDING)])


def record_stage(database: Database, run_id: str, stage: str, status: str, seconds: float) -> None:
    """Record how a stage of a run ended, in the place of an earlier record of the same stage."""
    runs = database["runs"]
    runs.update_one({"run_id": run_id}, {"$pull": {"stages": {"name": stage}}})
    entry = {"name": stage, "status": status, "seconds": round(seconds, 3), "finished_at": datetime.now(UTC)}
    runs.update_one({"run_id": run_id}, {"$push": {"stages": entry}})


def finish_run(database: Database, run_id: str, status: str, error: str | None = None) -> None:
    """Record how a run ended: ``done`` or ``failed`` with its error."""
    database["runs"].update_one(
        {"run_id": run_id}, {"$set": {"status": status, "error": error, "finished_at": datetime.now(UTC)}}
    )


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
