"""Three real servers whose primary dies in the middle of a run: another one is elected, and nothing is lost."""

import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import pytest
from pymongo import MongoClient
from pymongo.errors import PyMongoError

from pipeline.settings import Settings
from pipeline.store.connection import connected
from pipeline.store.server import find_mongod
from tests.faults.command import PATIENT, Command
from tests.faults.scene import DATASET, plain
from tests.patience import HANG_S, until

NAME = "music"
ELECTION_MS = 2000


class ReplicaSet:
    """Three members on free ports of the loopback interface."""

    def __init__(self):
        self.root = Path(tempfile.mkdtemp(prefix="genrelab-"))
        self.ports = _free_ports(3)
        self.members = {port: self.start(port) for port in self.ports}
        config = {
            "_id": NAME,
            "members": [{"_id": n, "host": f"127.0.0.1:{port}"} for n, port in enumerate(self.ports)],
            "settings": {"electionTimeoutMillis": ELECTION_MS},
        }
        for port in reversed(self.ports):  # each is to be there before the first asks them all
            with MongoClient(f"mongodb://127.0.0.1:{port}/?directConnection=true") as client:
                client.admin.command("ping")
                if port == self.ports[0]:
                    client.admin.command("replSetInitiate", config)
        self.primary()

    @property
    def uri(self) -> str:
        hosts = ",".join(f"127.0.0.1:{port}" for port in self.ports)
        return f"mongodb://{hosts}/?replicaSet={NAME}"

    def start(self, port: int) -> psutil.Popen:
        home = self.root / str(port)
        home.mkdir(exist_ok=True)
        command = [
            *(find_mongod(), "--replSet", NAME, "--dbpath", home, "--bind_ip", "127.0.0.1", "--port", port),
            *("--nounixsocket", "--wiredTigerCacheSizeGB", "0.25", "--oplogSize", "64"),
        ]
        return psutil.Popen([str(part) for part in command], stdout=subprocess.DEVNULL)

    def primary(self) -> int:
        """Return the port of the primary, once there is one."""
        with MongoClient(self.uri, serverSelectionTimeoutMS=HANG_S * 1000) as client:
            client.admin.command("ping")
            return until(lambda: client.primary)[1]

    def kill_primary(self) -> int:
        port = self.primary()
        self.members[port].kill()
        self.members[port].wait()
        return port

    def bring_back(self, port: int) -> None:
        """Start a member again, and wait until it has caught up."""
        self.members[port] = self.start(port)
        with MongoClient(f"mongodb://127.0.0.1:{port}/?directConnection=true") as client:
            until(lambda: _is_secondary(client))

    def end(self) -> None:
        for process in self.members.values():
            if process.poll() is None:
                process.kill()
                process.wait()
        shutil.rmtree(self.root)


def _is_secondary(client: MongoClient) -> bool:
    with suppress(PyMongoError):
        return bool(client.admin.command("hello").get("secondary"))
    return False


def _free_ports(n: int) -> list[int]:
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(n)]
    ports = [listening.getsockname()[1] for listening in sockets]
    for listening in sockets:
        listening.close()
    return ports


@pytest.fixture
def replica_set() -> Iterator[ReplicaSet]:
    replica_set = ReplicaSet()
    yield replica_set
    replica_set.end()


@pytest.mark.faults
def test_the_run_finishes_though_its_primary_is_killed_twice(scene, replica_set):
    with connected(Settings(mongodb_uri=replica_set.uri)) as database:
        ready = {"dataset": DATASET, "status": "ready"}
        command = Command(scene, MONGODB_URI=replica_set.uri, **PATIENT)
        command.until(lambda: database["tracks"].count_documents(ready) >= 3)
        killed = replica_set.kill_primary()
        command.until(lambda: database["scores"].count_documents({}) > 0)
        replica_set.bring_back(killed)
        replica_set.kill_primary()
        assert command.end() == 0, command.said
        found = plain({name: list(database[name].find()) for name in ("segments", "tracks", "scores", "predictions")})
    assert scene.read_exports() == scene.exports
    assert len(found["segments"]) == len(scene.before["end"]["segments"])
    assert found["tracks"] == plain(scene.before["end"])["tracks"]
