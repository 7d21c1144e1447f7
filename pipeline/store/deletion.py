"""Taking runs and datasets out of the database, whole; done again it finishes what a kill has left."""

from typing import Any

from gridfs import GridFS
from pymongo.database import Database

from pipeline.errors import InputError
from pipeline.store.columns import forget_columns
from pipeline.store.datasets import unknown_dataset
from pipeline.store.lease import hold
from pipeline.store.run import ARTEFACTS, ROWS
from pipeline.store.runs import INTERACTIVE

OF_RUNS = (*ROWS, "labels", "runs")
OF_DATASETS = ("segments", "rejects", "removed", "drawn", "tracks", "datasets")
"""Collections that hold what belongs to runs, and what belongs to a dataset, in the order in which they are emptied:
what the rest is found by goes last."""


def count_run(database: Database, run_id: str) -> dict[str, int]:
    """Return how many documents of a run there are, by collection.

    Raises
    ------
    InputError
        where there is no such run, or a later batch run reads rows of it
    """
    if readers := _readers(database, run_id):
        raise InputError(
            f"run {run_id!r} has rows that {' and '.join(readers)} read, since nothing had changed: delete these first"
        )
    return _counted(database, {"run_id": run_id}, OF_RUNS, f"there is no run {run_id!r}; `genrelab runs` lists them")


def count_dataset(database: Database, dataset: str) -> dict[str, int]:
    """Return how many documents of a dataset and its runs there are, by collection.

    Raises
    ------
    InputError
        where there is no such dataset
    """
    unknown = str(unknown_dataset(database, dataset))
    return _counted(database, {"dataset": dataset}, (*OF_RUNS, *OF_DATASETS), unknown)


def delete_run(database: Database, run_id: str) -> None:
    """Delete a run with all its rows, models and labels; its dataset stays.

    Raises
    ------
    InputError
        where there is no such run, or somebody is at work on it
    """
    count_run(database, run_id)
    documents = (database[name].find_one({"run_id": run_id}, {"dataset": True}) for name in OF_RUNS)
    dataset = next(document["dataset"] for document in documents if document)
    with hold(database, dataset), hold(database, dataset, run_id):
        clear_run(database, run_id)


def clear_run(database: Database, run_id: str) -> None:
    """Delete what there is of a run, whole or cut off; whoever calls this holds its dataset."""
    _delete(database, {"run_id": run_id}, OF_RUNS)


def delete_dataset(database: Database, dataset: str) -> None:
    """Delete a dataset with all that was made of it: features, runs, models and labels. The music is not touched.

    Raises
    ------
    InputError
        where there is no such dataset, or somebody is at work on it
    """
    count_dataset(database, dataset)
    with hold(database, dataset):
        _delete(database, {"dataset": dataset}, (*OF_RUNS, *OF_DATASETS))
    forget_columns(database, dataset)


def _readers(database: Database, run_id: str) -> list[str]:
    """Return the names of the batch runs that did not do all stages anew, and read those of this one."""
    later = database["runs"].find({"status": {"$ne": INTERACTIVE}, "forked_from": {"$ne": None}}, sort=[("number", 1)])
    return [
        run["run_id"]
        for run in later
        if any(entry.get("kept_from") == run_id and "generation" in entry for entry in run["stages"].values())
    ]


def _counted(database: Database, query: dict[str, Any], names: tuple[str, ...], unknown: str) -> dict[str, int]:
    found = {name: n for name in names if (n := database[name].count_documents(query))}
    if not found:
        raise InputError(unknown)
    return found


def _delete(database: Database, query: dict[str, Any], names: tuple[str, ...]) -> None:
    files = GridFS(database, collection=ARTEFACTS)
    for model in database["models"].find(query, {"file_id": True}):
        files.delete(model["file_id"])
    for name in names:
        database[name].delete_many(query)
