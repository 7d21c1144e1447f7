"""A database that isn't ours stays byte for byte as it is, whatever command meets it; one of ours is known again."""

import os
import subprocess
import sys
from datetime import UTC, datetime

import pytest
from bson import Int64
from hypothesis import given
from hypothesis import strategies as st
from pymongo import IndexModel

from pipeline.errors import StoreError
from pipeline.settings import NOTEBOOKS_DIR, PROJECT_DIR, Settings
from pipeline.store import connect
from pipeline.store.connection import connected
from pipeline.store.layout import CURRENT, LAYOUT, META, OLDEST
from pipeline.store.schema import apply_schema, load_schema
from pipeline.store.server import EmbeddedServer
from pipeline.store.standing import EARLIER_TITLES, look_at
from tests.examples import examples
from tests.store.older import load, older_lines
from tests.store.snapshot import snapshot

TITLES = {
    "answers": ["what one candidate answered to the tracks that it was tested on"],
    "datasets": ["where a dataset came from, and what is in it"],
    "drawn": ["on which side of the holdout a content lies, whatever its track is called"],
    "labels": ["what a champion answered to a file, or to a track of a table, without a genre"],
    "leases": ["a run at work on a dataset", "a process at work on a dataset, or on a run of it"],
    "meta": ["what the database says of itself: the number of its layout"],
    "models": ["one fitted model; the artefact lies in GridFS"],
    "predictions": ["one holdout segment or track, as one model saw it"],
    "rejects": ["a file or a table row that could not be used, or not for one window"],
    "removed": ["a track, segment or reject taken out of a dataset, as it was; kept until the dataset's next run"],
    "results": ["one row of a result table that is not a score"],
    "runs": ["one batch run"],
    "scores": ["one metric value with its 95 % interval"],
    "segments": ["one window of a track under one feature set; every further field is a feature value"],
    "tags": ["how much each tag applies to a file; every further field is a tag's activation"],
    "tracks": ["one track"],
}
"""Every title that a validator of ours ever had: what is released can't be changed, only added to."""

REFUSAL = r"collections that are not genrelab's .*; nothing was changed: name a database of its own in the path of"


def uri_of(database) -> str:
    return EmbeddedServer(Settings().home).uri + database.name


@pytest.fixture
def foreign(empty):
    """Return the database of another application that happens to use our names."""
    empty["tracks"].insert_many([{"_id": n, "lap": n, "track_id": None, "dataset": None} for n in range(3)])
    empty["tracks"].create_index("lap", name="by_lap", sparse=True)
    empty.create_collection("results", validator={"$jsonSchema": {"title": "a race", "required": ["place"]}})
    empty["results"].insert_one({"table": "genre_pairs", "pair": "a/b", "place": 1})
    empty.create_collection("runs", capped=True, size=4096)
    empty["runs"].insert_one({"started": datetime(2024, 1, 1, tzinfo=UTC)})
    empty.create_collection("scores", viewOn="tracks", pipeline=[])
    empty["meta"].insert_one({"_id": "layout", "version": "2.1", "columns": 3})
    empty["orders"].insert_one({"n": 1})
    return empty


COMMANDS = [
    ("doctor",),
    ("serve", "--port", "0"),
    ("lab", "--no-browser"),
    ("db", "status"),
    ("db", "prepare"),
    ("run", "--to", "1"),
    ("run", "--from", "compare"),
]


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_a_database_of_another_application_is_refused_and_stays_as_it_is(foreign, main, monkeypatch, command):
    before = snapshot(foreign)
    monkeypatch.setenv("MONGODB_URI", uri_of(foreign))
    done = main(*command)
    told = done.out if command == ("doctor",) else done.err
    refused = [line for line in told.splitlines() if "not genrelab's" in line]
    assert len(refused) == 1, done
    assert "('meta', 'orders', 'results' …)" in refused[0]
    assert "name a database of its own in the path of MONGODB_URI" in refused[0]
    if command == ("doctor",):
        assert done.status == 1
    else:
        assert (done.status, done.out, len(done.err.splitlines())) == (2, "", 1)
    assert snapshot(foreign) == before


