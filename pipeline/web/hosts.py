"""By which names the page may be asked.

A site of somebody else can have its own name point at this machine; a browser then takes the page for that site's, and
lets its scripts read the answers. What such a browser can't hide is the name: it stands in ``Host``.
"""

import re
import socket
from collections.abc import Iterable
from ipaddress import ip_address

import psutil

from pipeline.errors import InputError

LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})

_HOST = re.compile(r"(?:\[(?P<address>[^\[\]]*)\]|(?P<name>[^\[\]:]+))(?::[0-9]{1,5})?")
_NAME = re.compile(r"[a-z0-9._-]+")


def read_host(text: str) -> str:
    """Return the name in ``name``, ``name:port``, ``[IPv6]`` or ``[IPv6]:port`` as names are compared; else empty.

    >>> read_host("Music.Example.:8000"), read_host("[0:0::1]:8000"), read_host("::1")
    ('music.example', '::1', '')
    """
    found = _HOST.fullmatch(text)
    if found is None:
        return ""
    if found["name"] is None:
        return _read_address(found["address"])
    try:
        name = found["name"].lower().removesuffix(".").encode("idna").decode("ascii")
    except UnicodeError:
        return ""
    return name if _NAME.fullmatch(name) else ""


def names_of(host: str, address: str, also: Iterable[str] = ()) -> frozenset[str]:
    """Return the names of a server.

    Parameters
    ----------
    host, address : str
        what it was told to listen on, and the address that this is; where that is every address, all of the machine's
        own names and addresses count
    also : iterable of str
        names that a person vouches for; a port does not matter

    Raises
    ------
    InputError
        where one of `also` is no name
    """
    listening = ip_address(address.partition("%")[0])
    names = {_read_address(host) or read_host(host), _read_address(address)}
    if listening.is_loopback or listening.is_unspecified:
        names |= LOOPBACK_NAMES
    if not listening.is_loopback:
        names.add(read_host(socket.gethostname()))
    if listening.is_unspecified:
        names |= {_read_address(each.address) for card in psutil.net_if_addrs().values() for each in card}
    for text in also:
        name = _read_address(text) or read_host(text)
        if not name:
            raise InputError(f"--allow-host {text!r} is no name of a host: give it alone, as in music.example or ::1")
        names.add(name)
    return frozenset(names - {""})


def _read_address(text: str) -> str:
    """Return an IP address in its usual spelling, without a zone; empty where it is none."""
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return ""
    return str(getattr(address, "ipv4_mapped", None) or address)
