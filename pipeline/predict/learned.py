"""The recordings that a champion learned from, as far as a song is known to be one of them: by their contents."""

from collections.abc import Collection
from functools import lru_cache
from typing import Any

from pipeline.models import FittedModel, UnusableModelError, load_extra, pack_extra
from pipeline.store import ModelFile, Run

ROLE = "learned"
"""Of its document in ``models``; only a champion that was imported has one, as its dataset is elsewhere."""


def find_learned(run: Run, hashes: Collection[str]) -> set[str] | None:
    """Return the contents among these files' that the champion's dataset has to learn from.

    None where that can't be told: of a table's rows the contents are their values, and no file's.

    Raises
    ------
    UnusableModelError
        where what an imported champion came with is damaged
    """
    if imported := run.facts.get("imported"):
        kept = _kept(run, imported["sha256"])
        return set(hashes) & kept if kept else None
    if _is_of_table(run):
        return None
    here = {**_learning(run), "content_hash": {"$in": list(hashes)}}
    return set(run.database["tracks"].distinct("content_hash", here))


def pack_learned(run: Run, champion: FittedModel) -> ModelFile:
    """Return the contents of all files that it learned from, as they go along with a champion; of a table none."""
    if imported := run.facts.get("imported"):
        hashes = sorted(_kept(run, imported["sha256"]))
    elif _is_of_table(run):
        hashes = []
    else:
        found = run.database["tracks"].find(_learning(run), {"_id": False, "content_hash": True})
        hashes = sorted({track["content_hash"] for track in found if track.get("content_hash")})
    return pack_extra(champion, ROLE, {"hashes": " ".join(hashes)})


def _is_of_table(run: Run) -> bool:
    of_table = {"dataset": run.dataset, "source": "table"}
    return run.database["datasets"].find_one(of_table, {"_id": True}) is not None


def _learning(run: Run) -> dict[str, Any]:
    return {"dataset": run.dataset, "status": "ready", "holdout": {"$ne": True}}


@lru_cache(maxsize=1)
def _kept(run: Run, sha256: str) -> frozenset[str]:
    """Load them once a worker; `sha256` tells one import of a run from another."""
    for _, parts in load_extra(run, "list of what it learned from", (), role=ROLE):
        try:
            return frozenset(parts["hashes"].split())
        except (KeyError, AttributeError) as error:
            raise UnusableModelError(run, "list of what it learned from", "is damaged") from error
    return frozenset()
