"""What is wrong with a ``MONGODB_URI``, as far as it shows without a server, and what of it may be shown.

Conventions
-----------
Nothing of a URI is ever shown but its scheme and hosts: not a user, a database, an option's value or name, unless the
name is a word that the driver knows. Where it is not certain which part is which, as after a password with an unescaped
``/``, and where anything is wrong, not even hosts are shown. What the driver says of a URI quotes it, and is never
passed on.
"""

import difflib
import re
import warnings
from functools import lru_cache

from pymongo.common import URI_OPTIONS_VALIDATOR_MAP
from pymongo.errors import PyMongoError
from pymongo.uri_parser import parse_uri
from pymongo.uri_parser_shared import URI_OPTIONS

from pipeline.store.uri import HOST, Parts, cut

NOT_SHOWN = "…"
LONGEST_DATABASE = 63
"""Bytes of a database's name: https://www.mongodb.com/docs/manual/reference/limits/#naming-restrictions"""

SYSTEM_DATABASES = frozenset({"admin", "local", "config"})
FILES = ("tlsCAFile", "tlsCertificateKeyFile", "tlsCRLFile")

ESCAPES = (
    "write the characters : / ? # [ ] @ % + of user and password as %3A %2F %3F %23 %5B %5D %40 %25 %2B in MONGODB_URI"
)

_UNESCAPED_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")


@lru_cache(maxsize=16)
def public_uri(uri: str) -> str:
    """Return what of `uri` is fit for a screen: scheme and hosts, or less where it is not certain which these are."""
    parts = cut(uri)
    is_clear = parts.is_certain and fault_of(uri) is None
    return parts.scheme + (parts.hosts if is_clear else NOT_SHOWN)


def fault_of(uri: str) -> str | None:
    """Return what is wrong with a URI as far as it shows without a server, and the mend; None where it is sound."""
    parts = cut(uri)
    if not parts.scheme:
        return "it must begin with mongodb:// or mongodb+srv://"
    if uri != uri.strip() or re.search(r"\s", (parts.login or "") + parts.hosts):
        return "there is a blank or a line break in it: take it out, or write a blank of user and password as %20"
    if not _is_escaped(parts):
        return ESCAPES
    return _fault_of_hosts(parts) or _fault_of_database(parts) or _fault_of_options(parts) or _fault_of_all(uri, parts)


def _is_escaped(parts: Parts) -> bool:
    login = parts.login or ""
    is_odd = login.count(":") > 1 or "@" in login or _UNESCAPED_PERCENT.search(login)
    return not is_odd and "@" not in parts.path and (parts.login is not None or "@" not in parts.query)


def _fault_of_hosts(parts: Parts) -> str | None:
    if parts.user == "":
        return "there is an @ but no user before it"
    if not parts.hosts:
        if ".sock" in parts.path:
            return "write each / in the path of a socket as %2F"
        return "it names no host: mongodb://HOST/DATABASE"
    for host in parts.hosts.split(","):
        found = HOST.fullmatch(host)
        if found is None:
            return f"a host is not NAME or NAME:PORT, with an IPv6 address in [ ]; or else {ESCAPES}"
        if found[3] is not None and not 0 < int(found[3]) < 2**16:
            return "the port of a host must be between 1 and 65535"
        if parts.is_srv and (found[3] is not None or "," in parts.hosts):
            return "after mongodb+srv:// comes a single host without a port"
    return None


def _fault_of_database(parts: Parts) -> str | None:
    if not parts.path:
        return None
    name = parts.database
    if "." in name:
        return "its path must name a database alone: there may be no dot in it, nor the name of a collection after one"
    if re.search(r'[/\\"$*<>:|?\s\0]', name) or len(name.encode("utf-8", "replace")) > LONGEST_DATABASE:
        return (
            f"its path is no name of a database: {LONGEST_DATABASE} bytes at most, no blank, and none of "
            '/ \\ " $ * < > : | ? in it'
        )
    if name.lower() in SYSTEM_DATABASES:
        return "the database in its path is MongoDB's own: name another one, and the user's by authSource"
    return None


def _fault_of_options(parts: Parts) -> str | None:
    if "&" in parts.query and ";" in parts.query:
        return "its options must be separated by & alone"
    names = []
    for pair in filter(None, re.split("[&;]", parts.query)):
        name, equals, _ = pair.partition("=")
        known = _known_option(name)
        if not equals or pair.count("=") > 1:
            return f"option {known or NOT_SHOWN}: write NAME=VALUE, and a = in the value as %3D"
        if known is None:
            like = difflib.get_close_matches(name.lower(), _options(), n=1)
            hint = f"did you mean {_options()[like[0]]}?" if like else "take it out"
            return f"it has an option that MongoDB's driver does not know: {hint}"
        if known in names and known.lower() != "readpreferencetags":
            return f"option {known} is there twice"
        names.append(known)
        fault = _fault_of_option(known, pair, parts)
        if fault:
            return fault
    return None


def _fault_of_option(option: str, pair: str, parts: Parts) -> str | None:
    if option.startswith("srv"):  # the driver would ask DNS to check these
        return None if parts.is_srv else f"option {option} goes with mongodb+srv:// alone"
    if option in FILES:
        return _fault_of_file(option, parts.value(option) or "")
    return None if _is_taken(f"mongodb://h/?{pair}") else f"option {option} has a value that it can't have"


def _fault_of_file(option: str, path: str) -> str | None:
    try:
        with open(path, "rb"):
            return None
    except (OSError, ValueError) as error:
        return f"the file of option {option} can't be read: {getattr(error, 'strerror', None) or 'no path'}"


def _fault_of_all(uri: str, parts: Parts) -> str | None:
    """Tell what only all parts together have: options that contradict each other."""
    if parts.is_srv:
        pairs = (pair for pair in re.split("[&;]", parts.query) if not pair.lower().startswith("srv"))
        uri = f"mongodb://h/?{'&'.join(pairs)}"
    return None if _is_taken(uri) else "its options contradict each other, or do not go with its scheme and hosts"


def _is_taken(uri: str) -> bool:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            parse_uri(uri)
    except (PyMongoError, ValueError, TypeError, OSError):
        return False
    return True


def _known_option(name: str) -> str | None:
    return _options().get(name.lower())


@lru_cache(maxsize=1)
def _options() -> dict[str, str]:
    """Return the driver's spelling of each option by its name in lower case."""
    spelt = {name.lower(): name for name in URI_OPTIONS}
    return {name: spelt.get(name, name) for name in URI_OPTIONS_VALIDATOR_MAP}
