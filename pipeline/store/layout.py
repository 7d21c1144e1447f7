"""Which layout a database has, and the steps that bring an older one up to date.

A step is idempotent, touches only what still has the older layout, and can be stopped anywhere: the number of the
layout is raised after it, so that the next command takes it up again. Two processes at the same step do the same.
"""

import logging
from collections.abc import Callable, Iterator
from typing import Any

from pymongo.collection import Collection
from pymongo.database import Database
from pymongo.errors import OperationFailure

from pipeline.errors import StoreError

META, LAYOUT = "meta", "layout"
OLDEST = 1
"""What a database has that does not tell: versions of this program that did not say so wrote it."""

INDEX_NOT_FOUND = 27

_LOG = logging.getLogger(__name__)


def read_layout(database: Database) -> int | None:
    """Return the number of the database's layout, None where it does not tell; changes nothing.

    Raises
    ------
    StoreError
        where a newer version of this program wrote it
    """
    found = database[META].find_one({"_id": LAYOUT}, {"version": True})
    if found is None:
        return None
    if found["version"] > CURRENT:
        raise StoreError(
            f"the database was written by a newer version of genrelab (layout {found['version']}; "
            f"this one knows layouts up to {CURRENT}): update genrelab, or give it another database by MONGODB_URI "
            "or GENRELAB_HOME"
        )
    return found["version"]


def declare_current(database: Database) -> int:
    """Record that the database, which is empty, has the current layout."""
    _raise_to(database, CURRENT)
    return CURRENT


def migrate(database: Database, version: int) -> None:
    """Bring a database of layout `version`, whose validators are those of the current one, up to date."""
    for number, step in enumerate(STEPS, start=OLDEST + 1):
        if number > version:
            _LOG.warning("the database: layout %d becomes %d: %s", number - 1, number, step(database))
            _raise_to(database, number)


def _raise_to(database: Database, version: int) -> None:
    """Never lower it: another process may be ahead."""
    raised = {"$max": {"version": version}, "$currentDate": {"written_at": True}}
    database[META].update_one({"_id": LAYOUT}, raised, upsert=True)


def _name_genres_of_pairs(database: Database) -> str:
    """Split ``pair`` into ``genre_a`` and ``genre_b``; a row where nobody can tell goes, to be computed again."""
    pairs = {"table": "genre_pairs", "genre_a": {"$exists": False}}
    results, n_named = database["results"], 0
    for run_id in results.distinct("run_id", pairs):
        of_run = {**pairs, "run_id": run_id}
        genres = set(results.distinct("genre", {"run_id": run_id, "table": "class_report"}))
        for pair in results.distinct("pair", of_run):
            cuts = [cut for cut in _cuts(pair) if genres.issuperset(cut)]
            if len(cuts) == 1:
                named = {"$set": {"genre_a": cuts[0][0], "genre_b": cuts[0][1]}}
                n_named += results.update_many({**of_run, "pair": pair}, named).modified_count
    n_removed = results.delete_many(pairs).deleted_count
    outcome = f"{n_named} results of genre pairs name both genres"
    return f"{outcome}; {n_removed} could not be told apart, 05_optimise computes them again" if n_removed else outcome


def _cuts(pair: str) -> Iterator[tuple[str, str]]:
    """Give all ways to read ``A/B``, for a genre's own name may hold a slash."""
    parts = pair.split("/")
    for place in range(1, len(parts)):
        yield "/".join(parts[:place]), "/".join(parts[place:])


def _list_feature_sets(database: Database) -> str:
    """Give datasets, which had one feature set, a list of them."""
    listed = {"$cond": [{"$eq": ["$feature_set", None]}, None, ["$feature_set"]]}
    done = database["datasets"].update_many(
        {"feature_set": {"$exists": True}},
        [{"$set": {"feature_sets": {"$ifNull": ["$feature_sets", listed]}}}, {"$unset": "feature_set"}],
    )
    return f"{done.modified_count} datasets list their feature sets"


