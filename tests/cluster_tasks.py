"""What workers of a cluster are given to do in tests: functions of a module that they can import."""

import os
import time
from pathlib import Path


def double(number: int) -> int:
    return 2 * number


def double_slowly(number: int, sign: Path) -> int:
    """Leave a sign that somebody is at work, and take long enough for a test to step in."""
    (sign / f"{number}-{os.getpid()}").touch()
    time.sleep(0.3)
    return 2 * number


def die(number: int) -> int:
    os._exit(1)


def fail(number: int) -> int:
    raise FileNotFoundError(f"no file {number}")


def count_tasks(dask_scheduler) -> int:
    """Return how many tasks a scheduler knows of."""
    return len(dask_scheduler.tasks)


def count_running(dask_worker) -> int:
    """Return how many tasks a worker is at, or has been handed."""
    return len(dask_worker.state.executing) + len(dask_worker.state.ready)


def pid_and_fetched(dask_worker) -> tuple[int, int]:
    """Return a worker's process and how often a result was fetched from it."""
    return os.getpid(), dask_worker.transfer_outgoing_count_total
