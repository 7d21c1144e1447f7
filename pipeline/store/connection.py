"""One way to the database: `connect` returns it ready to use, whichever server it lives on.

Conventions
-----------
Of a URI nothing but scheme and hosts gets out: `Address` and clients show no more, and an error of the driver, which
may quote the rest, ends here. What is raised instead has neither cause nor context, for a notebook shows those too.
"""

import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import lru_cache, partial
from typing import Any, TypeVar

import pymongo
from pymongo import MongoClient
from pymongo.database import Database
from pymongo.errors import ConnectionFailure, PyMongoError

from pipeline.errors import StoreError, UnreachableError
from pipeline.settings import Settings, get_settings
from pipeline.store import notebook
from pipeline.store.refusal import at_connecting, at_work
from pipeline.store.schema import apply_schema, load_schema
from pipeline.store.server import EmbeddedServer
from pipeline.store.standing import Standing, look_at, require_current
from pipeline.store.uri import cut
from pipeline.store.uri_faults import fault_of, public_uri

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

Result = TypeVar("Result")


@dataclass(frozen=True)
class Address:
    """What another process needs to get to a database; shown without anything, for a URI may hold a password."""

    uri: str = field(repr=False)
    database: str = field(repr=False)


class _Client(MongoClient):
    """A client that knows its URI and shows no more than hosts: the driver's own shows options, even a key's password.

    Parameters
    ----------
    uri : str
    **options
        of `MongoClient`
    """

    def __init__(self, uri: str, **options: Any):
        self._uri = uri
        super().__init__(uri, **options)

    def __repr__(self) -> str:
        return f"MongoClient({public_uri(self._uri)!r})"


class _Database(Database):
    """A database that shows where it is, not its name, which is a part of the URI."""

    def __repr__(self) -> str:
        return f"Database({self.client!r})"


def connect(settings: Settings | None = None, *, read_only: bool = False, outage_s: float | None = None) -> Database:
    """Connect to MongoDB, starting the embedded server where no ``MONGODB_URI`` is set, and apply the schema.

    Parameters
    ----------
    settings : Settings, optional
        those of this process unless told
    read_only : bool
        change nothing there: neither a collection is made nor an older layout brought up to date
    outage_s : float, optional
        seconds that an operation waits for a server that no longer answers, unless the URI says otherwise

    Returns
    -------
    pymongo.database.Database
        the database named in the URI, else ``genrelab``

    Raises
    ------
    StoreError
        one line, within 5 seconds, where the server can't be reached or refuses; where the database is another
        application's, of a newer version, or, read only, of an older one
    """
    prepare = _read_as_it_is if read_only else apply_schema
    database, _ = _open_by(settings or get_settings(), prepare, outage_s=outage_s)
    notebook.tell_by(partial(words_of, address=address_of(database)))
    return database


def look(settings: Settings) -> Standing:
    """Return how the database stands, and change nothing there.

    Raises
    ------
    StoreError
        as `connect` does, but for an older layout
    """
    database, standing = _open_by(settings, _look)
    with database.client as client:
        return replace(standing, server_version=client.server_info()["version"])


def address_of(database: Database) -> Address:
    """Return the address of a database of a client that `connect` made."""
    client: Any = database.client
    return Address(client._uri, database.name)


@lru_cache(maxsize=4)
def reopen(address: Address) -> Database:
    """Return the database at `address`, whose schema is in place, by a client that this process keeps.

    Raises
    ------
    StoreError
        as `connect` does
    """
    return _open(address, _ping)[0]


@contextmanager
def connected(settings: Settings, *, read_only: bool = False, outage_s: float | None = None) -> Iterator[Database]:
    """`connect`, and disconnect at the end."""
    database = connect(settings, read_only=read_only, outage_s=outage_s)
    with database.client:
        yield database


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
            return _open_by(settings, _ping)[0].client.close()
        except UnreachableError:
            if time.monotonic() > deadline:
                raise
            time.sleep(RETRY_EVERY_S)


