"""Documents in: writing twice is writing once, and a table replaces only what is its own."""

import numpy as np
import pandas as pd
import pytest
from bson import ObjectId
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pymongo.errors import BulkWriteError

from pipeline.store import insert_rows, read_rows, records_of, update_alike, upsert
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


some = st.sets(st.integers(0, 30))


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(there=some, written=some, replace=st.booleans(), batch=st.integers(1, 8))
def test_what_is_thought_to_be_new_is_written_like_all_else_whatever_is_there(store, there, written, replace, batch):
    found = []
    for new in (False, True):
        clean_again(store)
        upsert(store["segments"], [segment(f"t{i:02d}", old=1.0, kept=2.0) for i in there], replace=True)
        with pytest.MonkeyPatch.context() as smaller:
            smaller.setattr("pipeline.store.documents.BATCH", batch)
            documents = [segment(f"t{i:02d}", old=float(i)) for i in written]
            assert upsert(store["segments"], documents, replace=replace, new=new) == len(written)
        found.append(sorted(rows_of(store["segments"]), key=lambda row: row["track_id"]))
    assert found[0] == found[1]
    assert len(found[1]) == len(there | written)


def clean_again(store):
    store["segments"].delete_many({})


def test_what_the_schema_forbids_is_refused_where_it_is_thought_to_be_new(store):
    with pytest.raises(BulkWriteError, match="failed validation"):
        upsert(store["segments"], [segment("a"), {"dataset": "d", "track_id": "b"}], replace=True, new=True)
    assert [row["track_id"] for row in rows_of(store["segments"])] == ["a"], "and the others are written"


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.dictionaries(
        st.integers(0, 40), st.tuples(st.sampled_from([True, False, None]), st.sampled_from(["t00", None]))
    ),
    st.integers(1, 8),
)
def test_fields_that_many_share_are_set_as_one_by_one(store, sides, batch):
    store["tracks"].delete_many({})
    tracks = [
        {"dataset": d, "track_id": f"t{i:02d}", "genre": "jazz", "status": "ready"} for d in "de" for i in range(41)
    ]
    upsert(store["tracks"], tracks)
    facts = [
        {"dataset": "d", "track_id": f"t{i:02d}", "holdout": held, "duplicate_of": original}
        for i, (held, original) in sides.items()
    ]
    with pytest.MonkeyPatch.context() as smaller:
        smaller.setattr("pipeline.store.documents.BATCH", batch)
        update_alike(store["tracks"], facts)
    of = {(fact["dataset"], fact["track_id"]): fact for fact in facts}
    expected = [track | of.get((track["dataset"], track["track_id"]), {}) for track in tracks]
    assert rows_of(store["tracks"]) == expected


def test_records_come_in_parts_and_are_the_same(monkeypatch):
    rows = pd.DataFrame({"a": [1, 2, 3], "b": ["x", None, "z"], "c": [0.5, np.nan, 1.5]}, index=[7, 7, 1])
    monkeypatch.setattr("pipeline.store.documents.RECORDS_AT_ONCE", 2)
    assert list(records_of(rows)) == plain_records(rows)
    assert list(records_of(rows[:0])) == []


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
