"""What a database was asked for, as its own profiler tells."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from pymongo.database import Database

GROWS_WITH_THE_MUSIC = ("segments", "tracks", "rejects", "removed", "drawn")
GROWS_WITH_THE_RUNS = ("scores", "results", "predictions", "answers", "models", "labels")
SHARD_KEY = {"segments": ("dataset", "track_id"), "tracks": ("dataset", "track_id")}
"""As `mongo/README.md` advises."""


@contextmanager
def profiled(database: Database) -> Iterator[list[dict[str, Any]]]:
    """Give a list that holds, at the end, all operations on the collections that grow, as the server planned them."""
    asked: list[dict[str, Any]] = []
    database.command("profile", 0)
    database.drop_collection("system.profile")
    database.create_collection("system.profile", capped=True, size=2**26)
    database.command("profile", 2)
    try:
        yield asked
    finally:
        database.command("profile", 0)
        grown = [f"{database.name}.{name}" for name in (*GROWS_WITH_THE_MUSIC, *GROWS_WITH_THE_RUNS)]
        asked += database["system.profile"].find({"ns": {"$in": grown}})
        database.drop_collection("system.profile")


def scans(asked: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the operations that read a whole collection."""
    return [one for one in asked if "COLLSCAN" in one.get("planSummary", "")]


def names_no_shard(asked: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the writes to one document, or put there if missing, that don't say in which shard it is."""
    return [
        one
        for one in asked
        if one["op"] in ("update", "remove")
        and not one["command"].get("multi", one["command"].get("limit") == 0)
        and not set(SHARD_KEY.get(one["ns"].partition(".")[2], ())) <= set(one["command"]["q"])
    ]
