"""How long tests wait: a limit that only catches a hang, on machines that may be busy and many times slower.

No test asserts how long something took; what is promised in seconds is measured in `benchmarks/`.
"""

import time
from collections.abc import Callable, Sequence
from typing import TypeVar

import psutil

HANG_S = 1800
"""What has not happened by then never will."""

LOOK_S = 0.02

Found = TypeVar("Found")


def until(
    condition: Callable[[], Found], *, alive: Callable[[], bool] = lambda: True, told: Callable[[], object] = str
) -> Found:
    """Wait for a condition, and return what it gives.

    Parameters
    ----------
    condition : callable
        waited for until what it returns is true
    alive : callable, optional
        whether it may still come; a process that ended makes nothing happen any more
    told : callable, optional
        what is said where it does not come
    """
    deadline = time.monotonic() + HANG_S
    while not (found := condition()):
        assert alive(), f"it ended before: {told()}"
        assert time.monotonic() < deadline, f"waited {HANG_S} s for nothing: {told()}"
        time.sleep(LOOK_S)
    return found


def lives(process) -> Callable[[], bool]:
    """Return what tells whether a process has not ended yet."""
    return lambda: process.poll() is None


def left_behind(processes: Sequence[psutil.Process]) -> list[psutil.Process]:
    """Return those of the processes that do not end by themselves."""
    return psutil.wait_procs(processes, timeout=HANG_S)[1]
