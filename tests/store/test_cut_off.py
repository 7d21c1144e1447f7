"""A connection that breaks in the middle costs what was under way: a part of a read, a batch of an upsert."""

from collections.abc import Iterator

import numpy as np
import pytest
from pymongo import MongoClient
from pymongo.database import Database
from pymongo.monitoring import CommandListener

from pipeline.store import frames, read_segments, update_alike, upsert
from pipeline.store.documents import BATCH
from pipeline.store.schema import apply_schema
from tests.store.servers import mongod
from tests.store.test_frames import segment

N_TRACKS, PER_TRACK = 50, 4


class Seen(CommandListener):
    """Counts the commands that were sent."""

    def __init__(self) -> None:
        self.names: list[str] = []

    def started(self, event) -> None:
        self.names.append(event.command_name)

    def succeeded(self, event) -> None:
        pass

    def failed(self, event) -> None:
        pass


@pytest.fixture(scope="module")
def seen() -> Seen:
    return Seen()


@pytest.fixture(scope="module")
def brittle(seen) -> Iterator[Database]:
    """Return a database of a server that lets itself be told to break connections."""
    with (
        mongod("--setParameter", "enableTestCommands=1") as address,
        MongoClient(f"mongodb://{address}", event_listeners=[seen]) as client,
    ):
        apply_schema(client["test"])
        yield client["test"]


def break_next(database: Database, command: str) -> None:
    """Let the server close the connection instead of answering the next such command."""
    data = {"failCommands": [command], "closeConnection": True}
    database.client.admin.command({"configureFailPoint": "failCommand", "mode": {"times": 1}, "data": data})


def test_a_read_is_taken_up_where_it_was_cut_off(brittle, seen, monkeypatch):
    starts = np.arange(PER_TRACK) * 3.0
    written = [segment(f"t{i:03d}", start, 1, a=i + start) for i in range(N_TRACKS) for start in starts]
    upsert(brittle["segments"], written)
    monkeypatch.setattr(frames, "AT_ONCE", 40)
    whole = read_segments(brittle, "d", "f", 3.0)
    read, finds = frames.find_arrow_all, []

    def cut_off_once(*given, **more):
        finds.append(given)
        if len(finds) == 3:
            break_next(brittle, "find")
        return read(*given, **more)

    monkeypatch.setattr(frames, "find_arrow_all", cut_off_once)
    seen.names.clear()
    assert read_segments(brittle, "d", "f", 3.0).equals(whole)
    assert len(finds) == N_TRACKS * PER_TRACK / 40
    assert seen.names.count("find") - len(finds) == 2, "one part again, and the features' names"


def test_a_batch_is_written_again_and_each_document_once(brittle, seen):
    documents = [{"dataset": "d", "track_id": f"t{i}", "status": "ready", "genre": "rock"} for i in range(BATCH + 1)]
    upsert(brittle["tracks"], documents[:300])  # as if the batch had been cut off after these
    break_next(brittle, "update")
    seen.names.clear()
    assert upsert(brittle["tracks"], documents) == len(documents)
    assert seen.names.count("update") == 3
    assert brittle["tracks"].count_documents({}) == len(documents)


def test_a_batch_of_new_documents_is_written_again_and_each_once(brittle, seen):
    documents = [{"dataset": "new", "track_id": f"t{i}", "status": "ready", "genre": "rock"} for i in range(BATCH + 1)]
    upsert(brittle["tracks"], documents[:300])  # as if the batch had been cut off after these
    break_next(brittle, "insert")
    assert upsert(brittle["tracks"], documents, new=True) == len(documents)
    assert brittle["tracks"].count_documents({"dataset": "new"}) == len(documents)


def test_what_many_share_is_set_again(brittle):
    documents = [
        {"dataset": "alike", "track_id": f"t{i}", "status": "ready", "genre": "rock"} for i in range(BATCH + 1)
    ]
    upsert(brittle["tracks"], documents, new=True)
    break_next(brittle, "update")
    update_alike(
        brittle["tracks"], ({"dataset": "alike", "track_id": f"t{i}", "holdout": i < 9} for i in range(BATCH + 1))
    )
    assert brittle["tracks"].count_documents({"dataset": "alike", "holdout": True}) == 9
    assert brittle["tracks"].count_documents({"dataset": "alike", "holdout": False}) == BATCH - 8


def test_where_the_server_does_not_vouch_for_an_insert_it_is_written_once_more(brittle):
    documents = [{"dataset": "vouched", "track_id": f"t{i}", "status": "ready", "genre": "rock"} for i in range(3)]
    upsert(brittle["tracks"], documents[:1])
    concern = {"writeConcernError": {"code": 91, "errmsg": "going away", "errorLabels": []}}
    brittle.client.admin.command(
        "configureFailPoint", "failCommand", mode={"times": 1}, data={"failCommands": ["insert"], **concern}
    )
    assert upsert(brittle["tracks"], documents, new=True) == 3
    assert brittle["tracks"].count_documents({"dataset": "vouched"}) == 3
