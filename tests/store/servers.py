"""Real mongods of other kinds than the embedded one: on a network port, by TLS, in a replica set."""

import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pymongo import MongoClient

from pipeline.store.server import find_mongod
from tests.patience import until


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return listening.getsockname()[1]


@contextmanager
def mongod(*options: object) -> Iterator[str]:
    """Run a mongod on a port of this machine; yield ``127.0.0.1:PORT``."""
    home, port = Path(tempfile.mkdtemp(prefix="genrelab-")), free_port()
    command = [find_mongod(), "--dbpath", home, "--bind_ip", "127.0.0.1", "--port", port, "--nounixsocket", *options]
    process = subprocess.Popen([str(part) for part in command], stdout=subprocess.DEVNULL)
    try:
        _await(port)
        yield f"127.0.0.1:{port}"
    finally:
        process.kill()
        process.wait()
        shutil.rmtree(home, ignore_errors=True)


@contextmanager
def replica_set(name: str) -> Iterator[str]:
    """Run a replica set of one member."""
    with mongod("--replSet", name) as address:
        with MongoClient(f"mongodb://{address}/?directConnection=true") as client:
            members = [{"_id": 0, "host": address}]
            soon = {"electionTimeoutMillis": 1000}  # after which a primary without a majority steps down
            client.admin.command("replSetInitiate", {"_id": name, "members": members, "settings": soon})
            until(lambda: client.admin.command("hello")["isWritablePrimary"])
        yield address


def _await(port: int) -> None:
    def answers() -> bool:
        with socket.socket() as asking:
            return asking.connect_ex(("127.0.0.1", port)) == 0

    until(answers)
