"""Datasets and runs are taken out whole, and nothing else with them."""

from datetime import UTC, datetime

import pandas as pd
import pytest
from gridfs import GridFS

from pipeline.errors import InputError
from pipeline.store import ModelFile, Run, StageRows, upsert
from pipeline.store.deletion import OF_DATASETS, OF_RUNS, count_dataset, count_run, delete_dataset, delete_run
from pipeline.store.inventory import list_datasets, list_models, list_runs
from pipeline.store.lease import hold
from pipeline.store.runs import finish_run, start_run

FIELDS = {
    "name": "knn_3",
    "champion": True,
    "feature_set": "s",
    "window_s": 3.0,
    "genres": ["a", "b"],
    "split": "track",
}


@pytest.fixture
def filled(store):
    """Two datasets of two tracks and two crowned runs each."""
    for dataset in ("one", "two"):
        entry = {"dataset": dataset, "source": "audio", "location": "/music", "catalogued_at": datetime.now(UTC)}
        upsert(store["datasets"], [entry])
        of_track = {"dataset": dataset, "genre": "a", "status": "ready", "path": "x"}
        upsert(store["tracks"], [{**of_track, "track_id": f"{i}"} for i in range(2)])
        for _ in range(2):
            crowned(store, dataset)
    yield store
    for name in {*OF_RUNS, *OF_DATASETS, "artefacts.files", "artefacts.chunks"}:
        store[name].delete_many({})


def crowned(store, dataset: str) -> Run:
    run = start_run(store, dataset, {})
    rows = StageRows(tables={"confusion": pd.DataFrame({"n": [1]})}, models=[ModelFile(FIELDS, b"model")])
    of_model = {"model": "knn_3", "feature_set": "s", "window_s": 3.0, "split_policy": "track"}
    champion = of_model | {"test_accuracy": 0.5, "n_tracks": 2, "warnings": []}
    run.record("optimise", rows, facts={"champion": champion})
    finish_run(run)
    return run


def left(store) -> dict[str, int]:
    return {name: store[name].count_documents({}) for name in (*OF_RUNS, *OF_DATASETS, "artefacts.files")}


def test_a_run_goes_with_its_rows_and_model_file_and_the_others_stay(filled):
    before, gone = left(filled), list_runs(filled, "one")[0]["run_id"]
    assert count_run(filled, gone) == {"results": 1, "models": 1, "runs": 1}
    delete_run(filled, gone)
    after = left(filled)
    assert {name: before[name] - after[name] for name in before if before[name] != after[name]} == {
        "results": 1, "models": 1, "runs": 1, "artefacts.files": 1,
    }  # fmt: skip
    assert gone not in [run["run_id"] for run in list_runs(filled)]


def test_a_dataset_goes_with_all_that_was_made_of_it_and_the_other_stays(filled):
    assert count_dataset(filled, "one") == {"results": 2, "models": 2, "runs": 2, "tracks": 2, "datasets": 1}
    delete_dataset(filled, "one")
    assert {entry["dataset"] for entry in list_datasets(filled)} == {"two"}
    assert count_dataset(filled, "two") == {"results": 2, "models": 2, "runs": 2, "tracks": 2, "datasets": 1}
    assert GridFS(filled, collection="artefacts").list()
    with pytest.raises(InputError, match="there is no dataset 'one'; there "):
        delete_dataset(filled, "one")


def test_what_a_kill_has_left_is_deleted_by_the_same_command(filled):
    gone = list_runs(filled, "one")[0]["run_id"]
    filled["runs"].delete_one({"run_id": gone})
    delete_run(filled, gone)
    with pytest.raises(InputError, match="there is no run"):
        count_run(filled, gone)
    filled["runs"].delete_many({"dataset": "two"})
    delete_dataset(filled, "two")
    assert filled["results"].count_documents({"dataset": "two"}) == 0


def test_nothing_goes_while_somebody_is_at_work_on_it(filled):
    run_id = list_runs(filled, "one")[0]["run_id"]
    with hold(filled, "one"):
        for delete, name in ((delete_dataset, "one"), (delete_run, run_id)):
            with pytest.raises(InputError, match="at work on"):
                delete(filled, name)
    assert count_dataset(filled, "one")["runs"] == 2


def test_lists_name_the_newest_first_with_champion_and_size(filled):
    assert [entry["dataset"] for entry in list_datasets(filled)] == ["two", "one"]
    newest = list_datasets(filled)[0]
    assert (newest["tracks"], newest["genres"], newest["runs"], newest["champion"], newest["accuracy"]) == (
        2, 1, 2, "knn_3", 0.5,
    )  # fmt: skip
    assert [run["dataset"] for run in list_runs(filled)] == ["two", "two", "one", "one"]
    found = list_models(filled, "one")
    assert [(each["model"], each["genres"], each["tracks"]) for each in found] == [("knn_3", 2, 2)] * 2
