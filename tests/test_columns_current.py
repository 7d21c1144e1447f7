"""Columns on disk are of the segments as they are: whoever writes these says so, and what is unchanged is read once."""

import re

import numpy as np
import pandas as pd
import pytest

from pipeline.catalogue import catalogue
from pipeline.extract import settle
from pipeline.report.segment_rows import segment_rows
from pipeline.settings import PACKAGE_DIR, get_settings
from pipeline.store import read_columns, read_frame, read_segments, upsert
from pipeline.store.datasets import begin_segments

DATASET = "test-columns-current"
WRITES = re.compile(r"\[\"segments\"\]\.(?:insert|update|replace|delete|bulk)|upsert\(\s*database\[\"segments\"\]")


@pytest.fixture
def table(database, tmp_path):
    """Return a function that catalogues and settles a table of tracks with these values of one feature."""
    for name in database.list_collection_names():
        database[name].delete_many({"dataset": DATASET})

    def bring_in(values: dict[str, float], *, settled: bool = True) -> None:
        rows = [f"{name}.wav,{x},{2 * x + 1},{'rock' if int(name[1:]) % 2 else 'jazz'}" for name, x in values.items()]
        path = tmp_path / "table.csv"
        path.write_text("\n".join(["filename,x,y,label", *rows]) + "\n")
        catalogue(database, DATASET, settings=get_settings(), table=str(path), remove_missing=True)
        if settled:
            settle(database, DATASET, holdout=0.1, seed=0)

    return bring_in


def version(database) -> str | None:
    return database["datasets"].find_one({"dataset": DATASET}).get("segments_version")


def check(database) -> None:
    found = read_columns(database, DATASET, "table", 30.0).frame()
    pd.testing.assert_frame_equal(found, read_segments(database, DATASET, "table", 30.0))


BEFORE = {f"t{i}": round(float(np.sin(i)), 6) for i in range(20)}
CHANGES = {
    "a value": {**BEFORE, "t3": 0.5},
    "a new track": {**BEFORE, "t99": 0.25},
    "a track gone": {name: x for name, x in BEFORE.items() if name != "t7"},
    "as many tracks, others": {name if name != "t7" else "t77": x for name, x in BEFORE.items()},
}


@pytest.mark.parametrize("after", CHANGES.values(), ids=CHANGES)
def test_what_a_table_changes_is_seen_at_once_and_after(database, table, after):
    table(BEFORE)
    check(database)
    first = version(database)
    for settled in (False, True):
        table(after, settled=settled)
        assert version(database) not in (None, first)
        check(database)
    table(BEFORE)  # what was taken out comes back
    check(database)


def test_what_did_not_change_is_read_once(database, table):
    table(BEFORE)
    first, place = version(database), read_columns(database, DATASET, "table", 30.0).place
    table(BEFORE)
    assert version(database) == first is not None
    assert read_columns(database, DATASET, "table", 30.0).place == place


def test_whoever_writes_segments_says_so():
    store = PACKAGE_DIR / "store"  # takes out and puts back what `catalogue` tells it to
    writers = {
        path.relative_to(PACKAGE_DIR): path.read_text()
        for path in PACKAGE_DIR.rglob("*.py")
        if store not in path.parents and WRITES.search(path.read_text())
    }
    assert len(writers) >= 3
    assert all("begin_segments(" in text for text in writers.values()), sorted(writers)


def test_exported_rows_are_those_of_all_sets_and_windows_with_their_genres(database, table):
    table(BEFORE)
    begin_segments(database, DATASET)
    copied = [
        {key: value for key, value in segment.items() if key not in ("_id", "y")} | {"window_s": 3.0, "z": 1.0}
        for segment in database["segments"].find({"dataset": DATASET, "track_id": {"$lt": "t2"}})
    ]
    upsert(database["segments"], copied, replace=True)
    database["tracks"].update_many(
        {"dataset": DATASET, "track_id": {"$in": [segment["track_id"] for segment in copied]}},
        {"$addToSet": {"extracted": "table/3"}},
    )
    database["datasets"].update_one({"dataset": DATASET}, {"$set": {"windows_s": [30.0, 3.0]}})
    rows = segment_rows(database, DATASET, "run-1")
    genres = read_frame(database["tracks"], {"dataset": DATASET, "status": "ready"}, ["track_id", "genre"])
    expected = pd.concat(
        [
            read_segments(database, DATASET, "table", window_s)
            .merge(genres, on="track_id")
            .assign(feature_set="table", window_s=window_s)
            for window_s in (30.0, 3.0)
        ],
        ignore_index=True,
    ).assign(run_id="run-1", dataset=DATASET)
    assert len(rows) == len(expected)
    for numbers in (np.arange(len(rows)), np.array([0, 5, len(rows) - 1]), np.arange(4)):
        found = rows.take(numbers)
        pd.testing.assert_frame_equal(
            found, expected.iloc[numbers].reset_index(drop=True)[list(found.columns)], check_dtype=False
        )
