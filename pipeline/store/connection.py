"""One way to the database: `connect` returns it ready to use, whichever server it lives on."""

import re
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any
from weakref import WeakKeyDictionary

import pymongo
from pymongo import MongoClient
from pymongo.database import Database
from pymongo.errors import ConfigurationError, ConnectionFailure, InvalidURI, OperationFailure, PyMongoError

from pipeline.errors import StoreError, UnreachableError
from pipeline.settings import Settings, get_settings
from pipeline.store.schema import apply_schema
from pipeline.store.server import EmbeddedServer

DEFAULT_DATABASE = "genrelab"
ANSWER_WITHIN_S = 2.5
"""How long a server may take to answer at first: the whole command, imports included, gives up within 5 seconds."""

OUTAGE_S = 30
"""How long an operation waits for a server that answered before: an election or a restart takes seconds."""

LOCAL_OUTAGE_S = 3
"""The same for a server behind a Unix-domain socket: it is not elected, and whoever waits may have to start it."""

RETRY_EVERY_S = 0.5

CONNECT_TIMEOUT_MS = 10_000
WRITE_CONCERN = {"w": "majority", "journal": True}
"""A write counts once most members have it on disk, so that neither an election nor a crash takes it back."""

_URIS: WeakKeyDictionary[MongoClient, str] = WeakKeyDictionary()
"""What each client was made from; a client itself tells of its hosts, but not of its password and options."""


@dataclass(frozen=True)
class Address:
    """What another process needs to get to a database; shown without the URI, which may hold a password."""

    uri: str = field(repr=False)
    database: str


def connect(settings: Settings | None = None, *, outage_s: float | None = None) -> Database:
    """Connect to MongoDB, starting the embedded server where no ``MONGODB_URI`` is set, and apply the schema.

    Parameters
    ----------
    settings : Settings, optional
        those of this process unless told
    outage_s : float, optional
        seconds that an operation waits for a server that no longer answers, unless the URI says otherwise

    Returns
    -------
    pymongo.database.Database
        the database named in the URI, else ``genrelab``

    Raises
    ------
    StoreError
        one line, within 5 seconds, where the server can't be reached or refuses
    """
    return _open(server_uri(settings or get_settings()), prepare=True, outage_s=outage_s)


def address_of(database: Database) -> Address:
    """Return the address of a database of a client that `connect` made."""
    return Address(_URIS[database.client], database.name)


@lru_cache(maxsize=4)
def reopen(address: Address) -> Database:
    """Return the database at `address`, whose schema is in place, by a client that this process keeps.

    Raises
    ------
    StoreError
        as `connect` does
    """
    return _open(address.uri, prepare=False).client[address.database]


@contextmanager
def connected(settings: Settings, *, outage_s: float | None = None) -> Iterator[Database]:
    """`connect`, and disconnect at the end."""
    database = connect(settings, outage_s=outage_s)
    with database.client:
        yield database


def check_server(uri: str) -> None:
    """Log in at `uri` and change nothing there.

    Raises
    ------
    StoreError
        as `connect` does
    """
    _open(uri, prepare=False).client.close()


def await_server(settings: Settings, patience_s: float) -> None:
    """Wait until MongoDB answers again; the embedded server is started where it has died.

    Raises
    ------
    UnreachableError
        where it does not answer for `patience_s` seconds
    StoreError
        where it answers and refuses, or can't be started
    """
    deadline = time.monotonic() + patience_s
    while True:
        try:
            return check_server(server_uri(settings))
        except UnreachableError:
            if time.monotonic() > deadline:
                raise
            time.sleep(RETRY_EVERY_S)


def _open(uri: str, *, prepare: bool, outage_s: float | None = None) -> Database:
    client, answered = None, False
    try:
        client = _make_client(uri, outage_s)
        with pymongo.timeout(ANSWER_WITHIN_S):
            client.admin.command("ping")
        answered = True
        database = client.get_default_database(default=DEFAULT_DATABASE)
        if prepare:
            apply_schema(database)
        else:
            database.list_collection_names()
    except BaseException as error:
        if client is not None:
            client.close()
        if isinstance(error, (PyMongoError, ValueError, OSError, UserWarning)):
            raise _told(error, uri, answered) from error
        raise
    return database


