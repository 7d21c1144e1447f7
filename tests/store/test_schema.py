"""The schema: validators refuse what does not belong, natural keys are unique, applying it again changes nothing."""

import subprocess
import sys
from copy import deepcopy
from datetime import UTC, datetime

import pytest
from bson import Int64, ObjectId
from pymongo.errors import DuplicateKeyError, WriteError

from pipeline.settings import Settings
from pipeline.store import schema
from pipeline.store.schema import apply_schema, fields, load_schema, natural_key
from pipeline.store.server import EmbeddedServer
from pipeline.tables import HOLDOUT_PREDICTIONS, PREDICTIONS, SCORES
from tests.declared import row_of
from tests.patience import HANG_S
from tests.profiled import SHARD_KEY

NOW = datetime(2024, 1, 1, tzinfo=UTC)
RUN = {"run_id": "run-1", "dataset": "d"}
ROW = {**RUN, "stage": "compare", "generation": "g"}
VALID = {
    "datasets": {"dataset": "d", "source": "audio", "location": "/music", "windows_s": [30.0, 3.0], "notes": []},
    "tracks": {"dataset": "d", "track_id": "a", "genre": "jazz", "status": "ready", "modified_ns": Int64(2**60)},
    "segments": {"dataset": "d", "track_id": "a", "feature_set": "f", "window_s": 3.0, "start_s": 0.0, "length": 66150}
    | {"rms_mean": 0.5, "Color_['#', '0']": 1.0, "": 2.0},
    "rejects": {"dataset": "d", "path": "x.wav", "window_s": None, "reason": "too_short", "detail": "1 s"},
    "drawn": {"dataset": "d", "content_hash": "0f", "track_id": "a", "holdout": True},
    "removed": {"dataset": "d", "track_id": "a", "collection": "segments", "run_id": "", "document": {"length": 1}},
    "leases": {
        "dataset": "d",
        "run_id": "",
        "holder": "h",
        "machine": "m",
        "pid": 1,
        "process_started": 1.5,
        "beat": 0,
    },
    "runs": {**RUN, "number": 1, "status": "done", "started_at": NOW, "stages": {"explore": {"generation": "g"}}},
    "models": {**ROW, "name": "knn", "feature_set": "f", "window_s": 3.0, "split": "track", "file_id": ObjectId()},
    "scores": row_of(SCORES, ci_low=None) | ROW,
    "predictions": row_of(HOLDOUT_PREDICTIONS, start_s=None) | ROW | {"probabilities": [0.1, 0.9]},
    "results": {**ROW, "table": "confusion", "anything": ["at", "all"]},
    "answers": {**ROW, "model": "knn", "feature_set": "f", "window_s": 3.0, "split_policy": "track", "part": 0}
    | {"track_ids": b"x", "right": b"x", "n": b"x"},
    "labels": row_of(PREDICTIONS) | RUN | {"source": "/music", "champion": "g/h", "segments": [{"start_s": 0.0}]},
    "tags": {"source": "/music", "path": "a.wav", "feature_set": "f", "tag_rock": 0.5, "title": None},
    "meta": {"_id": "layout", "version": 1, "written_at": NOW},
}
WRONG = [
    ("datasets", {"source": "tape"}),
    ("datasets", {"windows_s": ["30"]}),
    ("tracks", {"genre": ""}),
    ("tracks", {"genre": None}),
    ("tracks", {"genre": float("nan")}),
    ("tracks", {"holdout": 1}),
    ("tracks", {"status": "unheard"}),
    ("tracks", {"surprise": 1}),
    ("segments", {"rms_mean": "0.5"}),
    ("segments", {"rms_mean": 1}),
    ("segments", {"rms_mean": None}),
    ("segments", {"window_s": 3}),
    ("segments", {"window_s": -3.0}),
    ("segments", {"length": 66150.0}),
    ("tracks", {"missing": "lost"}),
    ("rejects", {"reason": "Too short!"}),
    ("drawn", {"holdout": None}),
    ("tracks", {"fingerprint": "peaks"}),
    ("removed", {"collection": "runs"}),
    ("removed", {"document": "all of it"}),
    ("runs", {"status": "ready"}),
    ("runs", {"started_at": "2024-01-01"}),
    ("runs", {"stages": {"explore": {"status": "asleep"}}}),
    ("runs", {"champion": {"model": "knn"}}),
    ("scores", {"generation": None}),
    ("models", {"file_id": "x"}),
    ("scores", {"subset": "validation"}),
    ("scores", {"value": None}),
    ("scores", {"n": 1.5}),
    ("predictions", {"level": "artist"}),
    ("predictions", {"correct": "yes"}),
    ("results", {"table": "gossip"}),
    ("answers", {"right": [1, 2]}),
    ("answers", {"part": -1}),
    ("runs", {"highest": {"corrected_accuracy": "good"}}),
    ("labels", {"probability": "high"}),
    ("labels", {"champion": None}),
    ("tags", {"tag_rock": "much"}),
    ("meta", {"version": 0}),
    ("meta", {"version": "1"}),
    ("meta", {"_id": "another"}),
]
KEYED = sorted(VALID.keys() - {"results", "meta", "removed"})


