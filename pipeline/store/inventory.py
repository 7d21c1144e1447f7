"""What is in the database: datasets, runs and champions, the newest first."""

from collections.abc import Iterator
from typing import Any

from pymongo import DESCENDING
from pymongo.database import Database

from pipeline.store.datasets import elsewhere
from pipeline.store.run import ARTEFACTS

OF_TRACKS = ("tracks", "segments", "rejects")
"""Collections that tell how large a dataset is."""

IMPORTED = "imported"
"""The source of a dataset whose music is elsewhere."""


def list_datasets(database: Database) -> list[dict[str, Any]]:
    """Return ``dataset, source, location, catalogued_at, tracks, genres, runs, champion, accuracy, mb``; newest first.

    Last come those of which only an imported champion is here: ``source`` is `IMPORTED`, what is not known None.
    ``tracks`` are the usable ones; ``champion`` and ``accuracy`` are those of its newest run that has one; ``mb`` is
    about what its tracks and segments take, by their number and the mean size of all.
    """
    sizes = {name: _mean_bytes(database, name) for name in OF_TRACKS}
    here = [
        {
            "dataset": entry["dataset"],
            "source": entry["source"],
            "location": entry["location"],
            "catalogued_at": entry.get("catalogued_at"),
            "tracks": database["tracks"].count_documents({"dataset": entry["dataset"], "status": "ready"}),
            "genres": len(database["tracks"].distinct("genre", {"dataset": entry["dataset"], "status": "ready"})),
            "runs": database["runs"].count_documents({"dataset": entry["dataset"]}),
            **_of_champion(_newest_crowned(database, entry["dataset"])),
            "mb": round(sum(_count(database, name, entry["dataset"]) * sizes[name] for name in OF_TRACKS) / 1e6, 1),
        }
        for entry in database["datasets"].find(sort=[("catalogued_at", DESCENDING)])
    ]
    unknown = dict.fromkeys(("location", "catalogued_at", "tracks", "genres"))
    return here + [
        {
            "dataset": name,
            "source": IMPORTED,
            **unknown,
            "runs": database["runs"].count_documents({"dataset": name}),
            **_of_champion(_newest_crowned(database, name)),
            "mb": 0.0,
        }
        for name in elsewhere(database)
    ]


def list_runs(database: Database, dataset: str = "") -> list[dict[str, Any]]:
    """Return ``run_id, dataset, status, started_at, split_policy, champion, accuracy, holdout, warnings``.

    The newest comes first. ``accuracy`` is what to expect of the champion, corrected for being the highest where that
    is known; ``holdout`` its accuracy on held-out tracks; ``warnings`` how many there are.
    """
    found = database["runs"].find({"dataset": dataset} if dataset else {}, sort=[("number", DESCENDING)])
    return [
        {
            "run_id": run["run_id"],
            "dataset": run["dataset"],
            "status": run["status"],
            "started_at": run["started_at"],
            "split_policy": run.get("split_policy"),
            **_of_champion(run),
            "holdout": (run.get("champion") or {}).get("holdout_accuracy"),
            "warnings": len((run.get("champion") or {}).get("warnings") or []),
        }
        for run in found
    ]


def list_models(database: Database, dataset: str = "") -> list[dict[str, Any]]:
    """Return the champions: ``run_id, dataset, model, feature_set, window_s, genres, tracks, mb``; newest first."""
    crowned = {"champion": {"$ne": None}} | ({"dataset": dataset} if dataset else {})
    return list(_models(database, crowned))


def _models(database: Database, query: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for run in database["runs"].find(query, sort=[("number", DESCENDING)]):
        generation = run["stages"].get("optimise", {}).get("generation")
        model = database["models"].find_one({"run_id": run["run_id"], "generation": generation, "champion": True})
        if model is None:
            continue
        file = database[f"{ARTEFACTS}.files"].find_one({"_id": model["file_id"]}) or {}
        yield {
            "run_id": run["run_id"],
            "dataset": run["dataset"],
            "model": model["name"],
            "feature_set": model["feature_set"],
            "window_s": model["window_s"],
            "genres": len(model["genres"]),
            "tracks": run["champion"].get("n_tracks"),
            "mb": round(file.get("length", 0) / 1e6, 2),
        }


def _newest_crowned(database: Database, dataset: str) -> dict[str, Any]:
    crowned = {"dataset": dataset, "champion": {"$ne": None}}
    return database["runs"].find_one(crowned, sort=[("number", DESCENDING)]) or {}


def _of_champion(run: dict[str, Any]) -> dict[str, Any]:
    champion = run.get("champion") or {}
    expected = champion.get("corrected_accuracy")
    return {
        "champion": champion.get("model"),
        "accuracy": champion.get("test_accuracy") if expected is None else expected,
    }


def _count(database: Database, name: str, dataset: str) -> int:
    return database[name].count_documents({"dataset": dataset})


def _mean_bytes(database: Database, name: str) -> float:
    """Return the mean size of a collection's documents, bytes; 0 where it has none."""
    if name not in database.list_collection_names():
        return 0.0
    stats = next(iter(database[name].aggregate([{"$collStats": {"storageStats": {}}}])))["storageStats"]
    return float(stats.get("avgObjSize", 0))
