"""The most memory that this process has held, for tests that ask a process of their own what it took."""

import resource
import sys
from pathlib import Path


def peak_mib() -> float:
    """Return the peak of this process's resident memory, MiB.

    Linux hands a child the `ru_maxrss` of the process that started it, such as of a test run that has grown large,
    so there the peak is read from the process's own memory map.
    """
    if sys.platform == "linux":
        lines = Path("/proc/self/status").read_text().splitlines()
        return int(next(line for line in lines if line.startswith("VmHWM:")).split()[1]) / 2**10
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2 ** (20 if sys.platform == "darwin" else 10)
