"""Memory of other processes while something else goes on."""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TypeVar

import psutil

Sample = TypeVar("Sample")


def resident_mib(process: psutil.Process) -> float:
    """Return the resident memory of a process, MiB; 0 where it has ended."""
    try:
        return process.memory_info().rss / 2**20
    except psutil.NoSuchProcess:
        return 0.0


@contextmanager
def sampled(take: Callable[[], Sample | None], every_s: float) -> Iterator[Sequence[Sample]]:
    """Collect what `take` gives every so often, but for None, until the block ends."""
    samples: list[Sample] = []
    ended = threading.Event()

    def watch() -> None:
        while not ended.wait(every_s):
            if (sample := take()) is not None:
                samples.append(sample)

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield samples
    finally:
        ended.set()
        watcher.join()
