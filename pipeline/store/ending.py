"""Why the embedded server ended, or did not begin, as its log tells: the cause in one sentence, with the mend."""

import json
import resource
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil

LATEST_BYTES = 4 * 1024**2
"""How much of a log is read, from its end."""

BEGUN, SHUT_DOWN = 20698, 23138
"""Numbers of the records that mongod writes when it is started again, and last when it ends in order."""

NEEDS_UPGRADE = 62
"""Exit status of a mongod that finds files of another version."""

SIGNALLED = (51, 128 + 9)
"""Exit statuses of a mongod whose child, the server, was ended by a signal."""

MiB = 2**20
SMALL_MiB = 100

CAUSES = (
    ("no room", ("No space left on device", "Disk quota exceeded", '"error":28,')),
    ("memory", ("Cannot allocate memory", '"error":12,', "JS_Init", "bad_alloc", "Out of memory")),
    ("rights", ("Permission denied", "Operation not permitted", '"error":13,', '"error":1,')),
    ("taken", ("DBPathInUse", "Unable to lock the lock file")),
    ("version", ("featureCompatibilityVersion", "UPGRADE PROBLEM", "unsupported WiredTiger file version")),
    ("handles", ("Too many open files", '"error":24,')),
)
"""What records of errors say, by the cause; the first cause that is found holds."""


SENTENCES = {
    "no room": "there is no room left on the disk of {folder}: make room there",
    "memory": (
        "the system has no memory for it ({free_mib} MiB are free): close other programs, raise a limit on memory, or "
        "set MONGODB_URI to a server elsewhere"
    ),
    "killed": (
        "somebody killed it, or the system did for want of memory ({free_mib} MiB are free): close other programs, or "
        "use fewer --jobs"
    ),
    "rights": "it may not use the files in {folder}: make them yours, or set GENRELAB_HOME to a folder of your own",
    "taken": "another mongod uses the files in {folder}: end it, or set GENRELAB_HOME to another folder",
    "version": (
        "the files in {folder} are of another version of MongoDB: use that version, or set GENRELAB_HOME to another "
        "folder and run again"
    ),
    "handles": "too few files may be open at once: raise the limit (ulimit -n 64000)",
    "damaged": (
        "its files in {folder} are damaged: `genrelab db repair` keeps a copy and saves what can be read; or move that "
        "folder away and run again, which computes all anew and draws new holdouts (log: {log})"
    ),
    "unknown": "its log tells why: {log}",
}


def why_it_ended(log: Path, data_dir: Path, status: int | None = None) -> str:
    """Return why a mongod ended.

    Parameters
    ----------
    log, data_dir : Path
        its log and the folder of its files
    status : int, optional
        its exit status, where that is known
    """
    free_mib = psutil.virtual_memory().available // MiB
    return SENTENCES[_cause(log, data_dir, status)].format(folder=data_dir, log=log, free_mib=free_mib)


def _cause(log: Path, data_dir: Path, status: int | None) -> str:
    records = list(_latest_records(log))
    errors = [record for record in records if record.get("s") in ("E", "F")]
    lines = [json.dumps(record, separators=(",", ":")) for record in errors]
    for cause, words in CAUSES:
        if any(word in line for word in words for line in lines):
            return cause
    if status == NEEDS_UPGRADE:
        return "version"
    if any(record.get("c") in ("WT", "STORAGE") for record in errors):
        return "damaged"
    if _free_mib(data_dir) < SMALL_MiB:
        return "no room"
    by_signal = status is None or status < 0 or status in SIGNALLED
    if by_signal and not errors and not any(record.get("id") == SHUT_DOWN for record in records):
        return "killed"
    return "memory" if _is_short_of_address_space() else "unknown"


def _latest_records(log: Path) -> Iterator[dict[str, Any]]:
    """Yield the log's records since the server was begun for the last time."""
    try:
        with open(log, "rb") as handle:
            handle.seek(max(0, log.stat().st_size - LATEST_BYTES))
            lines = handle.read().splitlines()
    except OSError:
        return
    found: list[dict[str, Any]] = []
    for line in lines:
        try:
            record = json.loads(line)
        except ValueError:  # cut off, where the disk is full
            continue
        if record.get("id") == BEGUN:
            found = []
        found.append(record)
    yield from found


def _free_mib(folder: Path) -> int:
    try:
        return shutil.disk_usage(folder).free // MiB
    except OSError:
        return SMALL_MiB


def _is_short_of_address_space() -> bool:
    """Tell whether somebody limits it, as by ``ulimit -v``: mongod then ends in ways that it does not explain."""
    return resource.getrlimit(resource.RLIMIT_AS)[0] != resource.RLIM_INFINITY