def _extract_anew(database: Database) -> str:
    """Take back what tracks vouch for: which code computed their features is not told, and some summed otherwise.

    Values of ``spectral-v1`` differ by up to 0.0006 standard deviations. They stay as they are, and usable, until the
    next 02_extract puts those of today in their place. The holdout stays too.
    """
    of_audio = {"dataset": {"$in": database["datasets"].distinct("dataset", {"source": "audio"})}}
    done = database["tracks"].update_many({**of_audio, "extracted": {"$ne": []}}, {"$set": {"extracted": []}})
    return f"the features of {done.modified_count} tracks stay, and are computed anew by the next 02_extract"


def _name_generations(database: Database) -> str:
    """Number the runs, name what each stage of them wrote, and say which champion each chose.

    Until now a row belonged to a stage, and a stage was begun anew by deleting its rows; the indexes of then stand in
    the way of two generations of rows.
    """
    told_apart_by = {"scores": "generation", "predictions": "generation", "models": "generation", "leases": "run_id"}
    for name, field in told_apart_by.items():
        for index, known in database[name].index_information().items():
            if known.get("unique") and field not in dict(known["key"]):
                _drop_index(database[name], index)
    database["leases"].delete_many({"run_id": {"$exists": False}})
    for name, stage in (("predictions", "holdout"), ("models", "optimise")):
        database[name].update_many({"stage": {"$exists": False}}, {"$set": {"stage": stage}})
    for name in ("scores", "results", "predictions", "models"):
        of_then = {"$set": {"generation": {"$concat": ["$run_id", "/", "$stage"]}}}
        database[name].update_many({"generation": {"$exists": False}}, [of_then])
    n_named = 0
    for number, run in enumerate(list(database["runs"].find(sort=[("started_at", 1), ("_id", 1)])), start=1):
        now = {"number": number, "stages": _stages_of(database, run), "champion": _champion_of(database, run["run_id"])}
        now |= {"finished_at": run.get("finished_at") if run["status"] == "done" else None}
        unnamed = {"_id": run["_id"], "number": {"$exists": False}}
        n_named += database["runs"].update_one(unnamed, {"$set": now}).modified_count
    return f"{n_named} runs have a number and name the rows of their stages"


def _drop_index(collection: Collection, name: str) -> None:
    try:
        collection.drop_index(name)
    except OperationFailure as error:
        if error.code != INDEX_NOT_FOUND:  # another process was first
            raise


def _stages_of(database: Database, run: dict[str, Any]) -> dict[str, dict[str, Any]]:
    stages = {}
    if isinstance(run.get("stages"), dict):
        return run["stages"]
    for entry in run.get("stages") or []:
        kept = {name: value for name, value in entry.items() if name in ("status", "finished_at")}
        stages[entry["name"].partition("_")[2]] = kept | {"seconds": float(entry["seconds"])}
    for name in ("scores", "results", "predictions", "models"):
        for generation in database[name].distinct("generation", {"run_id": run["run_id"]}):
            stages.setdefault(generation.rpartition("/")[2], {}).update(generation=generation, outdated=False)
    return stages


def _champion_of(database: Database, run_id: str) -> dict[str, Any] | None:
    model = database["models"].find_one({"run_id": run_id, "champion": True})
    if model is None:
        return None
    of_model = {"run_id": run_id, "model": model["name"], "level": "track", "metric": "accuracy"}
    of_model |= {name: model[name] for name in ("feature_set", "window_s")}
    test = database["scores"].find_one({**of_model, "subset": "test", "split_policy": model["split"]}) or {}
    held = database["scores"].find_one({**of_model, "subset": "holdout"}) or {}
    return {
        "model": model["name"],
        "feature_set": model["feature_set"],
        "window_s": model["window_s"],
        "split_policy": model["split"],
        "test_accuracy": model["test_accuracy"],
        "test_ci_low": test.get("ci_low"),
        "test_ci_high": test.get("ci_high"),
        "holdout_accuracy": held.get("value"),
        "holdout_ci_low": held.get("ci_low"),
        "holdout_ci_high": held.get("ci_high"),
        "n_tracks": model["n_tracks"],
        "warnings": [],
    }


