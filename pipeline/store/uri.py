"""The parts of a MongoDB URI, as they are written."""

import re
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import unquote, unquote_plus

SCHEMES = ("mongodb://", "mongodb+srv://")
SOCKET = r"(?:[\w.~-]|%[0-9A-Fa-f]{2})+\.sock"
HOST = re.compile(rf"({SOCKET})|(\[[0-9A-Fa-f:.]+(?:%25[\w.-]+)?\]|[\w.-]+)(?::(\d+))?")


@dataclass(frozen=True, repr=False)
class Parts:
    """A URI cut at its first ``/`` and ``?``, as the driver does it; each part as it is written.

    Attributes
    ----------
    scheme : str
        one of `SCHEMES`, or empty
    login : str or None
        user and password, before the ``@``
    hosts : str
    path, query : str
        what follows the ``/`` and the ``?``
    """

    scheme: str
    login: str | None
    hosts: str
    path: str
    query: str

    @property
    def is_srv(self) -> bool:
        """Whether DNS names the hosts."""
        return self.scheme == SCHEMES[1]

    @property
    def is_socket(self) -> bool:
        """Whether the server is behind a Unix-domain socket of this machine."""
        return re.fullmatch(SOCKET, self.hosts) is not None

    @property
    def user(self) -> str | None:
        """The user's name as it is written, None without one."""
        return None if self.login is None else self.login.partition(":")[0]

    @property
    def database(self) -> str:
        """The database that the path names; empty without one."""
        return unquote_plus(self.path)

    @property
    def options(self) -> dict[str, str]:
        """Values of the options, as they are written, by their names in lower case."""
        pairs = (pair.partition("=") for pair in re.split("[&;]", self.query) if pair)
        return {name.lower(): value for name, _, value in pairs}

    @property
    def is_certain(self) -> bool:
        """Whether nothing of user and password can have come into another part: each ``@`` is where it belongs."""
        beyond = self.path + self.query
        if self.login is None:
            return "@" not in beyond and "%40" not in beyond
        return "@" not in self.login + beyond

    @property
    def wants_tls(self) -> bool:
        """Whether the connection is to be by TLS."""
        given = {self.options[name] for name in ("tls", "ssl") if name in self.options}
        return "true" in given or (self.is_srv and not given)

    def value(self, option: str) -> str | None:
        """Return what an option is meant to be, None where it is not there."""
        value = self.options.get(option.lower())
        return None if value is None else unquote_plus(value)


@lru_cache(maxsize=16)
def cut(uri: str) -> Parts:
    """Cut a URI, right or wrong, into its parts."""
    scheme = next((scheme for scheme in SCHEMES if uri.startswith(scheme)), "")
    before, _, query = uri[len(scheme) :].partition("?")
    authority, _, path = before.partition("/")
    login, at, hosts = authority.rpartition("@")
    return Parts(scheme, login if at else None, hosts, path, query)


def pieces(uri: str) -> frozenset[str]:
    """Return every piece of a URI that may not be shown, as it is written and as it is meant."""
    parts = cut(uri)
    hidden = [*(parts.login or "").split(":"), parts.path, *parts.options.values()]
    wholes = {as_read(text) for text in hidden for as_read in (str, unquote, unquote_plus)}
    return frozenset(piece for whole in wholes for piece in (whole, *re.split(r"[^\w.~-]", whole)) if piece)
