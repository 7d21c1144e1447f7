"""Who waits for another process that starts the server hears what for, and in the end gets a sentence."""

import os
import signal
import subprocess
import sys

import pytest

from pipeline.errors import StoreError
from pipeline.store import start_lock
from pipeline.store.server import EmbeddedServer
from tests.patience import HANG_S

HOLD = """
import sys, time
from pathlib import Path
from pipeline.store import start_lock
with start_lock.hold(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(600)
"""


@pytest.fixture
def held(new_server):
    """Return a server whose lock another process holds, and that process."""
    server = new_server()
    (server.home / "mongodb").mkdir()
    lock = server.home / "mongodb" / "start.lock"
    holder = subprocess.Popen([sys.executable, "-c", HOLD, lock], stdout=subprocess.PIPE, text=True)
    assert holder.stdout.readline() == "held\n"
    yield server, holder
    holder.kill()
    holder.communicate()


def test_a_process_that_holds_the_lock_is_named_and_not_waited_for_for_ever(held, monkeypatch, caplog):
    server, holder = held
    monkeypatch.setattr(start_lock, "TELL_AFTER_S", 0.1)
    monkeypatch.setattr(start_lock, "GIVE_UP_S", 0.5)
    lock = server.home / "mongodb" / "start.lock"
    with pytest.raises(StoreError) as refusal:
        server.start()
    told = f"process {holder.pid} has held {lock} for 0.5 s, so that the embedded MongoDB can neither be started nor"
    assert str(refusal.value).startswith(told)
    assert str(refusal.value).endswith(f"end it (kill {holder.pid}), and run the same command again")
    assert caplog.messages == [
        f"waiting for process {holder.pid}, which starts or stops the embedded MongoDB and holds {lock}"
    ]


def test_following_the_sentence_frees_the_lock(held):
    server, holder = held
    os.kill(holder.pid, signal.SIGTERM)
    holder.wait(HANG_S)
    assert server.start()


def test_a_command_says_what_it_waits_for_and_goes_on(held):
    server, holder = held
    environment = os.environ | {"GENRELAB_HOME": str(server.home)}
    command = [sys.executable, "-m", "pipeline", "db", "start"]
    waiting = subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, bufsize=1
    )
    assert waiting.stderr.readline().startswith(f"waiting for process {holder.pid}, which starts or stops")
    holder.kill()
    told, errors = waiting.communicate(timeout=HANG_S)
    assert (waiting.returncode, told, errors) == (0, f"started: {server.uri}\n", "")


def test_a_lock_of_a_process_that_does_not_say_who_it_is(held, monkeypatch):
    server, _ = held
    (server.home / "mongodb" / "start.lock").write_text("")
    monkeypatch.setattr(start_lock, "GIVE_UP_S", 0.1)
    with pytest.raises(StoreError, match=r"^another process has held .* \(fuser names it\)"):
        EmbeddedServer(server.home).stop() if server.data_dir.exists() else server.start()


def test_the_lock_may_be_held_for_as_long_as_a_start_takes():
    from pipeline.store import server

    assert start_lock.GIVE_UP_S > server.START_TIMEOUT_S + server.ANSWER_TIMEOUT_S + 2 * server.STOP_TIMEOUT_S
