"""Of a URI nothing but scheme and hosts is shown, whatever it holds wherever: by commands, notebooks, logs, records."""

import io
import logging
import random
import re
import traceback
from contextlib import redirect_stderr, redirect_stdout
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from IPython.core.interactiveshell import InteractiveShell
from pydantic import ValidationError
from pymongo.errors import (
    AutoReconnect,
    BulkWriteError,
    ConfigurationError,
    DuplicateKeyError,
    InvalidURI,
    NotPrimaryError,
    OperationFailure,
    PyMongoError,
    ServerSelectionTimeoutError,
    WriteError,
    WTimeoutError,
)

from pipeline.doctor import examine
from pipeline.errors import StoreError
from pipeline.settings import Settings, get_settings
from pipeline.store import connect, connection, notebook
from pipeline.store.connection import Address, words_of
from pipeline.store.uri_faults import fault_of, public_uri
from tests.examples import examples
from tests.store.guarded import guarded_server
from tests.store.secret_uris import SecretUri, make_secret, parts_shown, secret_uris

MANY = examples(50)
SOME = settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])


@pytest.fixture(autouse=True)
def impatient(monkeypatch):
    """Let nobody wait for a server that is not there."""
    monkeypatch.setattr(connection, "ANSWER_WITHIN_S", 0.01)


def assert_nothing_shown(told: str, secret: SecretUri) -> None:
    assert parts_shown(told, secret.secrets) == [], (told, secret.uri)


def test_the_tests_see_a_part():
    assert parts_shown("… xyzabc12 …", ("zabc1-and-more",)) == ["zabc1"]
    assert parts_shown("%2Babcd", ("+abcd",)) == ["%2Bab", "2Babc", "Babcd"]


@MANY
@given(secret_uris())
def test_what_is_shown_of_a_uri_and_said_of_it_holds_no_part(secret):
    assert_nothing_shown(public_uri(secret.uri), secret)
    assert_nothing_shown(fault_of(secret.uri) or "", secret)


def refusal_of(uri: str) -> StoreError:
    with pytest.raises(StoreError) as refusal:
        connect(Settings(mongodb_uri=uri))
    return refusal.value


@MANY
@given(secret_uris())
def test_a_refusal_and_its_traceback_hold_no_part(secret):
    error = refusal_of(secret.uri)
    told = "".join(traceback.format_exception(error)) + repr(error) + str(error)
    assert_nothing_shown(told, secret)


@pytest.fixture(scope="module")
def server():
    with guarded_server() as server:
        yield server


@MANY
@given(st.data())
def test_a_server_that_is_there_is_refused_by_without_a_part(server, data):
    secret = data.draw(secret_uris(server.host))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(connection, "ANSWER_WITHIN_S", 1.0)
        error = refusal_of(secret.uri)
    assert_nothing_shown("".join(traceback.format_exception(error)), secret)


@SOME
@given(secret_uris())
@pytest.mark.parametrize(
    "command", [("db", "status"), ("db", "uri"), ("db", "prepare"), ("run",), ("serve",), ("lab",)]
)
def test_no_command_shows_a_part(main, monkeypatch, caplog, command, secret):
    monkeypatch.setenv("MONGODB_URI", secret.uri)
    with caplog.at_level(logging.INFO):
        told = main(*command)
    assert (told.status, told.out) == (2, "")
    assert len(told.err.splitlines()) == 1
    assert_nothing_shown(told.err + caplog.text, secret)


@settings(SOME, max_examples=8)
@given(secret_uris())
def test_the_doctor_shows_no_part(secret):
    findings = examine(Settings(mongodb_uri=secret.uri))
    assert_nothing_shown("\n".join(map(str, findings)), secret)


def run_in_notebook(shell: InteractiveShell, code: str) -> str:
    """Return all that a cell shows."""
    out = io.StringIO()
    with redirect_stdout(out), redirect_stderr(out):
        shell.run_cell(code)
    return out.getvalue()


@pytest.fixture
def shell(monkeypatch):
    shell = InteractiveShell()
    shell.colors = "nocolor"
    monkeypatch.setattr("IPython.get_ipython", lambda: shell)
    return shell


@pytest.mark.parametrize("mode", ["Context", "Verbose", "Plain"])
@SOME
@given(secret_uris())
def test_no_cell_shows_a_part(shell, monkeypatch, mode, secret):
    monkeypatch.setenv("MONGODB_URI", secret.uri)
    get_settings.cache_clear()
    run_in_notebook(shell, f"%xmode {mode}")
    told = run_in_notebook(shell, "from pipeline.store import connect\nconnect()")
    get_settings.cache_clear()
    assert "mongodb" in told.lower(), "something else is told"
    assert_nothing_shown(told, secret)


def test_settings_that_are_wrong_show_nothing_of_what_they_are():
    with pytest.raises(ValidationError) as refusal:
        Settings(mongodb_uri=["mongodb://u:hush@h/"], jobs="hush")
    assert len(refusal.value.errors()) == 2
    assert "hush" not in str(refusal.value)
    assert "hush" not in repr(Settings(mongodb_uri="mongodb://u:hush@h/"))


