"""Documents in: writing twice is writing once, and a table replaces only what is its own."""

import numpy as np
import pandas as pd
import pytest
from bson import ObjectId

from pipeline.store import insert_rows, read_rows, upsert
from pipeline.store.documents import BATCH, plain_records


def segment(track_id: str, **features: float) -> dict:
    return {"dataset": "d", "track_id": track_id, "feature_set": "f", "window_s": 3.0, "start_s": 0.0, "length": 1} | (
        features
    )


def rows_of(collection, **query) -> list[dict]:
    return list(collection.find(query, {"_id": False}).sort("_id"))


@pytest.fixture(autouse=True)
def clean(store):
    for name in ("segments", "tracks", "results"):
        store[name].delete_many({})


def test_writing_twice_is_writing_once(store):
    documents = [segment(f"t{number}", a=float(number)) for number in range(5)]
    assert upsert(store["segments"], documents, replace=True) == 5
    before = list(store["segments"].find())
    assert upsert(store["segments"], documents, replace=True) == 5
    assert list(store["segments"].find()) == before


def test_more_documents_than_a_batch_holds_are_all_written(store):
    n_documents = 2 * BATCH + 1
    assert upsert(store["segments"], (segment(f"t{number}") for number in range(n_documents))) == n_documents
    assert store["segments"].count_documents({}) == n_documents


def test_no_documents_are_no_error(store):
    assert upsert(store["segments"], []) == 0
    insert_rows(store["scores"], pd.DataFrame(), {"run_id": "r"})
    assert store["scores"].count_documents({}) == 0


def test_a_second_writing_keeps_fields_that_it_does_not_name(store):
    track = {"dataset": "d", "track_id": "a", "genre": "jazz", "status": "ready"}
    upsert(store["tracks"], [track | {"holdout": True}])
    upsert(store["tracks"], [track | {"genre": "rock"}])
    assert rows_of(store["tracks"]) == [track | {"genre": "rock", "holdout": True}]


def test_replacing_drops_fields_that_it_does_not_name(store):
    upsert(store["segments"], [segment("a", old=1.0)], replace=True)
    upsert(store["segments"], [segment("a", new=1.0)], replace=True)
    assert rows_of(store["segments"]) == [segment("a", new=1.0)]


def test_replacing_keeps_the_order_of_fields(store):
    names = ["z", "a", "mfcc10_mean", "mfcc2_mean"]
    upsert(store["segments"], [segment("a", **dict.fromkeys(names, 0.0))], replace=True)
    assert [name for name in rows_of(store["segments"])[0] if name in names] == names
    upsert(store["segments"], [segment("a", **dict.fromkeys(reversed(names), 0.0))], replace=True)
    assert [name for name in rows_of(store["segments"])[0] if name in names] == names[::-1]


def test_values_of_numpy_and_pandas_become_plain_ones():
    rows = pd.DataFrame(
        {
            "double": [np.float64(1.5), np.nan],
            "single": np.array([0.5, np.inf], dtype=np.float32),
            "whole": np.array([1, 2], dtype=np.int16),
            "flag": [True, False],
            "nullable": pd.array([1, pd.NA], dtype="Int64"),
            "text": ["a", None],
            "category": pd.Categorical(["x", np.nan]),
            "list": [["p", "q"], []],
            "when": [pd.Timestamp("2024-01-01"), pd.NaT],
        }
    )
    first, second = plain_records(rows)
    assert first == {"double": 1.5, "single": 0.5, "whole": 1, "flag": True, "nullable": 1, "text": "a"} | {
        "category": "x",
        "list": ["p", "q"],
        "when": pd.Timestamp("2024-01-01"),
    }
    assert [type(first[name]) for name in ("double", "single", "whole", "flag")] == [float, float, int, bool]
    assert second == {"double": None, "single": float("inf"), "whole": 2, "flag": False, "nullable": None} | {
        "text": None,
        "category": None,
        "list": [],
        "when": None,
    }


def test_rows_are_read_as_they_were_given_even_if_the_clock_was_set_back_between_them(store, monkeypatch):
    falling = iter(range(100, 0, -1))
    monkeypatch.setattr("pipeline.store.documents.ObjectId", lambda: ObjectId(f"{next(falling):024x}"))
    about = {"run_id": "r", "dataset": "d", "table": "confusion", "stage": "compare", "generation": "g"}
    insert_rows(store["results"], pd.DataFrame({"n": range(50)}), about)
    assert read_rows(store["results"], about)["n"].tolist() == list(range(50))
