"""One way to the database: `connect` returns it ready to use, whichever server it lives on."""

import re
import warnings
from dataclasses import dataclass, field
from functools import lru_cache
from weakref import WeakKeyDictionary

from pymongo import MongoClient
from pymongo.database import Database
from pymongo.errors import (
    ConfigurationError,
    InvalidURI,
    OperationFailure,
    PyMongoError,
    ServerSelectionTimeoutError,
)

from pipeline.errors import StoreError
from pipeline.settings import Settings, get_settings
from pipeline.store.schema import apply_schema
from pipeline.store.server import EmbeddedServer

DEFAULT_DATABASE = "genrelab"
# The whole command, imports included, is to give up within 5 seconds.
SELECTION_TIMEOUT_MS = 3000

_URIS: WeakKeyDictionary[MongoClient, str] = WeakKeyDictionary()
"""What each client was made from; a client itself tells of its hosts, but not of its password and options."""


@dataclass(frozen=True)
class Address:
    """What another process needs to get to a database; shown without the URI, which may hold a password."""

    uri: str = field(repr=False)
    database: str


def connect(settings: Settings | None = None) -> Database:
    """Connect to MongoDB, starting the embedded server where no ``MONGODB_URI`` is set, and apply the schema.

    Returns
    -------
    pymongo.database.Database
        the database named in the URI, else ``genrelab``

    Raises
    ------
    StoreError
        one line, within 5 seconds, where the server can't be reached or refuses
    """
    return _open(server_uri(settings or get_settings()), prepare=True)


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


def check_server(uri: str) -> None:
    """Log in at `uri` and change nothing there.

    Raises
    ------
    StoreError
        as `connect` does
    """
    _open(uri, prepare=False).client.close()


def _open(uri: str, *, prepare: bool) -> Database:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", UserWarning)  # PyMongo only warns about options it does not know
            client = MongoClient(
                uri,
                serverSelectionTimeoutMS=SELECTION_TIMEOUT_MS,
                connectTimeoutMS=SELECTION_TIMEOUT_MS,
                tz_aware=True,
                appname="genrelab",
            )
        _URIS[client] = uri
        client.admin.command("ping")
        database = client.get_default_database(default=DEFAULT_DATABASE)
        if prepare:
            apply_schema(database)
        else:
            database.list_collection_names()
    except (InvalidURI, ConfigurationError, ValueError, OSError, UserWarning) as error:
        raise StoreError(f"MONGODB_URI {public_uri(uri)!r} is not usable: {_without_secret(error, uri)}") from error
    except OperationFailure as error:
        raise StoreError(
            f"MongoDB at {public_uri(uri)} refuses: {_line(error)}. Check user, password, roles."
        ) from error
    except ServerSelectionTimeoutError as error:
        raise StoreError(
            f"no MongoDB answers at {public_uri(uri)} within {SELECTION_TIMEOUT_MS // 1000} s; "
            "start it, correct MONGODB_URI, or unset it to use the embedded server"
        ) from error
    except PyMongoError as error:
        raise StoreError(f"MongoDB at {public_uri(uri)} failed: {_line(error)}") from error
    return database


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
