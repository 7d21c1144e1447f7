"""Runs: the record of what was done when, opened, resumed and finished."""

import re
from datetime import UTC, datetime

import pytest
from bson import ObjectId

from pipeline.errors import InputError
from pipeline.store import open_run
from pipeline.store.runs import finish_run, newest_run, record_stage, resume_run, start_run


@pytest.fixture(autouse=True)
def clean(store):
    store["runs"].delete_many({})


def run_of(store, run_id: str) -> dict:
    return store["runs"].find_one({"run_id": run_id})


def test_a_new_run_says_what_it_was_made_with(store):
    before = datetime.now(UTC)
    run = run_of(store, start_run(store, "d", {"seed": 0, "windows": "30,3"}))
    assert re.fullmatch(r"run-\d{8}T\d{6}-[0-9a-f]{4}", run["run_id"])
    assert run["parameters"] == {"seed": 0, "windows": "30,3"}
    assert run["status"] == "running"
    assert {"librosa", "scikit-learn", "genrelab"} <= run["versions"].keys()
    assert before.replace(microsecond=0) <= run["started_at"] <= datetime.now(UTC)
    assert run["finished_at"] is None


def test_after_the_clock_was_set_back_the_newest_run_is_still_the_one_that_was_started_last(store):
    store["runs"].insert_one(run_of(store, start_run(store, "d", {})) | {"_id": ObjectId(), "run_id": "run-29990101"})
    store["runs"].update_one({"run_id": "run-29990101"}, {"$set": {"started_at": datetime(2999, 1, 1, tzinfo=UTC)}})
    ids = [start_run(store, "d", {}), start_run(store, "d", {})]
    assert sorted(ids) == ids
    assert ids[0].startswith("run-29990101T000001-")
    assert newest_run(store, "d")["run_id"] == ids[1]


def test_the_newest_run_of_a_dataset_is_its_own_last(store):
    first, second = start_run(store, "d", {}), start_run(store, "d", {})
    start_run(store, "e", {})
    assert first != second
    assert newest_run(store, "d")["run_id"] == second
    assert newest_run(store, "none") is None


def test_a_notebook_opens_the_run_it_is_told(store):
    first = start_run(store, "d", {})
    start_run(store, "d", {})
    assert open_run(store, "d", first) == first


def test_a_notebook_that_is_told_none_opens_the_newest(store):
    start_run(store, "d", {})
    newest = start_run(store, "d", {})
    assert open_run(store, "d") == newest


def test_a_notebook_opened_before_any_run_makes_one_and_the_next_finds_it(store):
    run_id = open_run(store, "d")
    assert run_of(store, run_id)["status"] == "interactive"
    assert open_run(store, "d") == run_id


def test_an_unknown_run_or_one_of_another_dataset_is_refused(store):
    other = start_run(store, "e", {})
    for run_id in ("run-nonsense", other):
        with pytest.raises(InputError, match=f"no run '{run_id}' of dataset 'd'; leave run_id empty"):
            open_run(store, "d", run_id)


def test_a_stage_done_again_replaces_its_earlier_record(store):
    run_id = start_run(store, "d", {})
    record_stage(store, run_id, "01_catalogue", "done", 1.23456)
    record_stage(store, run_id, "02_extract", "failed", 2)
    record_stage(store, run_id, "02_extract", "done", 3)
    stages = run_of(store, run_id)["stages"]
    assert [(stage["name"], stage["status"], stage["seconds"]) for stage in stages] == [
        ("01_catalogue", "done", 1.235),
        ("02_extract", "done", 3),
    ]


def test_a_failed_run_is_resumed_under_its_own_name_and_is_running_again(store):
    run_id = start_run(store, "d", {"seed": 1})
    record_stage(store, run_id, "01_catalogue", "done", 1)
    finish_run(store, run_id, "failed", "the cat")
    assert run_of(store, run_id)["error"] == "the cat"
    assert resume_run(store, "d", {"seed": 2}) == run_id
    run = run_of(store, run_id)
    assert (run["status"], run["error"], run["finished_at"]) == ("running", None, None)
    assert run["parameters"] == {"seed": 2}
    assert len(run["stages"]) == 1
    finish_run(store, run_id, "done")
    assert run_of(store, run_id)["finished_at"] is not None


def test_a_dataset_without_runs_cannot_be_resumed(store):
    with pytest.raises(InputError, match="dataset 'd' has no run to resume; run it without --from first"):
        resume_run(store, "d", {})
