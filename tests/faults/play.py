"""A stage as a process of its own that starts in no time and can be made to die at any of its writes."""

import os
import signal
import sys
import traceback
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import pymongo.monitoring

from pipeline.errors import GenrelabError
from pipeline.settings import get_settings
from pipeline.stages import find_stage
from pipeline.store import connect, find_run
from pipeline.store.server import EmbeddedServer

WRITES = {"insert", "update", "delete", "findAndModify"}
LEASES = "leases"
"""Whoever is at work counts up there by the clock, and nothing hangs on when."""

FILE_EVENTS = {"os.rename", "os.mkdir", "os.rmdir", "os.remove", "shutil.rmtree"}


@dataclass(frozen=True)
class Disturbance:
    """What is killed, and when.

    Attributes
    ----------
    target : str
        ``kernel`` or ``mongod``
    at : int
        just before that write, counted from 1; the one after the last is the end of the stage
    """

    target: str
    at: int


class Gremlin(pymongo.monitoring.CommandListener):
    """Counts the writes to the database and to the exports, and kills at one of them."""

    def __init__(self, exports: Path, disturbance: Disturbance | None):
        self.exports = str(exports)
        self.disturbance = disturbance
        self.n_writes = 0

    def started(self, event):
        if event.command_name in WRITES and event.command[event.command_name] != LEASES:
            self.write()

    def succeeded(self, event):
        """A write that was sent is no moment of its own."""

    failed = succeeded

    def audit(self, event: str, arguments: tuple):
        writes = event in FILE_EVENTS or (event == "open" and str(arguments[1] or "r")[0] in "wxa")
        if writes and str(arguments[0]).startswith(self.exports):
            self.write()

    def write(self):
        self.n_writes += 1
        if self.disturbance and self.n_writes == self.disturbance.at:
            if self.disturbance.target == "kernel":
                os.kill(os.getpid(), signal.SIGKILL)
            mongod = EmbeddedServer(get_settings().home).process()
            mongod.kill()
            mongod.wait()


def play(
    environment: dict[str, str],
    stage: str,
    given: dict[str, Any],
    disturbance: Disturbance | None,
    said: Path,
    n_writes,
) -> None:
    """Run a stage's function; what is printed goes to the file `said`, the number of writes to `n_writes`.

    The process ends with 0, or with the status of an error that was raised on purpose, or with 3.
    """
    os.environ.update(environment, MPLBACKEND="agg")
    get_settings.cache_clear()
    output = os.open(said, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(output, 1)
    os.dup2(output, 2)
    gremlin = Gremlin(get_settings().exports, disturbance)
    pymongo.monitoring.register(gremlin)
    sys.addaudithook(gremlin.audit)
    status = 0
    try:
        chosen = find_stage(stage)
        run = find_run(connect(), given["dataset"], given["run_id"], may_be_new=True)
        options = {field.name: given[field.name] for field in fields(chosen.options) if field.name in given}
        told = chosen.function(run, chosen.options(**options))
        print(getattr(told, "report", ""))
        gremlin.write()
    except Exception as error:
        traceback.print_exc()
        print(f"{type(error).__name__}: {error}")
        status = error.exit_status if isinstance(error, GenrelabError) else 3
    n_writes.value = gremlin.n_writes
    sys.stdout.flush()
    os._exit(status)
