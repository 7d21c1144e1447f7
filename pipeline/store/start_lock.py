"""The lock that lets one process at a time start or stop the embedded server; the kernel frees it on any death."""

import fcntl
import logging
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from pipeline.errors import StoreError

TRY_EVERY_S = 0.05
TELL_AFTER_S = 3.0
"""A start takes about a second: whoever waits longer hears what for."""

GIVE_UP_S = 180.0
"""Longer than a start or a stop may take."""

_LOG = logging.getLogger(__name__)


@contextmanager
def hold(path: Path) -> Iterator[None]:
    """Hold the lock file at `path`; say what is waited for where another process holds it.

    Raises
    ------
    StoreError
        where it is held for longer than a start may take
    """
    with open(path, "a+", encoding="ascii") as handle:
        _take(handle, path)
        handle.truncate(0)
        handle.write(f"{os.getpid()}\n")
        handle.flush()
        yield


def _take(handle: IO[str], path: Path) -> None:
    began, announced = time.monotonic(), False
    while True:
        try:
            return fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            waited = time.monotonic() - began
        if waited > GIVE_UP_S:
            number = _holder(handle)
            named = f"process {number}" if number else "another process"
            raise StoreError(
                f"{named} has held {path} for {GIVE_UP_S:g} s, so that the embedded MongoDB can neither be started nor "
                f"stopped: end it ({f'kill {number}' if number else 'fuser names it'}), and run the same command again"
            )
        if waited > TELL_AFTER_S and not announced:
            announced = True
            number = _holder(handle)
            named = f"process {number}" if number else "another process"
            _LOG.warning("waiting for %s, which starts or stops the embedded MongoDB and holds %s", named, path)
        time.sleep(TRY_EVERY_S)


def _holder(handle: IO[str]) -> str:
    """Return the id of the process that holds the lock, as it wrote there; empty where it did not."""
    handle.seek(0)
    number = handle.read(20).strip()
    return number if number.isdigit() else ""
