"""Runs: begun, gone on with, forked and finished, in an order that no clock decides."""

import re
import threading
from datetime import UTC, datetime, timedelta

import pandas as pd
import pytest

from pipeline.errors import InputError
from pipeline.store import Run, StageRows, choose_dataset, upsert
from pipeline.store.runs import (
    fail_run,
    find_finished,
    find_resumable,
    find_run,
    finish_run,
    mark_killed,
    open_run,
    record_stage,
    resume_run,
    say_run,
    start_run,
)


@pytest.fixture(autouse=True)
def clean(store):
    for name in ("runs", "results"):
        store[name].delete_many({})


def catalogue_now(store, dataset: str) -> None:
    entry = {"dataset": dataset, "source": "audio", "location": "/music", "catalogued_at": datetime.now(UTC)}
    upsert(store["datasets"], [entry])


@pytest.fixture
def catalogued(store):
    """Dataset d, which has no run yet."""
    upsert(
        store["datasets"], [{"dataset": "d", "source": "audio", "location": "/d", "catalogued_at": datetime.now(UTC)}]
    )
    yield
    store["datasets"].delete_many({})


def finished(store, dataset: str = "d") -> Run:
    run = start_run(store, dataset, {"seed": 0})
    finish_run(run)
    return run


def record(run: Run, stage: str, *numbers: int, outdates=(), **facts) -> None:
    rows = StageRows(tables={"class_report": pd.DataFrame({"n": numbers})})
    run.record(stage, rows, outdates=outdates, facts=facts)


def numbers(run: Run) -> list[int]:
    found = run.table("class_report")
    return found["n"].tolist() if len(found) else []


def test_a_new_run_says_what_it_was_made_with(store):
    run = start_run(store, "d", {"seed": 0, "windows": "30,3"})
    assert re.fullmatch(r"run-\d{8}T\d{6}-[0-9a-f]{4}", run.run_id)
    facts = run.facts
    assert facts["parameters"] == {"seed": 0, "windows": "30,3"}
    assert facts["status"] == "running"
    assert {"librosa", "scikit-learn", "genrelab"} <= facts["versions"].keys()
    assert (facts["finished_at"], facts["champion"], facts["stages"]) == (None, None, {})


@pytest.mark.parametrize("ahead", [timedelta(days=300), timedelta(days=-300)])
def test_whatever_the_clock_says_the_run_that_was_started_last_is_the_newest(store, ahead):
    first = finished(store)
    store["runs"].update_one({"run_id": first.run_id}, {"$set": {"started_at": datetime.now(UTC) + ahead}})
    second = finished(store)
    assert find_finished(store, "d") == second
    assert find_resumable(store, "d") == second


