"""Connecting: any MongoDB that MONGODB_URI names, and one clear line, soon, where that does not work.

How soon is measured by ``python -m benchmarks.waits``; here the line says what the server was given.
"""

import socket
from urllib.parse import quote_plus

import pytest
from pymongo import MongoClient
from pymongo.errors import PyMongoError

from pipeline.errors import StoreError
from pipeline.settings import Settings, get_settings
from pipeline.store import connect
from pipeline.store.connection import ANSWER_WITHIN_S, LOCAL_OUTAGE_S, connected, public_uri, server_uri
from pipeline.store.schema import load_schema
from tests.store.guarded import NASTY, uri_of


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
    assert "refuses: Authentication failed" in message
    assert "Check user, password, roles" in message
    assert "wrong-secret" not in message


def test_a_user_without_roles_is_told_so(guarded):
    message = try_to_connect(uri_of("nobody", guarded))
    assert "not authorized on music" in message
    assert "roles" in message


def test_a_user_who_may_only_read_is_told_so(guarded):
    with connected(Settings(mongodb_uri=uri_of("writer", guarded))) as database:
        database["tracks"].drop()
    assert "not authorized on music" in try_to_connect(uri_of("reader", guarded))


def test_no_user_at_all_is_told_so(guarded):
    assert "requires authentication" in try_to_connect(f"mongodb://{guarded}/")


@pytest.mark.parametrize(
    ("uri", "told"),
    [
        ("http://127.0.0.1:27017/", "URI must begin with 'mongodb://'"),
        ("mongodb:/127.0.0.1/", "not usable"),
        ("mongodb://", "not usable"),
        ("mongodb://127.0.0.1:99999/", "Port must be an integer"),
        ("mongodb://[::1/", "not usable"),
        ("mongodb://127.0.0.1/no such name", "Bad database name"),
        ("mongodb://127.0.0.1/?tls=true&tlsCAFile=/no/such/file", "No such file"),
        ("mongodb://127.0.0.1/?nonsense=1", "Unknown option: nonsense"),
        ("mongodb://127.0.0.1/?ssl=banana", "must be 'true' or 'false'"),
        ("mongodb+srv://127.0.0.1:27017/", "not usable"),
    ],
)
def test_a_uri_that_is_none_says_what_is_wrong_with_it(uri, told):
    message = try_to_connect(uri)
    assert message.startswith("MONGODB_URI '")
    assert told in message


@pytest.mark.parametrize("character", list("/@:%?#[] &="))
def test_a_password_is_never_shown_whatever_it_holds_unescaped(character):
    uri = f"mongodb://writer:hush{character}tacit{character}mute@127.0.0.1:99999/music"
    message = try_to_connect(uri)
    for word in ("hush", "tacit", "mute"):
        assert word not in message
    assert "mongodb://writer:***@127.0.0.1:99999/music" in message


@pytest.mark.parametrize(
    ("uri", "shown"),
    [
        ("mongodb://h:1/", "mongodb://h:1/"),
        ("mongodb://u:p@h:1,g:2/d?w=1", "mongodb://u:***@h:1,g:2/d?w=1"),
        ("mongodb+srv://u:p@h/", "mongodb+srv://u:***@h/"),
        ("mongodb://u@h/", "mongodb://u@h/"),
        ("u:p@h:1", "u:***@h:1"),
        ("mongodb://a/b:p@h", "mongodb://a/b:***@h"),
        ("mongodb://h/?tlsCertificateKeyFilePassword=p&w=1", "mongodb://h/?tlsCertificateKeyFilePassword=***&w=1"),
    ],
)
def test_a_uri_is_shown_without_its_secrets(uri, shown):
    assert public_uri(uri) == shown


@pytest.fixture
def silent_host():
    """Return host and port of a server that takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"127.0.0.1:{server.getsockname()[1]}"


@pytest.mark.parametrize("command", [("db", "status"), ("run",)])
def test_an_unreachable_server_is_one_line_that_says_how_long_it_was_given(genrelab, command):
    done = genrelab(*command, MONGODB_URI="mongodb://u:hush@127.0.0.1:1/")
    assert (done.returncode, done.stdout) == (2, "")
    assert len(done.stderr.splitlines()) == 1
    assert f"no MongoDB answers at mongodb://u:***@127.0.0.1:1/ within {ANSWER_WITHIN_S:g} s" in done.stderr


def test_a_server_that_never_answers_is_one_line_that_says_how_long_it_was_given(genrelab, silent_host):
    done = genrelab("db", "status", MONGODB_URI=f"mongodb://{silent_host}/")
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
    assert f"no MongoDB answers at mongodb://{silent_host}/ within {ANSWER_WITHIN_S:g} s" in done.stderr


def test_a_wrong_password_is_one_line(genrelab, guarded):
    uri = uri_of("writer", guarded, password=NASTY + "-wrong")
    done = genrelab("db", "status", MONGODB_URI=uri)
    assert (done.returncode, done.stdout) == (2, "")
    assert len(done.stderr.splitlines()) == 1
    assert "Authentication failed" in done.stderr
    assert quote_plus(NASTY) not in done.stderr


def test_status_names_the_server_without_its_password_and_changes_nothing_there(genrelab, guarded):
    with MongoClient(f"mongodb://root:root@{guarded}/") as client:
        client.drop_database("music")
        done = genrelab("db", "status", MONGODB_URI=uri_of("writer", guarded))
        assert done.returncode == 0, done.stderr
        assert done.stdout == f"running: mongodb://writer:***@{guarded}/music?authSource=admin (MONGODB_URI)\n"
        assert "music" not in client.list_database_names()


def test_an_error_of_the_driver_keeps_its_cause(guarded):
    with pytest.raises(StoreError) as refusal:
        connect(Settings(mongodb_uri=f"mongodb://{guarded}/"))
    assert isinstance(refusal.value.__cause__, PyMongoError)


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
