"""One process at a time on a dataset or a run, wherever they are; no clock is trusted, a dead one is in nobody's way.

A batch holds the dataset, for it changes tracks and segments. Whoever writes to a run holds that run. The notebooks of
a batch work under what the batch holds: it hands them the name of its lease in the environment.
"""

import os
import platform
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from uuid import uuid4

import psutil
import pymongo
from pymongo.collection import Collection
from pymongo.database import Database
from pymongo.errors import DuplicateKeyError, PyMongoError

from pipeline.errors import GenrelabError, InputError

BEAT_S = 2.0
SILENCE_S = 10.0
"""A run of another machine that was not heard of for so long, by the waiting process's own watch, has died."""

LOOK_S = 0.25
FAMILY_S = 20.0
RELEASE_S = 3.0

HOLDER_VARIABLE = "GENRELAB_LEASE"
"""Names, to the kernels of a batch, the lease that it holds."""


class LeaseLostError(GenrelabError):
    """Another process took the dataset or the run over, as this one was not heard of for too long."""


class Lease:
    """A dataset, or a run of it, that is this process's alone.

    Parameters
    ----------
    leases : Collection
    dataset : str
    holder : str
        the name of the lease
    run_id : str
        empty for the dataset itself
    """

    def __init__(self, leases: Collection, dataset: str, holder: str, run_id: str = ""):
        self._leases = leases
        self.holder = holder
        self._mine = {"dataset": dataset, "run_id": run_id, "holder": holder}
        self._end = threading.Event()
        threading.Thread(target=self._beat, daemon=True, name="lease").start()

    def check(self) -> None:
        """Make sure that it is this process's still.

        Raises
        ------
        LeaseLostError
            where another one took it over
        """
        if self._leases.find_one(self._mine) is None:
            raise LeaseLostError(f"another run took {_named(self._mine)} over, as this one was silent for too long")

    def release(self) -> None:
        """Let the next run have it; a database that is gone is not waited for."""
        self._end.set()
        with suppress(PyMongoError), pymongo.timeout(RELEASE_S):
            self._leases.delete_one(self._mine)

    def _beat(self) -> None:
        while not self._end.wait(BEAT_S):
            with suppress(PyMongoError):
                self._leases.update_one(self._mine, {"$inc": {"beat": 1}})


@contextmanager
def hold(database: Database, dataset: str, run_id: str = "") -> Iterator[Lease | None]:
    """Hold a dataset, or one of its runs, unless the batch that this process works for does: then there is no lease.

    Parameters
    ----------
    database : Database
    dataset : str
    run_id : str
        the run to hold; empty for the dataset itself

    Raises
    ------
    InputError
        where another process is at work on it; it is told which
    """
    leases = database["leases"]
    handed = os.environ.get(HOLDER_VARIABLE)
    if handed and leases.find_one({"dataset": dataset, "holder": handed}):
        yield None
        return
    mine: dict[str, Any] = {
        "dataset": dataset,
        "run_id": run_id,
        "holder": uuid4().hex,
        "machine": _machine(),
        "pid": os.getpid(),
        "process_started": _started(os.getpid()),
        "beat": 0,
    }
    while not _take(leases, mine):
        pass
    lease = Lease(leases, dataset, mine["holder"], run_id)
    try:
        yield lease
    finally:
        lease.release()


def _take(leases: Collection, mine: dict[str, Any]) -> bool:
    """Take it if it is free, or its holder is dead; return whether that worked."""
    with suppress(DuplicateKeyError):
        leases.insert_one(dict(mine))
        return True
    other = leases.find_one(_place(mine))
    if other is None:
        return False
    if _lives(leases, other):
        raise InputError(
            f"another run is at work on {_named(mine)}: process {other['pid']} on "
            f"{other['machine'].split()[0]}; wait for it, or stop it, and run the same command again"
        )
    _outlive_family(other)
    as_it_was = {name: other[name] for name in ("dataset", "run_id", "holder", "beat")}
    return leases.replace_one(as_it_was, mine).matched_count == 1


def _place(lease: Mapping[str, Any]) -> dict[str, str]:
    """Return what there is one lease of."""
    return {"dataset": lease["dataset"], "run_id": lease["run_id"]}


def _named(lease: Mapping[str, Any]) -> str:
    return f"run {lease['run_id']}" if lease["run_id"] else f"dataset {lease['dataset']!r}"


def _lives(leases: Collection, other: dict[str, Any]) -> bool:
    """Tell whether the holder lives: by its process where that is to be seen from here, else by its beat."""
    if other["machine"] == _machine():
        return _started(other["pid"]) == other["process_started"]
    silent_since = time.monotonic()
    while time.monotonic() < silent_since + SILENCE_S:
        time.sleep(LOOK_S)
        now = leases.find_one(_place(other))
        if now is None:
            return False
        if (now["holder"], now["beat"]) != (other["holder"], other["beat"]):
            return True
    return False


def _outlive_family(other: dict[str, Any]) -> None:
    """Wait for the kernel of a run that was killed, and for its workers: they end by themselves, but a little later."""
    if other["machine"] != _machine():
        return
    deadline = time.monotonic() + FAMILY_S
    while any(_is_kernel_of(process, other["pid"]) for process in psutil.process_iter()):
        if time.monotonic() > deadline:
            raise InputError(
                f"a notebook of a run that was killed is still at work on {_named(other)}; stop it, "
                "and run the same command again"
            )
        time.sleep(LOOK_S)


def _is_kernel_of(process: psutil.Process, pid: int) -> bool:
    """Tell by what Jupyter, and the kernel's workers after it, have in their environment."""
    try:
        return process.environ().get("JPY_PARENT_PID") == str(pid)
    except psutil.Error:  # another user's, or gone
        return False


def _started(pid: int) -> float | None:
    """Return when a process started, or None where it has ended; on Linux by a clock that nobody can set."""
    try:
        process = psutil.Process(pid)
        if process.status() == psutil.STATUS_ZOMBIE:
            return None
        with suppress(FileNotFoundError):  # field 22 of proc_pid_stat(5), clock ticks since boot
            return float(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19])
        return process.create_time()
    except (psutil.NoSuchProcess, ProcessLookupError):
        return None


def _machine() -> str:
    """Return a name for this machine and its space of process ids, since its boot: two containers may bear one name."""
    known = []
    with suppress(OSError):
        known = [os.readlink("/proc/self/ns/pid"), Path("/proc/sys/kernel/random/boot_id").read_text().strip()]
    return " ".join([platform.node() or "localhost", *known])