def plain_state(database):
    """Return validators, and index names with their keys, of all collections."""
    options = {info["name"]: info["options"] for info in database.list_collections()}
    return options, {name: database[name].index_information() for name in options}


def test_there_is_an_example_of_every_collection():
    assert VALID.keys() == load_schema().keys()


@pytest.mark.parametrize("collection", sorted(VALID))
def test_a_right_document_is_taken(store, collection):
    store[collection].delete_many({})
    store[collection].insert_one(dict(VALID[collection]))
    assert store[collection].count_documents({}) == 1


@pytest.mark.parametrize(("collection", "change"), WRONG, ids=str)
def test_a_wrong_value_is_refused(store, collection, change):
    with pytest.raises(WriteError, match="failed validation"):
        store[collection].insert_one(VALID[collection] | change)


@pytest.mark.parametrize("collection", sorted(VALID))
def test_a_document_without_one_of_its_required_fields_is_refused(store, collection):
    for name in load_schema()[collection]["validator"]["$jsonSchema"]["required"]:
        with pytest.raises(WriteError, match="failed validation"):
            store[collection].insert_one({key: value for key, value in VALID[collection].items() if key != name})


@pytest.mark.parametrize("collection", KEYED)
def test_a_natural_key_is_unique(store, collection):
    store[collection].delete_many({})
    store[collection].insert_one(dict(VALID[collection]))
    with pytest.raises(DuplicateKeyError):
        store[collection].insert_one(dict(VALID[collection]))


@pytest.mark.parametrize("collection", SHARD_KEY)
def test_unique_indexes_of_a_sharded_collection_begin_with_its_shard_key(store, collection):
    unique = [index["key"] for index in store[collection].list_indexes() if index.get("unique")]
    assert natural_key(collection) in [list(key) for key in unique]
    for key in unique:
        assert tuple(key)[: len(SHARD_KEY[collection])] == SHARD_KEY[collection]


@pytest.mark.parametrize("collection", KEYED)
def test_a_natural_key_is_made_of_declared_fields_each_of_which_counts(store, collection):
    key = natural_key(collection)
    assert set(key) <= set(fields(collection))
    for name in key:
        if isinstance(VALID[collection].get(name), str) and name not in ("level", "subset"):
            store[collection].delete_many({})
            store[collection].insert_one(dict(VALID[collection]))
            other_number = {"number": 2} if collection == "runs" else {}
            store[collection].insert_one(VALID[collection] | {name: "another"} | other_number)


def test_every_declared_field_is_described_by_its_type():
    for name, declared in load_schema().items():
        for field, told in declared["validator"]["$jsonSchema"]["properties"].items():
            assert told.keys() & {"bsonType", "enum"}, f"{name}.{field}"


def test_applying_it_twice_changes_nothing(empty):
    apply_schema(empty)
    before = plain_state(empty)
    apply_schema(empty)
    assert plain_state(empty) == before


def test_documents_survive_its_application(empty):
    apply_schema(empty)
    for collection in VALID.keys() - {"meta"}:  # which tells of the layout already
        empty[collection].insert_one(dict(VALID[collection]))
    apply_schema(empty)
    assert all(empty[collection].count_documents({}) == 1 for collection in VALID)


def test_a_changed_validator_and_a_new_index_reach_an_old_database(empty, monkeypatch):
    apply_schema(empty)
    changed = deepcopy(load_schema())
    changed["rejects"]["validator"]["$jsonSchema"]["properties"]["colour"] = {"bsonType": "string"}
    changed["rejects"]["indexes"].append({"keys": {"colour": 1}})
    painted = VALID["rejects"] | {"colour": "red"}
    with pytest.raises(WriteError):
        empty["rejects"].insert_one(dict(painted))
    monkeypatch.setattr(schema, "load_schema", lambda: changed)
    apply_schema(empty)
    empty["rejects"].insert_one(dict(painted))
    assert "colour_1" in empty["rejects"].index_information()


def test_a_collection_of_ours_that_lost_its_validator_and_indexes_gets_them_back(empty):
    apply_schema(empty)
    indexes = empty["tracks"].index_information()
    empty["tracks"].drop()
    empty["tracks"].insert_one(dict(VALID["tracks"]))
    apply_schema(empty)
    assert empty["tracks"].options()["validator"] == load_schema()["tracks"]["validator"]
    assert empty["tracks"].options()["validationLevel"] == "strict"
    assert empty["tracks"].index_information() == indexes
    assert empty["tracks"].count_documents({}) == 1


def test_many_processes_may_apply_it_to_an_empty_database_at_once(empty):
    code = "import sys; from pipeline.store.schema import apply_schema; from pymongo import MongoClient; " + (
        "client = MongoClient(sys.argv[1]); input(); [apply_schema(client[f'{sys.argv[2]}_{n}']) for n in range(4)]"
    )
    command = [sys.executable, "-c", code, EmbeddedServer(Settings().home).uri, empty.name]
    pipes = {"stdin": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    processes = [subprocess.Popen(command, **pipes) for _ in range(4)]
    for process in processes:
        process.stdin.write("\n")
        process.stdin.flush()
    told = [process.communicate(timeout=HANG_S)[1] for process in processes]
    for number in range(4):
        empty.client.drop_database(f"{empty.name}_{number}")
    assert [process.returncode for process in processes] == [0] * 4, told
