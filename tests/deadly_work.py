"""Work that costs the worker its life."""

import os
import signal

from pipeline.extract.batch import Batch, BatchReport, work_alone


def die(batch: Batch) -> BatchReport:
    """End as for want of memory."""
    os.kill(os.getpid(), signal.SIGKILL)


def write_and_die(batch: Batch) -> BatchReport:
    """Write the batch, and end before anybody hears of it."""
    work_alone(batch)
    return die(batch)