def _keep_missing(_: Database) -> str:
    """Change nothing: of a track that does not tell, the source had the file. The number alone keeps versions out that
    would undo the validators, and delete what is missing.
    """
    return "tracks whose file is missing stay, and what is taken out can be put back"


def _pack_rows(_: Database) -> str:
    """Change nothing: rows that take a document each are read as before. The number alone keeps versions out that would
    take a packed list for one value.
    """
    return "confusions of later runs take a document for each genre, not for each pair of genres"


def _say_policies(database: Database) -> str:
    """Say of each run what its results are read under, which only its parameters told until now."""
    asked = {"$ifNull": ["$champion.split_policy", {"$ifNull": ["$parameters.split", "track"]}]}
    compared = {"split_policy": {"$exists": False}, "stages.compare.generation": {"$exists": True}}
    done = database["runs"].update_many(compared, [{"$set": {"split_policy": asked}}])
    return f"{done.modified_count} runs say which split policy their results are read under"


def _remember_draws(database: Database) -> str:
    """Keep of each content on which side of the holdout it lies, so that a renamed track stays there.

    Fingerprints, which older versions did not take, come with the next 02_extract.
    """
    drawn = {"holdout": {"$in": [True, False]}, "content_hash": {"$type": "string"}}
    named = {"dataset": "$dataset", "content_hash": "$content_hash"}
    first = {"holdout": {"$max": "$holdout"}, "track_id": {"$min": "$track_id"}}
    flat = {"_id": False, "dataset": "$_id.dataset", "content_hash": "$_id.content_hash"}
    known = database["tracks"].aggregate(
        [{"$match": drawn}, {"$group": {"_id": named, **first}}, {"$project": {**flat, **dict.fromkeys(first, True)}}],
        allowDiskUse=True,
    )
    n_known = 0
    for content in known:
        key = {name: content[name] for name in ("dataset", "content_hash")}
        database["drawn"].update_one(key, {"$setOnInsert": content}, upsert=True)
        n_known += 1
    return f"{n_known} contents stay on their side of the holdout, whatever their tracks are called"


def _tell_overlaps_from_both_sides(database: Database) -> str:
    """Give each pair of genres a row from either side: one of both by the alphabet is found by half of the genres."""
    results, n_pairs = database["results"], 0
    for row in results.find({"table": "genre_overlap", "genre_a": {"$exists": True}}):
        kept = {name: value for name, value in row.items() if name != "_id" and not name.endswith(("_a", "_b"))}
        for own, other in ("ba", "ab"):  # the row itself last: what is cut off before that is done again
            of_side = {"genre": row[f"genre_{own}"], "other_genre": row[f"genre_{other}"]}
            said = {**kept, **of_side, "n": row[f"n_{own}"], "n_other": row[f"n_{other}"]}
            if own == "b":
                results.replace_one({"generation": row["generation"], "table": "genre_overlap", **of_side}, said, True)
            else:
                results.replace_one({"_id": row["_id"]}, said)
        n_pairs += 1
    return f"{n_pairs} pairs of genres say how far they overlap from either side"


STEPS: tuple[Callable[[Database], str], ...] = (
    _name_genres_of_pairs,
    _list_feature_sets,
    _extract_anew,
    _name_generations,
    _keep_missing,
    _say_policies,
    _remember_draws,
    _tell_overlaps_from_both_sides,
    _pack_rows,
)
"""Each brings layout n, counted from ``OLDEST``, to n + 1 and says in words what it did.

One that changes tracks, segments or rejects empties ``removed`` too: its documents are put back as they were.
"""

CURRENT = OLDEST + len(STEPS)