def test_runs_that_start_at_once_have_an_order(store):
    threads = [threading.Thread(target=start_run, args=(store, "d", {})) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(run["number"] for run in store["runs"].find()) == list(range(1, 9))


def test_only_finished_batch_runs_are_found_as_such(store):
    assert find_finished(store, "d") is None
    first = finished(store)
    start_run(store, "d", {})
    finished(store, "e")
    fail_run(start_run(store, "d", {}), "the cat")
    open_run(store, "d")
    assert find_finished(store, "d") == first


def test_a_finished_run_that_is_gone_on_with_stays_finished_for_those_who_read_it(store):
    run = finished(store)
    assert resume_run(find_resumable(store, "d"), {"seed": 2}) == run
    assert find_finished(store, "d") == run
    fail_run(run, "the cat")
    assert find_finished(store, "d") == run
    facts = run.facts
    assert (facts["status"], facts["error"], facts["parameters"]) == ("failed", "the cat", {"seed": 2})
    resume_run(find_resumable(store, "d"), {"seed": 3})
    finish_run(run)
    assert (run.facts["status"], run.facts["error"]) == ("done", None)


def test_a_failed_run_is_resumed_though_an_older_one_is_finished(store):
    finished(store)
    failed = start_run(store, "d", {})
    fail_run(failed, "the cat")
    open_run(store, "d")
    assert resume_run(find_resumable(store, "d"), {}) == failed


def test_gone_on_with_is_the_newest_run_that_has_done_what_is_needed(store):
    full = start_run(store, "d", {})
    record(full, "compare", 1)
    begun = start_run(store, "d", {})
    record_stage(begun, "extract", "done", 1)
    record_stage(begun, "compare", "failed", 1)
    refused = start_run(store, "d", {})
    record_stage(refused, "extract", "failed", 1)
    assert find_resumable(store, "d") == refused
    assert find_resumable(store, "d", ["extract"]) == begun
    assert find_resumable(store, "d", ["extract"], ["compare"]) == full
    with pytest.raises(InputError, match="no run of dataset 'd' has done all of compare, optimise; give --from"):
        find_resumable(store, "d", ["compare"], ["optimise"])


def test_a_run_that_was_killed_is_marked_so_by_the_next_and_resumed_all_the_same(store):
    killed, done, elsewhere = start_run(store, "d", {}), finished(store), start_run(store, "e", {})
    open_run(store, "d")
    mark_killed(store, "d")
    assert (killed.facts["status"], killed.facts["error"]) == ("failed", "it was killed, or its machine went away")
    assert [run.facts["status"] for run in (done, elsewhere)] == ["done", "running"]
    assert resume_run(find_resumable(store, "e"), {}) == elsewhere


def test_a_dataset_without_runs_cannot_be_resumed(store, catalogued):
    open_run(store, "d")
    with pytest.raises(InputError, match="dataset 'd' has no run to resume; run it without --from first"):
        resume_run(find_resumable(store, "d"), {})


def test_to_read_from_is_the_run_named_else_the_newest_finished_else_the_newest(store):
    assert find_run(store, "d", may_be_new=True) == Run(store, "d", "")
    begun = start_run(store, "d", {})
    assert find_run(store, "d") == begun
    first, second = finished(store), finished(store)
    start_run(store, "d", {})
    assert find_run(store, "d") == second
    assert find_run(store, "d", first.run_id) == first


def test_where_none_is_named_it_is_the_dataset_that_was_catalogued_or_run_last(store, catalogued):
    assert choose_dataset(store) == "d"
    later = finished(store, "e")
    assert choose_dataset(store) == "e"
    assert find_run(store) == later
    assert open_run(store).dataset == "e"
    assert open_run(store, run_id=later.run_id) == later
    of_reproduction = {
        "dataset": "reproduce-x",
        "source": "table",
        "location": "/x",
        "catalogued_at": datetime.now(UTC),
    }
    upsert(store["datasets"], [of_reproduction])
    assert choose_dataset(store) == "e"
    catalogue_now(store, "d")
    assert choose_dataset(store) == "d"


def test_where_there_is_no_dataset_at_all_it_is_the_demo_corpus(store):
    assert choose_dataset(store) == "demo"
    assert find_run(store) == Run(store, "demo", "")


@pytest.mark.parametrize("find", [find_run, open_run])
def test_an_unknown_dataset_is_told_with_those_there_are(store, find, catalogued):
    finished(store, "e")
    with pytest.raises(InputError, match="there is no dataset 'c'; there are: d, e"):
        find(store, "c")


@pytest.mark.parametrize("find", [find_run, open_run])
def test_an_unknown_run_or_one_of_another_dataset_is_refused(store, find):
    other = start_run(store, "e", {})
    for run_id in ("run-nonsense", other.run_id):
        with pytest.raises(InputError, match=f"no run '{run_id}' of dataset 'd'; leave run_id empty"):
            find(store, "d", run_id)


class TestForking:
    """A notebook started by hand, which names no run."""

    def test_it_works_in_a_run_of_its_own_and_changes_no_other(self, store):
        run = finished(store)
        record(run, "explore", 1)
        record(run, "compare", 2)
        before = run.facts
        fork = open_run(store, "d")
        assert fork.facts["status"] == "interactive"
        assert fork.facts["forked_from"] == run.run_id
        assert numbers(fork) == [2, 1]
        record(fork, "compare", 3, 4)
        assert numbers(fork) == [3, 4, 1]
        assert numbers(run) == [2, 1]
        assert run.facts == before
        assert run.run_id in say_run(fork)
        assert fork.run_id in say_run(fork)

    def test_two_at_once_keep_apart(self, store):
        record(finished(store), "compare", 1)
        one, other = open_run(store, "d"), open_run(store, "d")
        record(one, "compare", 2)
        record(other, "compare", 3)
        assert (numbers(one), numbers(other)) == ([2], [3])

    def test_it_keeps_reading_what_its_source_has_replaced(self, store):
        run = finished(store)
        record(run, "compare", 1)
        fork = open_run(store, "d")
        record(run, "compare", 2)
        assert (numbers(fork), numbers(run)) == ([1], [2])
        record(fork, "compare", 3)
        assert sorted(row["n"] for row in store["results"].find()) == [2, 3], "what nobody names is gone"

    def test_of_a_source_that_is_written_to_meanwhile_it_gets_what_is_there(self, store, monkeypatch):
        run = finished(store)
        record(run, "compare", 1)
        insert = store["runs"].insert_one
        replaced = []

        def insert_late(document):
            if not replaced:
                replaced.append(record(run, "compare", 2))
            return insert(document)

        collection = type(store["runs"])
        monkeypatch.setattr(collection, "insert_one", lambda self, document: insert_late(document)
                            if self.name == "runs" else insert(document))  # fmt: skip
        assert numbers(open_run(store, "d")) == [2]
        assert store["runs"].count_documents({}) == 2

    def test_where_nothing_is_finished_notebooks_go_on_from_one_another(self, store, catalogued):
        first = open_run(store, "d")
        assert first.facts["forked_from"] is None
        record(first, "compare", 1)
        second = open_run(store, "d")
        assert numbers(second) == [1]
        record(second, "optimise", 2)
        assert (numbers(first), numbers(open_run(store, "d"))) == ([1], [1, 2])

    def test_a_named_run_is_written_to_itself(self, store):
        run = finished(store)
        assert open_run(store, "d", run.run_id) == run
        assert store["runs"].count_documents({}) == 1


def test_a_stage_done_again_replaces_its_earlier_record_and_keeps_its_rows(store):
    run = start_run(store, "d", {})
    record_stage(run, "catalogue", "done", 1.23456)
    record(run, "explore", 1)
    record_stage(run, "explore", "failed", 2)
    record_stage(run, "explore", "done", 3)
    stages = run.facts["stages"]
    assert {name: (entry["status"], entry["seconds"]) for name, entry in stages.items()} == {
        "catalogue": ("done", 1.235),
        "explore": ("done", 3.0),
    }
    assert numbers(run) == [1]