def test_bytes_that_are_no_text_are_told_of_without_a_part():
    error = refusal_of("mongodb://u:hush\udcff@127.0.0.1:1/tacit\udcff")
    assert not {"hush", "tacit"} & set(re.findall(r"\w+", str(error)))


# At work: what servers and driver say quotes databases, users, replica sets


def at_work(user: str, database: str, replica_set: str) -> list[PyMongoError]:
    """Return errors as driver and server word them."""
    details = {"code": 13, "codeName": "Unauthorized"}
    no_right = f'not authorized on {database} to execute command {{ find: "tracks", $db: "{database}" }}'
    duplicate = f"E11000 duplicate key error collection: {database}.tracks index: a dup key: {{ a: 1 }}"
    first = {"index": 0, "code": 11000, "errmsg": duplicate}
    return [
        OperationFailure(f"{no_right}, full error: {details}", 13, details | {"errmsg": no_right}),
        OperationFailure("x", 11, {"code": 11, "errmsg": f"Could not find user {user} for db {database}"}),
        OperationFailure("x", 5, {"code": 5, "codeName": f"{user}.", "errmsg": f"{replica_set}"}),
        DuplicateKeyError(duplicate, 11000, first),
        WriteError(duplicate, 121, first | {"code": 121}),
        BulkWriteError({"writeErrors": [first], "writeConcernErrors": []}),
        BulkWriteError(
            {"writeErrors": [], "writeConcernErrors": [{"code": 64, "errmsg": f"waiting for {replica_set}"}]}
        ),
        WTimeoutError(f"waiting for {replica_set}", 64, {}),
        NotPrimaryError(f"{replica_set}: not primary", {}),
        ServerSelectionTimeoutError(f'No replica set members available for replica set name "{replica_set}"'),
        AutoReconnect(f"{database} {user}"),
        ConfigurationError(f"{user}"),
        InvalidURI(f"{user}:{database}"),
    ]


@MANY
@given(st.integers(0, 2**64))
def test_an_error_at_work_is_told_without_a_part(seed):
    chance = random.Random(seed)
    secrets = tuple(make_secret(chance) for _ in range(3))
    user, database, replica_set = (quote(secret, safe="") for secret in secrets)
    uri = f"mongodb://{user}:p@h:1/{database}?replicaSet={replica_set}"
    for error in at_work(*secrets):
        told = words_of(error, Address(uri, secrets[1]))
        assert "\n" not in told
        assert_nothing_shown(told, SecretUri(uri, secrets))


def test_but_the_servers_own_words_are_told_where_they_quote_nothing():
    error = OperationFailure("x", 2, {"code": 2, "codeName": "BadValue", "errmsg": "unknown operator: $sum"})
    told = words_of(error, Address("mongodb://us3r:p4ss@h/music", "music"))
    assert told == "MongoDB at mongodb://h refuses: unknown operator: $sum (BadValue, code 2)"
    told = words_of(error, Address("mongodb://us3r:p4ss@h/operator", "operator"))
    assert told == "MongoDB at mongodb://h refuses: BadValue, code 2"


@pytest.mark.parametrize(
    ("code", "words"), [(14031, "available disk space of 5 bytes is less"), (8, "28: No space left on device")]
)
def test_a_full_disk_is_called_so_whoever_meets_it(code, words):
    error = OperationFailure(words, code, {"ok": 0.0, "errmsg": words, "code": code, "codeName": "UnknownError"})
    full = BulkWriteError({"writeErrors": [{"index": 0, "code": code, "errmsg": words}]})
    assert {words_of(each, Address("mongodb://h", "d")) for each in (error, full)} == {
        "MongoDB at mongodb://h refuses: its disk is full"
    }


def test_a_cell_tells_errors_of_the_driver_and_what_led_to_them_in_our_words(shell):
    address = Address("mongodb://us3r:p@h/hush?replicaSet=tacit", "hush")
    notebook.tell_by(lambda error: words_of(error, address))
    shell.push({"errors": at_work("us3r", "hush", "tacit")})
    raising = "try:\n    raise errors[{0}]\nexcept Exception as error:\n    raise ValueError('mine') from error"
    for number in range(len(shell.user_ns["errors"])):
        for code in (f"raise errors[{number}]", raising.format(number)):
            told = run_in_notebook(shell, code)
            assert "MongoDB at mongodb://h" in told
            for word in ("us3r", "hush", "tacit"):
                assert word not in told, told


def test_a_cell_shows_other_errors_as_ever(shell):
    notebook.tell_by(words_of)
    told = run_in_notebook(shell, "def f():\n    raise KeyError('mine')\nf()")
    assert "KeyError: 'mine'" in told
    assert "raise KeyError('mine')" in told
    assert "Traceback (most recent call last)" in told
    assert "SyntaxError" in run_in_notebook(shell, "1 +")
    assert "KeyboardInterrupt" in run_in_notebook(shell, "raise KeyboardInterrupt")