def test_a_notebook_run_by_papermill_alone_leaves_it_as_it_is(foreign, tmp_path):
    before = snapshot(foreign)
    command = [sys.executable, "-m", "papermill", NOTEBOOKS_DIR / "01_catalogue.ipynb", tmp_path / "out.ipynb"]
    done = subprocess.run(
        list(map(str, command)), env=os.environ | {"MONGODB_URI": uri_of(foreign)}, cwd=PROJECT_DIR,
        capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode != 0
    assert "not genrelab's" in done.stderr
    assert snapshot(foreign) == before


def test_its_own_inserts_go_on_working(foreign):
    with pytest.raises(StoreError, match=REFUSAL):
        connect(Settings(mongodb_uri=uri_of(foreign)))
    foreign["tracks"].insert_many([{"lap": 1, "track_id": None, "dataset": None} for _ in range(2)])


NAMES = st.sampled_from([*load_schema(), "orders", "customers", "artefacts.files", "Tracks", "tracks2"])
VALUES = st.one_of(st.none(), st.integers(-9, 9), st.text(max_size=5), st.booleans(), st.just([1, {"a": "b"}]))
DOCUMENTS = st.lists(
    st.dictionaries(st.sampled_from(["dataset", "track_id", "run_id", "version", "pair", "table", "x"]), VALUES),
    max_size=3,
)
VALIDATORS = st.sampled_from(
    [{}, {"x": {"$ne": 7}}, {"$jsonSchema": {"title": "one trick"}}, {"$jsonSchema": {"bsonType": "object"}}]
)
INDEXES = st.lists(st.sampled_from(["dataset", "x", "track_id"]), unique=True, max_size=2)


@examples(40)
@given(st.dictionaries(NAMES, st.tuples(DOCUMENTS, VALIDATORS, INDEXES), min_size=1, max_size=5))
def test_any_database_without_our_mark_is_refused_and_stays_as_it_is(database, collections):
    other = database.client["another_application"]
    database.client.drop_database(other.name)
    for name, (documents, validator, indexes) in collections.items():
        other.create_collection(name, validator=validator)
        if documents:
            other[name].insert_many(documents)
        if indexes:
            other[name].create_indexes([IndexModel(field) for field in indexes])
    before = snapshot(other)
    for read_only in (False, True):
        with pytest.raises(StoreError, match=REFUSAL):
            connect(Settings(mongodb_uri=uri_of(other)), read_only=read_only)
    assert snapshot(other) == before
    database.client.drop_database(other.name)


def test_a_collection_of_our_name_that_another_application_made_beside_ours_is_refused(empty):
    apply_schema(empty)
    empty["tracks"].drop()
    empty["tracks"].insert_one({"lap": 1})
    before = snapshot(empty)
    with pytest.raises(StoreError, match=r"not genrelab's \('tracks'\)"):
        apply_schema(empty)
    assert snapshot(empty) == before


def test_other_collections_beside_ours_are_nobodys_business(empty):
    apply_schema(empty)
    empty["notes"].insert_one({"of": "mine"})
    before = snapshot(empty)
    apply_schema(empty)
    assert snapshot(empty) == before


# What is ours


def test_titles_only_ever_grow():
    known = load_schema()
    for name, titles in TITLES.items():
        now = known[name]["validator"]["$jsonSchema"]["title"]
        assert set(titles) <= {now, *EARLIER_TITLES.get(name, ())}, "put the title of before into EARLIER_TITLES"
    assert known.keys() == TITLES.keys(), "note the title of the new collection here"


def test_a_database_of_before_there_was_a_mark_is_known_by_its_titles(empty):
    load(empty, most=3)
    assert META not in empty.list_collection_names()
    assert look_at(empty, load_schema()).layout == OLDEST


@pytest.mark.parametrize(
    "name", sorted({line["collection"] for line in older_lines() if "collection" in line} & TITLES.keys())
)
def test_but_not_where_one_of_its_collections_is_another_applications(empty, name):
    load(empty, most=3)
    empty[name].drop()
    empty[name].insert_one({"lap": 1})
    before = snapshot(empty)
    with pytest.raises(StoreError, match=rf"not genrelab's \('{name}'\)"):
        apply_schema(empty)
    assert snapshot(empty) == before


@pytest.mark.parametrize(
    "mark",
    [
        {"_id": LAYOUT, "version": CURRENT},
        {"_id": LAYOUT, "version": "3", "written_at": datetime(2024, 1, 1, tzinfo=UTC)},
        {"_id": LAYOUT, "version": Int64(3), "written_at": "yesterday"},
        {"_id": "another", "version": 3, "written_at": datetime(2024, 1, 1, tzinfo=UTC)},
        {"_id": LAYOUT},
    ],
)
def test_what_only_looks_like_our_mark_is_none(empty, mark):
    empty["meta"].insert_one(mark)
    with pytest.raises(StoreError, match=REFUSAL):
        apply_schema(empty)
    assert empty["meta"].find_one() == mark


# Reading alone


def test_reading_alone_makes_nothing(empty):
    with connected(Settings(mongodb_uri=uri_of(empty)), read_only=True) as database:
        assert database["tracks"].find_one() is None
    assert empty.list_collection_names() == []


def test_reading_alone_takes_a_database_of_today_as_it_is(empty):
    apply_schema(empty)
    empty["leases"].drop()
    empty["tracks"].drop_indexes()
    before = snapshot(empty)
    with connected(Settings(mongodb_uri=uri_of(empty)), read_only=True):
        pass
    assert snapshot(empty) == before


def test_reading_alone_refuses_an_older_layout_in_one_line_and_leaves_it(empty):
    load(empty, most=3)
    before = snapshot(empty)
    told = rf"^the database has layout 1 of {CURRENT}: `genrelab db prepare`, or a run, brings it up to date"
    with pytest.raises(StoreError, match=told):
        connect(Settings(mongodb_uri=uri_of(empty)), read_only=True)
    assert snapshot(empty) == before


@pytest.mark.parametrize("command", [("doctor",), ("db", "status"), ("serve", "--port", "0")], ids=" ".join)
def test_a_command_that_reads_says_that_the_layout_is_older_and_leaves_it(empty, main, monkeypatch, command):
    load(empty, most=3)
    before = snapshot(empty)
    monkeypatch.setenv("MONGODB_URI", uri_of(empty))
    done = main(*command)
    assert "the database has layout 1 of" in done.out + done.err
    assert done.status == (2 if command[0] == "serve" else 0)
    assert snapshot(empty) == before


def test_prepare_makes_what_is_missing_and_brings_up_to_date(empty, genrelab, main, monkeypatch):
    load(empty, most=3)
    done = genrelab("db", "prepare", MONGODB_URI=uri_of(empty))
    assert (done.returncode, done.stdout) == (0, f"prepared: the database has layout {CURRENT}\n")
    assert "layout 1 becomes 2" in done.stderr
    before = snapshot(empty)
    monkeypatch.setenv("MONGODB_URI", uri_of(empty))
    assert main("db", "prepare").err == ""
    assert snapshot(empty) == before
    for command in (("db", "status"), ("doctor",)):
        assert main(*command).status == 0
    assert snapshot(empty) == before