def _make_client(uri: str, outage_s: float | None) -> MongoClient:
    """Return a client; what the URI says itself goes before what is usual here."""
    if outage_s is None:
        outage_s = LOCAL_OUTAGE_S if "%2f" in uri.partition("?")[0].lower() else OUTAGE_S
    said = {name.lower() for name in re.findall(r"[?&;]([^=&;]+)=", uri)}
    usual: dict[str, Any] = {"serverSelectionTimeoutMS": int(outage_s * 1000), "connectTimeoutMS": CONNECT_TIMEOUT_MS}
    usual |= {"appname": "genrelab"} | ({} if said & {"w", "j", "journal"} else WRITE_CONCERN)
    options = {name: value for name, value in usual.items() if name.lower() not in said}
    with warnings.catch_warnings():
        warnings.simplefilter("error", UserWarning)  # PyMongo only warns about options it does not know
        client = MongoClient(uri, tz_aware=True, **options)
    _URIS[client] = uri
    return client


def _told(error: Exception, uri: str, answered: bool) -> StoreError:
    """Return what went wrong at `uri`, in one line and without its password."""
    if isinstance(error, (InvalidURI, ConfigurationError)) or not isinstance(error, PyMongoError):
        return StoreError(f"MONGODB_URI {public_uri(uri)!r} is not usable: {_without_secret(error, uri)}")
    if isinstance(error, OperationFailure):
        return StoreError(f"MongoDB at {public_uri(uri)} refuses: {_line(error)}. Check user, password, roles.")
    if isinstance(error, ConnectionFailure) and answered:
        return UnreachableError(f"MongoDB at {public_uri(uri)} answered, and ended right after that; is its disk full?")
    tls = re.search(r"\[SSL: \w+\] ([^(]*[^( ])", str(error))
    if tls:
        return StoreError(f"MongoDB at {public_uri(uri)} can't be spoken to by TLS: {tls[1]}; correct tlsCAFile")
    if isinstance(error, ConnectionFailure) or error.timeout:
        return UnreachableError(
            f"no MongoDB answers at {public_uri(uri)} within {ANSWER_WITHIN_S:g} s; "
            "start it, correct MONGODB_URI, or unset it to use the embedded server"
        )
    return StoreError(f"MongoDB at {public_uri(uri)} failed: {_line(error)}")


def server_uri(settings: Settings) -> str:
    """Return the URI to connect to; without ``MONGODB_URI`` the embedded server's, which is started if need be."""
    if settings.mongodb_uri is not None:
        return settings.mongodb_uri.get_secret_value()
    server = EmbeddedServer(settings.home)
    server.start()
    return server.uri


def public_uri(uri: str) -> str:
    """Return `uri` fit for a screen: without the password, whatever characters that holds unescaped."""
    masked = re.sub(r"^([^:]*://|)([^:@]*):(?!//).*@", r"\1\2:***@", uri, flags=re.DOTALL)
    return re.sub(r"(?i)((?:password|token)[^=&:]*[=:])[^&]*", r"\1***", masked)


def _without_secret(error: Exception, uri: str) -> str:
    """Return the error's line, unless it quotes a part of the URI that belongs to a password."""
    line = _line(error)
    secret = re.search(r"^(?:[^:]*://|)[^:@]*:(?!//)(.*)@", uri, flags=re.DOTALL)
    if secret and any(part and part in line for part in re.split(r"[/@:?&=\s]", secret[1])):
        return "write the characters : / ? # [ ] @ % of user and password as %3A %2F %3F %23 %5B %5D %40 %25"
    return line


def _line(error: Exception) -> str:
    details = getattr(error, "details", None) or {}
    return str(details.get("errmsg") or error).splitlines()[0].split(", full error")[0].rstrip(".")
