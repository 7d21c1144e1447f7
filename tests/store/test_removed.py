"""What is taken out of a dataset is seen by nobody, and comes back whole, wherever that was cut off."""

import pytest
from pymongo import MongoClient
from pymongo.monitoring import CommandListener

from pipeline.settings import Settings
from pipeline.store.removed import finish_removal, purge, put_back, remove, removed_tracks
from pipeline.store.server import EmbeddedServer
from tests.store.guarded import database_of

DATASET, OTHER = "removed", "untouched"
WRITES = {"insert", "update", "delete", "aggregate"}
NAMES = ("tracks", "segments", "rejects")


@pytest.fixture
def filled(store):
    """Return a database with four tracks, of ten segments each, in two datasets; two tracks have rejects."""
    for name in (*NAMES, "removed"):
        store[name].delete_many({})
    for dataset in (DATASET, OTHER):
        for track_id in "abcd":
            of_track = {"dataset": dataset, "track_id": track_id}
            known = {"status": "ready", "extracted": ["f/3"], "holdout": track_id == "a", "duplicate_of": None}
            store["tracks"].insert_one(of_track | known | {"genre": "rock"})
            segment = of_track | {"feature_set": "f", "window_s": 3.0, "length": 66150, "rms_mean": 0.5}
            store["segments"].insert_many([segment | {"start_s": 3.0 * i} for i in range(10)])
        for path, stage in (("a", "extract"), ("b", "extract"), ("b", "catalogue")):
            told = {"reason": "too_short", "detail": "", "window_s": 30.0 if stage == "extract" else None}
            store["rejects"].insert_one({"dataset": dataset, "path": path, "stage": stage, **told})
    return store


def content(database, *names):
    return {name: list(database[name].find().sort("_id")) for name in names or NAMES}


def test_tracks_go_with_all_that_is_theirs_and_nothing_else(filled):
    remove(filled, DATASET, {"a", "b"}, "run-1")
    assert filled["tracks"].distinct("track_id", {"dataset": DATASET}) == ["c", "d"]
    assert filled["segments"].distinct("track_id", {"dataset": DATASET}) == ["c", "d"]
    assert [reject["stage"] for reject in filled["rejects"].find({"dataset": DATASET})] == ["catalogue"]
    assert [filled[name].count_documents({"dataset": OTHER}) for name in NAMES] == [4, 40, 3]
    assert removed_tracks(filled, DATASET) == {"a", "b"}
    assert removed_tracks(filled, OTHER) == set()


def test_they_come_back_as_they_were_to_the_last_field(filled):
    before = content(filled)
    remove(filled, DATASET, {"a", "b"}, "run-1")
    put_back(filled, DATASET, {"a"})
    assert filled["tracks"].find_one({"dataset": DATASET, "track_id": "a"})["holdout"] is True
    assert removed_tracks(filled, DATASET) == {"b"}
    put_back(filled, DATASET, {"b"})
    assert content(filled) == before
    assert filled["removed"].count_documents({}) == 0


def test_taking_out_and_back_nothing_does_nothing(filled):
    before = content(filled, *NAMES, "removed")
    remove(filled, DATASET, set(), "run-1")
    put_back(filled, DATASET, set())
    put_back(filled, DATASET, {"unknown"})
    assert content(filled, *NAMES, "removed") == before


def test_what_one_run_has_taken_out_another_one_forgets(filled):
    remove(filled, DATASET, {"a"}, "run-1")
    remove(filled, OTHER, {"a"}, "run-1")
    purge(filled, DATASET, "run-1")
    assert removed_tracks(filled, DATASET) == {"a"}
    remove(filled, DATASET, {"b"}, "run-2")
    purge(filled, DATASET, "run-2")
    assert (removed_tracks(filled, DATASET), removed_tracks(filled, OTHER)) == ({"b"}, {"a"})
    assert filled["removed"].count_documents({"dataset": DATASET, "run_id": "run-1"}) == 0


