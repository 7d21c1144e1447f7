"""The page writes nothing to the database: a user who may only read is enough."""

import pytest
from pymongo import MongoClient
from pymongo.monitoring import CommandListener

from pipeline.listen.desk import Desk
from pipeline.listen.pool import WorkerPool
from pipeline.settings import Settings
from pipeline.store.connection import connected
from pipeline.web.app import create_app
from pipeline.web.pictures import PICTURES
from tests.store.guarded import guarded_server, uri_of

from .conftest import as_form

PAGES = ("/", "/playlist", "/playlist?genre=rock", "/unseen", "/unseen/all", "/results", "/about", "/about/card",
         "/api", "/api/holdout")  # fmt: skip
READING = {"hello", "ping", "saslStart", "saslContinue", "find", "getMore", "aggregate", "distinct", "count",
           "listCollections", "endSessions", "killCursors"}  # fmt: skip


class Commands(CommandListener):
    """Remembers what is asked of a server."""

    def __init__(self):
        self.asked = []

    def started(self, event):
        self.asked.append((event.command_name, event.command))

    def succeeded(self, event):
        pass

    def failed(self, event):
        pass


@pytest.fixture(scope="module")
def readable(songs):
    """The URI of a user who may only read the songs' database."""
    with guarded_server() as server:
        with connected(Settings(mongodb_uri=uri_of("admin", server.host))) as copy:
            for name in songs.database.list_collection_names():
                if documents := list(songs.database[name].find()):
                    copy[name].delete_many({})
                    copy[name].insert_many(documents)
        yield uri_of("reader", server.host)


def test_every_page_and_answer_is_given_and_nothing_but_reading_is_asked_of_the_server(readable, songs, music):
    commands, pool = Commands(), WorkerPool(1)
    try:
        with MongoClient(readable, tz_aware=True, event_listeners=[commands]) as client:
            page = create_app(Desk(client["music"], songs.dataset, pool), hosts={"localhost"}).test_client()
            for path in (*PAGES, *(f"/results/{name}.png" for name in PICTURES)):
                assert page.get(path).status_code in ((200, 404) if path.endswith(".png") else (200,)), path
            body, kind = as_form(music)
            for path in ("/", "/api/predict"):
                assert page.post(path, data=body, content_type=kind).status_code == 200
    finally:
        pool.close()
    assert {name for name, _ in commands.asked} - READING == set()
    stages = {
        key for name, asked in commands.asked if name == "aggregate" for each in asked["pipeline"] for key in each
    }
    assert stages
    assert not stages & {"$out", "$merge"}


def test_a_user_who_may_read_nothing_is_told_the_right_that_is_missing(songs):
    with guarded_server() as server, MongoClient(uri_of("nobody", server.host)) as client:
        page = create_app(Desk(client["music"], songs.dataset, None), hosts={"localhost"}).test_client()
        reply = page.get("/")
        assert reply.status_code == 503
        assert "needs the role read" in reply.text
