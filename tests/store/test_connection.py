"""Connecting: any MongoDB that MONGODB_URI names, and one clear line, soon, where that does not work.

How soon is measured by ``python -m benchmarks.waits``; here the line says what the server was given.
"""

import socket
from urllib.parse import quote_plus

import pytest
from pymongo import MongoClient

from pipeline.errors import StoreError
from pipeline.settings import Settings, get_settings
from pipeline.store import connect
from pipeline.store.connection import ANSWER_WITHIN_S, LOCAL_OUTAGE_S, address_of, connected, server_uri
from pipeline.store.probe import LOOK_S
from pipeline.store.schema import load_schema
from pipeline.store.uri_faults import fault_of
from tests.store.guarded import CORE, NASTY, uri_of


def try_to_connect(uri: str) -> str:
    """Return what a refusal says."""
    with pytest.raises(StoreError) as refusal:
        connect(Settings(mongodb_uri=uri))
    message = str(refusal.value)
    assert "\n" not in message
    return message


def test_a_user_with_read_and_write_gets_the_database_that_the_uri_names(guarded):
    with connected(Settings(mongodb_uri=uri_of("writer", guarded))) as database:
        assert database.name == "music"
        assert set(load_schema()) <= set(database.list_collection_names())


def test_without_a_name_in_the_uri_the_database_is_genrelab(database):
    assert database.name == "genrelab"


def test_a_wrong_password_is_told_apart_from_a_missing_server(guarded):
    message = try_to_connect(uri_of("writer", guarded, password="wrong-secret"))
    assert "refuses: user or password is wrong" in message
    assert "wrong-secret" not in message


@pytest.mark.parametrize(
    "uri",
    [
        "http://127.0.0.1:27017/",
        "mongodb://",
        "mongodb://127.0.0.1:99999/",
        "mongodb://127.0.0.1/no such name",
        "mongodb://127.0.0.1/?tls=true&tlsCAFile=/no/such/file",
        "mongodb://127.0.0.1/?nonsense=1",
        "mongodb+srv://127.0.0.1:27017/",
    ],
)
def test_a_uri_that_is_none_says_what_is_wrong_with_it(uri):
    assert try_to_connect(uri) == f"MONGODB_URI is not usable: {fault_of(uri)}"


@pytest.mark.parametrize("character", list("/@:%?#[] &="))
def test_a_password_is_never_shown_whatever_it_holds_unescaped(character):
    uri = f"mongodb://writer:hush{character}tacit{character}mute@127.0.0.1:99999/music"
    message = try_to_connect(uri)
    for word in ("writer", "hush", "tacit", "mute", "music"):
        assert word not in message


def test_a_first_answer_and_a_look_at_the_hosts_take_less_than_four_seconds():
    """A command, imports included, gives up within five."""
    assert ANSWER_WITHIN_S + LOOK_S < 4


@pytest.fixture
def silent_host():
    """Return host and port of a server that takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"127.0.0.1:{server.getsockname()[1]}"


@pytest.mark.parametrize("command", [("db", "status"), ("run",)])
def test_an_unreachable_server_is_one_line(genrelab, command):
    done = genrelab(*command, MONGODB_URI="mongodb://u:hush@127.0.0.1:1/")
    assert (done.returncode, done.stdout) == (2, "")
    assert len(done.stderr.splitlines()) == 1
    assert "no MongoDB answers at mongodb://127.0.0.1:1: nothing listens there" in done.stderr


def test_a_server_that_never_answers_is_one_line(genrelab, silent_host):
    done = genrelab("db", "status", MONGODB_URI=f"mongodb://{silent_host}/")
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1


def test_a_wrong_password_is_one_line(genrelab, guarded):
    uri = uri_of("writer", guarded, password=NASTY + "-wrong")
    done = genrelab("db", "status", MONGODB_URI=uri)
    assert (done.returncode, done.stdout) == (2, "")
    assert len(done.stderr.splitlines()) == 1
    assert "user or password is wrong" in done.stderr
    assert quote_plus(NASTY) not in done.stderr


def test_status_names_the_server_without_its_password_and_changes_nothing_there(genrelab, guarded):
    with MongoClient(f"mongodb://root:root@{guarded}/") as client:
        client.drop_database("music")
        done = genrelab("db", "status", MONGODB_URI=uri_of("writer", guarded))
        assert done.returncode == 0, done.stderr
        assert done.stdout == (
            f"running: mongodb://{guarded} (MONGODB_URI); the database is empty: the first `genrelab run` fills it\n"
        )
        assert "music" not in client.list_database_names()


def test_an_error_of_the_driver_ends_here(guarded):
    with pytest.raises(StoreError) as refusal:
        connect(Settings(mongodb_uri=f"mongodb://{guarded}/"))
    assert refusal.value.__cause__ is refusal.value.__context__ is None


def test_two_clients_of_one_server_keep_their_addresses_apart(guarded):
    """The driver takes clients of the same hosts for equal."""
    uris = [uri_of("writer", guarded), uri_of("admin", guarded)]
    databases = [connect(Settings(mongodb_uri=uri)) for uri in uris]
    assert [address_of(database).uri for database in databases] == uris
    databases[0].client.close()
    assert address_of(databases[1]).uri == uris[1]
    databases[1].client.close()


def test_clients_databases_and_addresses_show_hosts_alone(guarded):
    with connected(Settings(mongodb_uri=uri_of("writer", guarded) + "&appName=hush")) as database:
        shown = [repr(each) for each in (database, database.client, database["tracks"], address_of(database))]
    assert shown[1] == f"MongoClient('mongodb://{guarded}')"
    for word in ("hush", "writer", CORE, "music"):
        assert not any(word in each for each in shown)


@pytest.mark.parametrize(
    ("options", "timeout_s", "concern"),
    [
        ("", LOCAL_OUTAGE_S, {"w": "majority", "j": True}),
        ("?serverSelectionTimeoutMS=7000&w=1", 7, {"w": 1}),
        ("?journal=false", LOCAL_OUTAGE_S, {"j": False}),
        ("?serverselectiontimeoutms=7000&w=1&wtimeoutMS=5", 7, {"w": 1, "wtimeout": 5}),
    ],
)
def test_a_write_counts_once_a_majority_has_it_on_disk_unless_the_uri_says_otherwise(options, timeout_s, concern):
    with connected(Settings(mongodb_uri=server_uri(get_settings()) + options)) as database:
        assert database.client.options.server_selection_timeout == timeout_s
        assert database.client.write_concern.document == concern
        assert database.client.options.retry_writes