def has_database(settings: Settings) -> bool:
    """Tell whether there is a server to ask, or an embedded one that was used before."""
    return settings.mongodb_uri is not None or EmbeddedServer(settings.home).data_dir.exists()


def server_uri(settings: Settings) -> str:
    """Return the URI to connect to; without ``MONGODB_URI`` the embedded server's, which is started if need be."""
    if settings.mongodb_uri is not None:
        return settings.mongodb_uri.get_secret_value()
    server = EmbeddedServer(settings.home)
    server.start()
    return server.uri


def words_of(error: Exception, address: Address | None = None) -> str:
    """Return what an error says; one of the driver, met at work, in words that hold no part of a URI but its hosts.

    Parameters
    ----------
    error : Exception
    address : Address, optional
        of the database that was worked with; that of this process's settings unless told
    """
    if not isinstance(error, PyMongoError):
        return str(error)
    settings = get_settings()
    embedded = EmbeddedServer(settings.home)
    own = embedded.uri if settings.mongodb_uri is None else settings.mongodb_uri.get_secret_value()
    uri = address.uri if address else own
    gone = _why_it_is_gone(embedded) if isinstance(error, ConnectionFailure) and uri == embedded.uri else None
    return gone or at_work(error, uri)


def _open_by(
    settings: Settings, prepare: Callable[[Database], Result], *, outage_s: float | None = None
) -> tuple[Database, Result]:
    """`_open` the database of the settings; of an embedded server that ended meanwhile its own log tells more."""
    address = _address(settings)
    try:
        return _open(address, prepare, outage_s=outage_s)
    except UnreachableError as error:
        gone = None if settings.mongodb_uri is not None else _why_it_is_gone(EmbeddedServer(settings.home))
        failure = UnreachableError(gone) if gone else error
    raise failure


def _address(settings: Settings) -> Address:
    uri = server_uri(settings)
    return Address(uri, cut(uri).database or DEFAULT_DATABASE)


def _why_it_is_gone(server: EmbeddedServer) -> str | None:
    return f"the embedded MongoDB is gone: {server.why_it_ended()}" if server.process() is None else None


def _look(database: Database) -> Standing:
    return look_at(database, load_schema())


def _read_as_it_is(database: Database) -> None:
    require_current(_look(database))


def _ping(database: Database) -> None:
    """Log in and ask for something, which takes the right to."""
    database.list_collection_names()


def _open(
    address: Address, prepare: Callable[[Database], Result], *, outage_s: float | None = None
) -> tuple[Database, Result]:
    """Return a database that answers, and what `prepare` makes of it."""
    fault = fault_of(address.uri)
    if fault is not None:
        raise StoreError(f"MONGODB_URI is not usable: {fault}")
    client, answered = None, False
    try:
        client = _make_client(address, outage_s)
        with pymongo.timeout(ANSWER_WITHIN_S):
            client.admin.command("ping")
        answered = True
        database = _Database(client, address.database)
        return database, prepare(database)
    except (PyMongoError, ValueError, OSError, UserWarning) as error:
        failure = at_connecting(error, address.uri, answered=answered, waited_s=ANSWER_WITHIN_S)
        _close(client)
    except BaseException:
        _close(client)
        raise
    raise failure


def _close(client: MongoClient | None) -> None:
    if client is not None:
        client.close()


def _make_client(address: Address, outage_s: float | None) -> MongoClient:
    """Return a client; what the URI says itself goes before what is usual here."""
    parts = cut(address.uri)
    if outage_s is None:
        outage_s = LOCAL_OUTAGE_S if parts.is_socket else OUTAGE_S
    said = parts.options.keys()
    usual: dict[str, Any] = {"serverSelectionTimeoutMS": int(outage_s * 1000), "connectTimeoutMS": CONNECT_TIMEOUT_MS}
    usual |= {"appname": "genrelab"} | ({} if said & {"w", "journal"} else WRITE_CONCERN)
    options = {name: value for name, value in usual.items() if name.lower() not in said}
    with warnings.catch_warnings():
        warnings.simplefilter("error", UserWarning)  # PyMongo only warns about options it does not know
        return _Client(address.uri, tz_aware=True, **options)
