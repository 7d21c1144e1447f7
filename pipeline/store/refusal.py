"""What went wrong with MongoDB, in our own words: the cause, and the mend.

Conventions
-----------
What the driver and the server say may quote the URI, so it is not passed on: a code, and the name that MongoDB has for
it, are. The words of a server are told where they hold no piece of the URI.
"""

import re

from pymongo.errors import (
    BulkWriteError,
    ConfigurationError,
    ConnectionFailure,
    ExecutionTimeout,
    NotPrimaryError,
    OperationFailure,
    PyMongoError,
    WTimeoutError,
)

from pipeline.errors import StoreError, UnreachableError
from pipeline.store.absence import why_unanswered
from pipeline.store.uri import Parts, cut, pieces
from pipeline.store.uri_faults import public_uri

RIGHTS = "mongo/README.md says what each command needs"
ROLES = {
    **dict.fromkeys(("find", "aggregate", "count", "distinct", "getMore", "listCollections", "listIndexes"), "read"),
    **dict.fromkeys(("insert", "update", "delete", "findAndModify", "create", "createIndexes"), "readWrite"),
    **dict.fromkeys(("drop", "dropIndexes", "killCursors"), "readWrite"),
    "collMod": "dbAdmin",
}
"""The least built-in role that may do what a command does."""

BAD_LOGIN = frozenset({11, 18, 8000})
UNAUTHORIZED = 13
NO_SUCH_MECHANISM = 334
BAD_VALUE, UNKNOWN_CONCERN, TOO_FEW_MEMBERS = 2, 79, 100
OTHER_CASE = 13297
NO_ROOM = frozenset({14031, 28})
OF_THE_SYSTEM = "No space left on device"
"""What the storage engine passes on of the system, under a code for all that is unknown."""


def at_connecting(error: Exception, uri: str, *, answered: bool, waited_s: float) -> StoreError:
    """Return what kept a client from using the server at `uri`, which is sound as far as it shows without one.

    Parameters
    ----------
    error : Exception
        of the driver, or of what it opens
    uri : str
    answered : bool
        whether the server had answered before
    waited_s : float
        how long it was waited for, seconds
    """
    parts, shown = cut(uri), public_uri(uri)
    if isinstance(error, OperationFailure):
        return StoreError(f"MongoDB at {shown} refuses: {_refused(error, uri)}")
    if isinstance(error, PyMongoError) and answered and isinstance(error, ConnectionFailure):
        return UnreachableError(
            f"MongoDB at {shown} answered, and ended the connection right after that; its log tells why: a full disk, "
            "little memory and damaged files end a server"
        )
    if isinstance(error, PyMongoError) and (isinstance(error, ConnectionFailure) or error.timeout):
        return why_unanswered(parts, shown, waited_s)
    if isinstance(error, ConfigurationError) and "wire version" in str(error):
        return StoreError(f"MongoDB at {shown} is of a version that PyMongo does not speak with: update MongoDB")
    if isinstance(error, ConfigurationError) and parts.is_srv:
        return UnreachableError(
            f"DNS knows no MongoDB cluster at {shown}: correct the host, or name the servers after mongodb://"
        )
    return StoreError(f"MONGODB_URI is not usable: {_unusable(error, parts)}")


def _unusable(error: Exception, parts: Parts) -> str:
    if isinstance(error, OSError) or "rivate key" in str(error):
        return "the files of tlsCAFile and tlsCertificateKeyFile, or tlsCertificateKeyFilePassword, don't go together"
    if "authmechanism" in parts.options:
        return "authMechanism needs a package that is not installed, or other options; see PyMongo's documentation"
    return "PyMongo does not take its options together; leave out those that are not needed"


def at_work(error: PyMongoError, uri: str = "") -> str:
    """Return what went wrong in the middle of work with the server at `uri`."""
    place = f"MongoDB at {public_uri(uri)}" if uri else "MongoDB"
    if isinstance(error, NotPrimaryError):
        return f"{place} takes no writes: it is no primary; name all members of its set and replicaSet in MONGODB_URI"
    if isinstance(error, WTimeoutError):
        return f"{place} did not confirm a write in time by as many members as MONGODB_URI asks for"
    if isinstance(error, (ConnectionFailure, ExecutionTimeout)) or error.timeout:
        return f"{place} no longer answers"
    if isinstance(error, OperationFailure):
        return f"{place} refuses: {_refused(error, uri)}"
    return f"{place} failed: {type(error).__name__}"


def _refused(error: OperationFailure, uri: str) -> str:
    """Return why the server refused a command, and the mend."""
    parts, (code, name, words) = cut(uri), _said(error)
    if code in BAD_LOGIN:
        return _bad_login(parts)
    if code == UNAUTHORIZED:
        return _no_right(words, parts)
    if code == NO_SUCH_MECHANISM:
        return "it has no such authMechanism: correct that option, or leave it out"
    asks_for_more = code in (UNKNOWN_CONCERN, TOO_FEW_MEMBERS) or (code == BAD_VALUE and "'w'" in words)
    if asks_for_more and "w" in parts.options:
        return "option w asks for more members, or others, than the server has: leave w out of MONGODB_URI"
    if code == OTHER_CASE:
        return (
            "it has a database whose name differs in upper and lower case only: write it in MONGODB_URI as it is there"
        )
    if code in NO_ROOM or OF_THE_SYSTEM in words:
        return "its disk is full"
    label = f"{name}, code {code}" if name else f"code {code}"
    quotes = any(piece in words for piece in pieces(uri))
    return label if quotes or not words else f"{words} ({label})"


def _said(error: OperationFailure) -> tuple[int | None, str, str]:
    """Return code, name and words of what a server refused, of the first of many."""
    details = error.details or {}
    first = details
    if isinstance(error, BulkWriteError):
        [first, *_] = details.get("writeErrors") or details.get("writeConcernErrors") or [details]
    words = str(first.get("errmsg", "")).split(", full error")[0].splitlines()
    name = str(first.get("codeName") or details.get("codeName") or "")
    code = first.get("code", error.code)
    return code, name if name.isalnum() else "", words[0].rstrip(".") if words else ""


def _bad_login(parts: Parts) -> str:
    if "+" in (parts.login or ""):
        return "user or password is wrong: a + in them stands for a blank, and must be written as %2B in MONGODB_URI"
    if "authsource" in parts.options:
        return "user or password is wrong, or authSource is not the database that the user was created in"
    if parts.path:
        return (
            "user or password is wrong, or the user was not created in the database of MONGODB_URI's path: one that "
            "was created in admin needs ?authSource=admin"
        )
    return "user or password is wrong, or the user was not created in admin: authSource names another database"


def _no_right(words: str, parts: Parts) -> str:
    if parts.login is None and "authmechanism" not in parts.options:
        return "it asks who you are: add USER:PASSWORD@ before the host in MONGODB_URI"
    command = re.search(r"to execute command \{ (\w+):", words)
    name = command[1] if command else ""
    role = ROLES.get(name)
    what = f"{name} in the database that MONGODB_URI names" if role else "that in the database of MONGODB_URI"
    grant = f"grant the role {role} on it" if role else "grant a role on it"
    return f"the user may not {what}: {grant}, or correct the name of the database; {RIGHTS}"
