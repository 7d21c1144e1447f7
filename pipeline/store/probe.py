"""Ask a host that the driver could not use what it is: is anybody there, is it MongoDB, does it speak TLS.

The driver tells only that it waited in vain. This asks one harmless question, ``hello``, which takes no log-in, and
tells apart by what the system says why there is no answer.
"""

import socket
import ssl
import struct
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

import bson
from bson.errors import BSONError

DEFAULT_PORT = 27017
OP_MSG = 2013
LARGEST_REPLY = 48_000_000
HEADER = struct.Struct("<iiii")
"""Length, number, what it answers, kind: https://www.mongodb.com/docs/manual/reference/mongodb-wire-protocol/"""

STEP_S = 0.5
"""How long each step may take: whoever asks has waited for the driver before."""

LOOK_S = 1.0
"""How long all steps at all hosts may take."""


@dataclass(frozen=True)
class Seen:
    """What there is to see of a host.

    Attributes
    ----------
    name : str
        as a URI writes it
    is_there : bool
        whether somebody took the connection, whoever it is
    by_tls : bool
        whether they came to terms by TLS
    failure : Exception or None
        why there was no connection, or no answer
    hello : dict
        what a MongoDB server says of itself; empty where none answered
    """

    name: str
    is_there: bool = False
    by_tls: bool = False
    failure: Exception | None = None
    hello: dict[str, Any] = field(default_factory=dict)

    @property
    def is_mongodb(self) -> bool:
        """Whether a MongoDB server answered."""
        return "maxWireVersion" in self.hello


def look_both_ways(names: Iterable[str], asked: ssl.SSLContext | None) -> list[tuple[Seen, Seen]]:
    """Look at hosts as a URI asks for it, by TLS or in plain, and the other way; all at once, for `LOOK_S` at most.

    Returns
    -------
    list of pairs
        of each host what was seen as asked, and the other way; a host that keeps silent for longer is not there
    """
    ways = (asked, None if asked else trusting())
    hosts = list(names)
    seen = {(name, way): Seen(name, failure=TimeoutError()) for name in hosts for way in range(2)}

    def look(name: str, way: int) -> None:
        seen[name, way] = look_at(name, tls=ways[way])

    # Daemons: whoever hangs in the system's look-up of a name keeps nobody from ending.
    threads = [threading.Thread(target=look, args=place, daemon=True) for place in seen]
    for thread in threads:
        thread.start()
    deadline = time.monotonic() + LOOK_S
    for thread in threads:
        thread.join(max(0.0, deadline - time.monotonic()))
    return [(seen[name, 0], seen[name, 1]) for name in hosts]


def look_at(name: str, *, tls: ssl.SSLContext | None = None, within_s: float = STEP_S) -> Seen:
    """Ask a host, written as in a URI, what it is.

    Parameters
    ----------
    name : str
        ``host``, ``host:port``, ``[IPv6]:port`` or the quoted path of a socket
    tls : SSLContext, optional
        how to speak TLS; without it, in plain
    within_s : float
        seconds for each of a few steps
    """
    try:
        connection = _connect(name, within_s)
    except (OSError, ValueError) as error:
        return Seen(name, failure=error)
    by_tls = False
    try:
        with connection:
            if tls is not None:
                connection = tls.wrap_socket(connection, server_hostname=_split(name)[0])
                by_tls = True
            with connection:
                return Seen(name, is_there=True, by_tls=by_tls, hello=_hello(connection, within_s))
    except (OSError, ValueError, BSONError) as error:
        return Seen(name, is_there=True, by_tls=by_tls, failure=error)


def trusting() -> ssl.SSLContext:
    """Return how to speak TLS with anybody, only to see whether it is spoken; nothing secret is told there."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def _connect(name: str, within_s: float) -> socket.socket:
    host, port = _split(name)
    if port is None:
        connection = socket.socket(socket.AF_UNIX)
        connection.settimeout(within_s)
        try:
            connection.connect(host)
        except BaseException:
            connection.close()
            raise
        return connection
    return socket.create_connection((host, port), timeout=within_s)


def _split(name: str) -> tuple[str, int | None]:
    """Return host and port, or the path of a socket and None."""
    if name.endswith(".sock"):
        return unquote(name), None
    host, colon, port = name.rpartition(":")
    if not colon or port.endswith("]"):
        host, port = name, ""
    return unquote(host.strip("[]")), int(port or DEFAULT_PORT)


def _hello(connection: socket.socket, within_s: float) -> dict[str, Any]:
    body = struct.pack("<iB", 0, 0) + bson.encode({"hello": 1, "$db": "admin"})
    connection.sendall(HEADER.pack(HEADER.size + len(body), 1, 0, OP_MSG) + body)
    deadline = time.monotonic() + within_s
    length, _, _, kind = HEADER.unpack(_receive(connection, HEADER.size, deadline))
    if kind != OP_MSG or not HEADER.size < length < LARGEST_REPLY:
        raise ValueError("this is no MongoDB server")
    return bson.decode(_receive(connection, length - HEADER.size, deadline)[5:])


def _receive(connection: socket.socket, size: int, deadline: float) -> bytes:
    received = b""
    while len(received) < size:
        if time.monotonic() > deadline:
            raise TimeoutError("no answer in time")
        more = connection.recv(size - len(received))
        if not more:
            raise ConnectionResetError("it ended the connection")
        received += more
    return received
