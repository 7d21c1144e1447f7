"""MongoDB gone for twenty seconds, twice, in the middle of a run: the run waits, goes on, and loses nothing."""

import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import psutil
import pytest

from pipeline.settings import Settings
from pipeline.store.connection import connected
from pipeline.store.server import find_mongod
from tests.faults.command import PATIENT, Command, executed
from tests.faults.scene import DATASET
from tests.patience import HANG_S

OUTAGE_S = 20


class OwnServer:
    """A mongod that nobody but the test starts."""

    def __init__(self):
        self.home = Path(tempfile.mkdtemp(prefix="genrelab-"))
        self.socket = self.home / "m.sock"
        self.start()

    @property
    def uri(self) -> str:
        return f"mongodb://{quote(str(self.socket), safe='')}/"

    def start(self) -> None:
        command = [find_mongod(), "--dbpath", self.home, "--bind_ip", self.socket, "--nounixsocket"]
        self.process = psutil.Popen([str(part) for part in command], stdout=subprocess.DEVNULL)

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(HANG_S)


@pytest.fixture
def server() -> Iterator[OwnServer]:
    server = OwnServer()
    yield server
    if server.process.poll() is None:
        server.process.kill()
        server.process.wait()
    shutil.rmtree(server.home)


@pytest.mark.faults
def test_a_server_that_hangs_and_one_that_is_down_for_twenty_seconds_are_waited_for(scene, server):
    shutil.rmtree(scene.settings.runs, ignore_errors=True)
    with connected(Settings(mongodb_uri=server.uri)) as database:
        command = Command(scene, MONGODB_URI=server.uri, **PATIENT)
        command.until(lambda: database["tracks"].count_documents({"dataset": DATASET, "status": "ready"}) >= 3)
    server.process.send_signal(signal.SIGSTOP)
    time.sleep(OUTAGE_S)
    server.process.send_signal(signal.SIGCONT)
    command.until(lambda: executed(scene.settings.runs, "04_compare"))
    server.stop()
    time.sleep(OUTAGE_S)
    assert command.process.poll() is None, command.said
    server.start()
    assert command.end() == 0, command.said
    assert "MongoDB answers again: " in command.said
    assert scene.read_exports() == scene.exports
