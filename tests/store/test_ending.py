"""Why the embedded server ended or did not start is told, with the mend: damaged files, no memory, a kill."""

import os
import random
import shutil
import subprocess
from pathlib import Path

import psutil
import pytest
from pymongo import MongoClient
from pymongo.errors import ConnectionFailure

from pipeline.errors import StoreError
from pipeline.settings import Settings, get_settings
from pipeline.store import server as server_module
from pipeline.store.connection import connected, words_of
from pipeline.store.ending import why_it_ended
from pipeline.store.server import EmbeddedServer, find_mongod
from tests.patience import HANG_S

N_NOTES = 2000
MB = 2**20


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """Return the home of a server that was stopped, with data in it."""
    home = tmp_path_factory.mktemp("whole")
    with connected(Settings(mongodb_uri=None, home=home)) as database:
        database["notes"].insert_many([{"_id": n, "text": f"{n} " * 50} for n in range(N_NOTES)])
    EmbeddedServer(home).stop()
    return home


@pytest.fixture
def copied(whole, new_server):
    server = new_server()
    shutil.copytree(whole, server.home, dirs_exist_ok=True)
    server.log_path.unlink()
    return server


@pytest.fixture
def at_home(monkeypatch):
    """Return a function that makes a server this process's own."""

    def move(server: EmbeddedServer) -> None:
        monkeypatch.setenv("GENRELAB_HOME", str(server.home))
        get_settings.cache_clear()

    yield move
    get_settings.cache_clear()


def largest(data: Path, kind: str) -> Path:
    return max(data.glob(f"{kind}-*.wt"), key=lambda path: path.stat().st_size)


