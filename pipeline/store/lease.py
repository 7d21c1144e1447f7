"""One run at a time on a dataset, wherever the runs are; no clock is trusted, and a dead run is in nobody's way."""

import os
import platform
import threading
import time
from collections.abc import Iterator
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


class LeaseLostError(GenrelabError):
    """Another run took the dataset over, as this one was not heard of for too long."""


class Lease:
    """A dataset that is this run's alone.

    Parameters
    ----------
    leases : Collection
    dataset : str
    holder : str
    """

    def __init__(self, leases: Collection, dataset: str, holder: str):
        self._leases = leases
        self._mine = {"dataset": dataset, "holder": holder}
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._beat, daemon=True, name="lease")
        self._thread.start()

    def check(self) -> None:
        """Make sure that the dataset is this run's still.

        Raises
        ------
        LeaseLostError
            where another run took it over
        """
        if self._leases.find_one(self._mine) is None:
            raise LeaseLostError(
                f"another run took dataset {self._mine['dataset']!r} over, as this one was silent for too long"
            )

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
def hold(database: Database, dataset: str) -> Iterator[Lease]:
    """Hold a dataset for a run.

    Raises
    ------
    InputError
        where another run is at work on it; it is told which
    """
    leases = database["leases"]
    holder = uuid4().hex
    mine = {
        "dataset": dataset,
        "holder": holder,
        "machine": _machine(),
        "pid": os.getpid(),
        "process_started": _started(os.getpid()),
        "beat": 0,
    }
    while not _take(leases, mine):
        pass
    lease = Lease(leases, dataset, holder)
    try:
        yield lease
    finally:
        lease.release()


def _take(leases: Collection, mine: dict[str, Any]) -> bool:
    """Take the dataset if it is free, or its holder is dead; return whether that worked."""
    with suppress(DuplicateKeyError):
        leases.insert_one(dict(mine))
        return True
    other = leases.find_one({"dataset": mine["dataset"]})
    if other is None:
        return False
    if _lives(leases, other):
        raise InputError(
            f"another run is at work on dataset {mine['dataset']!r}: process {other['pid']} on "
            f"{other['machine'].split()[0]}; wait for it, or stop it, and run the same command again"
        )
    _outlive_family(other)
    as_it_was = {name: other[name] for name in ("dataset", "holder", "beat")}
    return leases.replace_one(as_it_was, mine).matched_count == 1


def _lives(leases: Collection, other: dict[str, Any]) -> bool:
    """Tell whether the holder lives: by its process where that is to be seen from here, else by its beat."""
    if other["machine"] == _machine():
        return _started(other["pid"]) == other["process_started"]
    silent_since = time.monotonic()
    while time.monotonic() < silent_since + SILENCE_S:
        time.sleep(LOOK_S)
        now = leases.find_one({"dataset": other["dataset"]})
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
                f"a notebook of a run that was killed is still at work on dataset {other['dataset']!r}; stop it, "
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
