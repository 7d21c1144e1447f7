"""A real mongod that asks for passwords, and the users that it knows."""

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, quote_plus

from pymongo import MongoClient
from pymongo.database import Database

from pipeline.store.server import find_mongod
from tests.patience import HANG_S

CORE = "quiet31415"
"""The part of a password that no quoting changes."""

NASTY = f"p/a@s:s%w?o#rd&x=y{CORE}"
USERS = {
    "writer": (NASTY, [{"role": "readWrite", "db": "music"}]),
    "admin": (NASTY, [{"role": "readWrite", "db": "music"}, {"role": "dbAdmin", "db": "music"}]),
    "reader": ("readonly-secret", [{"role": "read", "db": "music"}]),
    "nobody": ("nobody-secret", []),
}


TELLING = ("user27182", "data16180", "app14142", CORE)
"""User, database, option and part of the password of a URI of which each part is known again wherever it is seen."""


def telling_uri(host: str) -> str:
    user, database, name, _ = TELLING
    return f"mongodb://{user}:{quote_plus(NASTY)}@{host}/{database}?authSource=admin&appName={name}"


@dataclass(frozen=True)
class Guarded:
    """A server: the host part of its URI, and its process."""

    host: str
    process: subprocess.Popen


@contextmanager
def guarded_server() -> Iterator[Guarded]:
    """Start the server with its users; it ends with the context."""
    home = Path(tempfile.mkdtemp(prefix="genrelab-"))
    path = home / "m.sock"
    command = [find_mongod(), "--auth", "--dbpath", home, "--bind_ip", path, "--nounixsocket"]
    process = subprocess.Popen([str(part) for part in command], stdout=subprocess.DEVNULL)
    host = quote(str(path), safe="")
    try:
        with MongoClient(f"mongodb://{host}/", serverSelectionTimeoutMS=HANG_S * 1000) as client:
            client.admin.command("createUser", "root", pwd="root", roles=["root"])  # the localhost exception
        with MongoClient(f"mongodb://root:root@{host}/") as client:
            for name, (password, roles) in USERS.items():
                client.admin.command("createUser", name, pwd=password, roles=roles)
            client.admin.command("createUser", TELLING[0], pwd=NASTY, roles=[{"role": "readWrite", "db": TELLING[1]}])
        yield Guarded(host, process)
    finally:
        process.terminate()
        process.wait(HANG_S)
        shutil.rmtree(home, ignore_errors=True)


def uri_of(user: str, host: str, *, password: str = "") -> str:
    return f"mongodb://{user}:{quote_plus(password or USERS[user][0])}@{host}/music?authSource=admin"


@contextmanager
def database_of(user: str, host: str) -> Iterator[Database]:
    """Open the database ``music`` as a user, without this program's doing."""
    with MongoClient(uri_of(user, host), tz_aware=True) as client:
        yield client["music"]