def flip(path: Path, n_bytes: int = 400) -> None:
    """Change bytes here and there, past the first block."""
    content, chance = bytearray(path.read_bytes()), random.Random(1)
    for _ in range(n_bytes):
        content[chance.randrange(min(4096, len(content) // 10), len(content))] ^= 0xFF
    path.write_bytes(content)


def cut_all(data: Path) -> None:
    for path in data.glob("*.wt"):
        os.truncate(path, path.stat().st_size // 2)


def flip_journal(data: Path) -> None:
    for path in (data / "journal").glob("WiredTigerLog.*"):
        path.write_bytes(bytes(byte ^ 0xFF for byte in path.read_bytes()[:512]) + path.read_bytes()[512:])


NOT_STARTED = {
    "turtle overwritten": lambda data: (data / "WiredTiger.turtle").write_bytes(b"x" * 100),
    "metadata gone": lambda data: (data / "WiredTiger.wt").unlink(),
    "metadata zeroed": lambda data: (data / "WiredTiger.wt").write_bytes(bytes(50_000)),
    "metadata cut": lambda data: os.truncate(data / "WiredTiger.wt", 5000),
    "metadata flipped": lambda data: flip(data / "WiredTiger.wt"),
    "catalogue flipped": lambda data: flip(data / "_mdb_catalog.wt"),
    "catalogue gone": lambda data: (data / "_mdb_catalog.wt").unlink(),
    "sizes cut": lambda data: os.truncate(data / "sizeStorer.wt", 4096),
    "engine's file cut": lambda data: (data / "storage.bson").write_bytes(b"123"),
    "journal overwritten": flip_journal,
    "all cut": cut_all,
}
FOUND_LATER = {
    "collection flipped": lambda data: flip(largest(data, "collection")),
    "collection cut": lambda data: os.truncate(largest(data, "collection"), 4096),
    "collection gone": lambda data: largest(data, "collection").unlink(),
}


def assert_told_damaged(told: str, server: EmbeddedServer) -> None:
    assert f"its files in {server.data_dir} are damaged" in told
    assert "`genrelab db repair` keeps a copy and saves what can be read" in told
    assert "or move that folder away and run again" in told
    assert "disk" not in told
    assert "\n" not in told


def follow_the_mend(server: EmbeddedServer) -> None:
    """Do as the message says, and end with a server that works."""
    damaged = {path.name: path.read_bytes() for path in server.data_dir.iterdir() if path.is_file()}
    kept = server.data_dir.with_name("data-before-repair-1")
    told = ""
    try:
        server.repair()
    except StoreError as error:
        told = str(error)
    if told:
        assert f"kept as they were in {kept}: remove the former and run again" in told
        shutil.rmtree(server.data_dir)
    found = {path.name: path.read_bytes() for path in kept.iterdir() if path.is_file()}
    assert {name: found[name] for name in damaged if name != "mongod.lock"} == {
        name: content for name, content in damaged.items() if name != "mongod.lock"
    }
    with connected(Settings(mongodb_uri=None, home=server.home)) as database:
        assert "tracks" in database.list_collection_names()
        assert database["notes"].count_documents({}) in range(N_NOTES + 1)


def some_of(damages: dict, *usual: str) -> list:
    """Return the kinds of damage; all but the usual ones are left to the campaigns."""
    return [pytest.param(each, marks=[] if each in usual else pytest.mark.faults) for each in damages]


@pytest.mark.parametrize("damage", some_of(NOT_STARTED, "turtle overwritten", "catalogue gone", "journal overwritten"))
def test_files_that_are_damaged_are_called_so_and_the_mend_works(copied, damage):
    NOT_STARTED[damage](copied.data_dir)
    with pytest.raises(StoreError, match=r"^the embedded MongoDB did not start: its files") as refusal:
        copied.start()
    assert_told_damaged(str(refusal.value), copied)
    follow_the_mend(copied)


@pytest.mark.parametrize("damage", some_of(FOUND_LATER, "collection cut"))
def test_damage_that_is_met_at_work_is_called_so_and_the_mend_works(copied, damage, at_home):
    FOUND_LATER[damage](copied.data_dir)
    at_home(copied)
    with pytest.raises(ConnectionFailure) as failure, connected(get_settings()) as database:
        list(database["notes"].find())
    told = words_of(failure.value)
    assert told.startswith("the embedded MongoDB is gone: its files in")
    assert_told_damaged(told, copied)
    copied.stop()
    follow_the_mend(copied)


def test_a_repair_saves_what_can_be_read_and_is_done_by_a_command(copied, genrelab):
    os.truncate(copied.data_dir / "WiredTiger.wt", 5000)
    done = genrelab("db", "repair", GENRELAB_HOME=copied.home)
    assert done.returncode == 0, done.stderr
    assert "data-before-repair-1: run again, and remove them once all is well" in done.stdout
    with connected(Settings(mongodb_uri=None, home=copied.home)) as database:
        assert database["notes"].count_documents({}) == N_NOTES


def test_without_files_there_is_nothing_to_repair(main, new_server, monkeypatch):
    server = new_server()
    monkeypatch.setenv("GENRELAB_HOME", str(server.home))
    told = main("db", "repair")
    assert (told.status, told.out) == (2, "")
    assert "nothing to repair" in told.err
    assert list(server.home.iterdir()) == []


# Memory


@pytest.fixture
def start_by(monkeypatch, tmp_path):
    """Return a function that lets mongod be started by lines of a shell."""

    def by(*lines: str) -> None:
        script = tmp_path / "mongod"
        script.write_text("\n".join(["#!/bin/sh", *lines, f'exec "{find_mongod()}" "$@"', ""]))
        script.chmod(0o755)
        monkeypatch.setattr(server_module, "find_mongod", lambda: script)

    return by


@pytest.mark.parametrize("limit_mb", [200, 1000])
def test_a_server_without_memory_says_so(new_server, start_by, limit_mb):
    server = new_server()
    start_by(f"ulimit -v {limit_mb * 1024}")
    with pytest.raises(StoreError, match=r"the system has no memory for it \([0-9]+ MiB are free\): close other"):
        server.start()


@pytest.fixture
def small_memory():
    """Return a control group whose processes the system kills at 40 MB."""
    group = Path(f"/sys/fs/cgroup/memory/genrelab-{os.getpid()}")
    try:
        group.mkdir()
        (group / "memory.limit_in_bytes").write_text(str(40 * MB))
    except OSError:
        pytest.skip("no control group can be made here: it takes root and cgroup v1")
    yield group
    for process in (group / "cgroup.procs").read_text().split():
        psutil.Process(int(process)).kill()
    subprocess.run(["rmdir", str(group)], check=False)


def test_a_server_that_the_system_kills_for_its_memory_says_so(new_server, start_by, small_memory):
    server = new_server()
    start_by(f"echo $$ > {small_memory}/cgroup.procs")
    with pytest.raises(StoreError, match="somebody killed it, or the system did for want of memory"):
        server.start()


def test_a_server_that_was_killed_at_work_says_so(new_server, at_home):
    server = new_server()
    server.start()
    at_home(server)
    kill(server)
    with MongoClient(server.uri, serverSelectionTimeoutMS=100) as client, pytest.raises(ConnectionFailure) as failure:
        client.admin.command("ping")
    told = words_of(failure.value)
    assert told.startswith("the embedded MongoDB is gone: somebody killed it, or the system did for want of memory")


def kill(server: EmbeddedServer) -> None:
    process = server.process()
    process.kill()
    process.wait(HANG_S)


def test_a_log_that_is_full_of_earlier_ends_tells_of_the_last(new_server):
    server = new_server()
    server.start()
    server.stop()
    with open(server.log_path, "a") as log:
        log.write('{"s":"E","c":"WT","id":22435,"msg":"old","attr":{"error":-31802}}\n')
    server.start()
    kill(server)
    assert server.why_it_ended().startswith("somebody killed it")


LINES = {
    "no room": '{"s":"E","c":"WT","id":22435,"attr":{"error":28,"message":"No space left on device"}}',
    "may not use": '{"s":"E","c":"STORAGE","id":1,"attr":{"error":"open: Permission denied"}}',
    "another mongod": '{"s":"E","c":"CONTROL","id":20557,"attr":{"error":"DBPathInUse: Unable to lock the lock file"}}',
    "another version": '{"s":"F","c":"CONTROL","id":1,"attr":{"error":"Invalid featureCompatibilityVersion document"}}',
    "ulimit -n": '{"s":"E","c":"NETWORK","id":1,"attr":{"error":"Too many open files"}}',
    "its log tells why": '{"s":"F","c":"CONTROL","id":1,"attr":{"message":"something else"}}',
}


@pytest.mark.parametrize("words", LINES)
def test_other_causes_are_told_by_what_the_log_says(tmp_path, words):
    log = tmp_path / "mongod.log"
    log.write_text(LINES[words] + "\nnot JSON\n")
    assert words in why_it_ended(log, tmp_path, 14)


def test_the_exit_status_tells_of_another_version(tmp_path):
    assert "another version of MongoDB" in why_it_ended(tmp_path / "no.log", tmp_path, 62)