def test_a_track_taken_out_twice_comes_back_as_it_was_the_second_time(filled):
    remove(filled, DATASET, {"a"}, "run-1")
    put_back(filled, DATASET, {"a"})
    filled["segments"].delete_many({"dataset": DATASET, "track_id": "a", "start_s": {"$gt": 3}})
    before = content(filled)
    remove(filled, DATASET, {"a"}, "run-2")
    put_back(filled, DATASET, {"a"})
    assert content(filled) == before


class Interrupt(CommandListener):
    """Counts a client's writes, and ends its work at one of them, before the server hears of it."""

    def __init__(self, at):
        self.at, self.n_writes = at, 0

    def started(self, event):
        if event.command_name in WRITES:
            if self.n_writes == self.at:
                raise KeyboardInterrupt
            self.n_writes += 1

    def succeeded(self, event):
        """Nothing to do."""

    failed = succeeded


def n_writes_of(database, action, at=None) -> int:
    """Do something with the database by a client of its own, until a write; return how many writes there were."""
    listener = Interrupt(at)
    with MongoClient(EmbeddedServer(Settings().home).uri, tz_aware=True, event_listeners=[listener]) as client:
        action(client[database.name])
    return listener.n_writes


def take_out(database):
    """Take two tracks out as cataloguing does where their files are gone."""
    live = {track["track_id"] for track in database["tracks"].find({"dataset": DATASET})}
    finish_removal(database, DATASET, removed_tracks(database, DATASET) - live)
    remove(database, DATASET, {"a", "b"} & live, "run-1")


def take_back(database):
    """Put them back as cataloguing does where their files are there."""
    put_back(database, DATASET, {"a", "b"} & removed_tracks(database, DATASET))


def cut_off(database, action, write):
    with pytest.raises(KeyboardInterrupt):
        n_writes_of(database, action, write)


@pytest.fixture
def moments(filled):
    """Return how many writes taking out and taking back have; the database is as it was before."""
    counted = n_writes_of(filled, take_out), n_writes_of(filled, take_back)
    assert min(counted) >= 8
    return counted


def test_cut_off_at_any_write_taking_out_is_finished_by_the_same_again_or_undone_by_taking_back(filled, moments):
    before = content(filled)
    n_out, _ = moments
    for write in range(n_out):
        cut_off(filled, take_out, write)
        take_out(filled)
        assert filled["segments"].distinct("track_id", {"dataset": DATASET}) == ["c", "d"], write
        take_back(filled)
        assert content(filled) == before, write
        cut_off(filled, take_out, write)
        take_back(filled)
        assert content(filled) == before, write


def test_cut_off_at_any_write_taking_back_is_finished_by_the_same_again_or_undone_by_taking_out(filled, moments):
    before = content(filled)
    _, n_back = moments
    for write in range(n_back):
        take_out(filled)
        cut_off(filled, take_back, write)
        take_back(filled)
        assert content(filled) == before, write
        take_out(filled)
        cut_off(filled, take_back, write)
        take_out(filled)
        assert filled["segments"].distinct("track_id", {"dataset": DATASET}) == ["c", "d"], write
        take_back(filled)
        assert content(filled) == before, write


def test_whatever_was_cut_off_a_track_that_is_there_has_all_its_segments(filled, moments):
    for action, n_writes in zip((take_out, take_back), moments, strict=True):
        for write in range(n_writes):
            if action is take_back:
                take_out(filled)
            cut_off(filled, action, write)
            for track in filled["tracks"].find({"dataset": DATASET}):
                of_track = {"dataset": DATASET, "track_id": track["track_id"]}
                assert filled["segments"].count_documents(of_track) == 10, (action.__name__, write)
            take_back(filled)


def test_a_user_who_may_read_and_write_may_do_so(guarded):
    with database_of("writer", guarded) as database:
        database["tracks"].insert_one({"dataset": DATASET, "track_id": "a", "genre": "g", "status": "ready"})
        remove(database, DATASET, {"a"}, "run-1")
        assert database["tracks"].count_documents({"dataset": DATASET}) == 0
        put_back(database, DATASET, {"a"})
        assert database["tracks"].count_documents({"dataset": DATASET}) == 1
        database["tracks"].delete_many({"dataset": DATASET})
