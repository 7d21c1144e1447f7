"""The embedded server: a real mongod that only its owner reaches, found again, restarted, and stopped."""

import os
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import psutil
import pytest
from pymongo import MongoClient

from pipeline.errors import StoreError
from pipeline.settings import Settings
from pipeline.store import server as server_room
from pipeline.store.connection import connected
from pipeline.store.server import EmbeddedServer, find_mongod
from tests.patience import HANG_S, left_behind

START = """
import sys
from pathlib import Path
from pipeline.store.server import EmbeddedServer
server = EmbeddedServer(Path(sys.argv[1]))
print(server.start(), server.process().pid, flush=True)
sys.stdin.read()
"""


def client_of(server: EmbeddedServer) -> subprocess.Popen:
    """Start a process that starts the server of a home, and then lives on until its input ends."""
    command = [sys.executable, "-c", START, str(server.home)]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def mongods_of(server: EmbeddedServer) -> list[int]:
    """Return the ids of all living mongod processes on this home."""
    found = []
    for process in psutil.process_iter(["cmdline", "status"]):
        if process.info["status"] != psutil.STATUS_ZOMBIE and str(server.data_dir) in (process.info["cmdline"] or ()):
            found.append(process.pid)
    return found


def kill(server: EmbeddedServer) -> None:
    """End the server as a crash does."""
    process = server.process()
    process.kill()
    assert left_behind([process]) == []


@pytest.fixture(scope="module")
def running():
    """Return the running server of the test session, and its process."""
    server = EmbeddedServer(Settings().home)
    server.start()
    return server, server.process()


def test_it_is_a_mongod(running):
    server, process = running
    assert process.exe() == str(find_mongod().resolve())
    assert server.answers()


def test_it_listens_on_no_network_port(running):
    assert running[1].net_connections(kind="inet") == []


def test_it_listens_on_one_socket_that_only_its_owner_reaches(running):
    server, process = running
    listening = {connection.laddr for connection in process.net_connections(kind="unix") if connection.laddr}
    assert listening == {str(server.socket_path)}
    for directory in (server.socket_path.parent, server.data_dir, server.home / "mongodb"):
        assert stat.S_IMODE(directory.stat().st_mode) == 0o700


def test_a_second_process_finds_it_again(running):
    server, process = running
    told, _ = client_of(server).communicate(timeout=HANG_S)
    assert told.split() == ["False", str(process.pid)]


def test_it_survives_the_kill_of_the_client_that_started_it(new_server):
    server = new_server()
    client = client_of(server)
    started, pid = client.stdout.readline().split()
    client.kill()
    client.wait()
    client.stdin.close()
    client.stdout.close()
    assert started == "True"
    assert server.answers()
    assert server.process().pid == int(pid)


def test_it_comes_back_after_its_own_kill_with_all_data(new_server):
    server = new_server()
    settings = Settings(home=server.home)
    with connected(settings) as database:
        database["notes"].insert_one({"_id": 1})
    before = server.process().pid
    kill(server)
    assert server.process() is None
    assert server.socket_path.exists(), "a crash leaves its socket behind"
    assert (server.data_dir / "mongod.lock").read_text().strip() == str(before), "and its lock"

    with connected(settings) as database:
        assert database["notes"].find_one() == {"_id": 1}
    assert server.process().pid != before


def test_a_stale_lock_that_names_another_living_process_is_no_server(new_server):
    server = new_server()
    server.start()
    kill(server)
    (server.data_dir / "mongod.lock").write_text(f"{os.getpid()}\n")
    assert server.process() is None
    assert server.start()
    assert server.answers()


def test_a_server_that_is_slow_to_answer_is_waited_for_not_replaced(new_server, monkeypatch):
    server = new_server()
    server.start()
    process = server.process()
    process.suspend()
    answers, asked = EmbeddedServer.answers, []

    def wake_up_once_asked(self) -> bool:
        asked.append(answers(self))
        process.resume()
        return asked[-1]

    monkeypatch.setattr(EmbeddedServer, "answers", wake_up_once_asked)
    monkeypatch.setattr(server_room, "ANSWER_TIMEOUT_S", HANG_S)
    assert not server.start()
    assert (asked[0], asked[-1]) == (False, True)
    assert server.process() == process


def test_stop_ends_it_and_its_socket(new_server):
    server = new_server()
    server.start()
    process = server.process()
    assert server.stop()
    assert not process.is_running()
    assert not server.socket_path.exists()
    assert not server.stop(), "there is nothing left to stop"


def test_stop_makes_nothing_where_there_never_was_a_server(tmp_path):
    assert not EmbeddedServer(tmp_path).stop()
    assert list(tmp_path.iterdir()) == []


def test_many_processes_that_start_it_at_once_end_with_one(new_server):
    server = new_server()
    clients = [client_of(server) for _ in range(6)]
    with ThreadPoolExecutor(len(clients)) as pool:
        told = list(pool.map(lambda client: client.communicate(timeout=HANG_S)[0].split(), clients))
    assert sorted(started for started, _ in told) == ["False"] * 5 + ["True"]
    assert len({pid for _, pid in told}) == 1
    assert mongods_of(server) == [int(told[0][1])]


@pytest.mark.parametrize("below", ["a " + "long " * 30 + "name", "Füße/\N{MUSICAL SYMBOL G CLEF}"])
def test_a_home_with_a_long_or_odd_path_works(new_server, monkeypatch, below):
    server = new_server(below)
    with connected(Settings(home=server.home)) as database:
        assert database.name == "genrelab"
    monkeypatch.setenv("TMPDIR", str(server.home))
    told, _ = client_of(server).communicate(timeout=HANG_S)
    assert told.split()[0] == "False", "a process with another TMPDIR finds it too"
    socket = server.socket_path
    server.stop()
    assert not socket.parent.exists()


def test_two_homes_have_two_servers(new_server):
    servers = [new_server(), new_server()]
    for number, server in enumerate(servers):
        server.start()
        with MongoClient(server.uri) as client:
            client["genrelab"]["notes"].insert_one({"_id": number})
    for number, server in enumerate(servers):
        with MongoClient(server.uri) as client:
            assert list(client["genrelab"]["notes"].find()) == [{"_id": number}]
    servers[0].stop()
    assert servers[1].answers()


@pytest.mark.skipif(os.getuid() != 0, reason="only root can give a directory away")
@pytest.mark.parametrize("part", ["", "mongodb", "mongodb/run"])
def test_a_home_of_another_user_is_refused(new_server, part):
    server = new_server()
    (server.home / part).mkdir(parents=True, exist_ok=True)
    os.chown(server.home / part, 12345, -1)
    with pytest.raises(StoreError, match="belongs to another user; set GENRELAB_HOME"):
        server.start()
    assert mongods_of(server) == []
    os.chown(server.home / part, 0, -1)


def test_a_home_below_a_file_is_refused(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match=r"can't use the directory .* set GENRELAB_HOME"):
        EmbeddedServer(tmp_path / "file" / "home").start()


def test_the_end_of_a_terminal_does_not_reach_it(running):
    assert os.getsid(running[1].pid) != os.getsid(0)
    assert os.getpgid(running[1].pid) != os.getpgid(0)
