"""A few tracks at a time, from file to MongoDB: what a worker does, wherever it is."""

import ctypes
import platform
import sys
from collections.abc import Callable, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numba
from pymongo.database import Database
from threadpoolctl import threadpool_limits

from pipeline.cluster import in_words_of_a_worker
from pipeline.errors import InputError
from pipeline.excerpts import MIDDLE
from pipeline.extract.analyse import Outcome, analyse
from pipeline.extract.write import write
from pipeline.features import Wanted
from pipeline.printable import libraries_quiet
from pipeline.sources import Reject
from pipeline.store.connection import Address, reopen

LARGEST = 8
"""Tracks a batch: what a stop can lose of each worker."""

LARGEST_KEPT, MOST_KEPT = 2**25, 2**27
"""Bytes of an array, and in all, that a process which extracts keeps when they are freed."""

_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD = -1, -3

SHARE = 4
"""Batches a worker at least, where there are that many tracks, so that all end at about the same time."""

TRACK_FIELDS = ("track_id", "path", "pieces", "extracted", "status", "size_bytes", "modified_ns")


Keep = Callable[[Database, str, Sequence[dict[str, Any]], Sequence[Outcome]], None]
"""What becomes of the outcomes of some tracks of a dataset, in the worker that has them."""


@dataclass(frozen=True)
class Job:
    """What is the same for all batches of one extraction.

    Attributes
    ----------
    address : Address
        the database, as a worker reaches it
    dataset : str
    root : Path
        the audio folder, as a worker sees it
    feature_sets : tuple of str
    windows_s : tuple of float
        seconds
    keep : callable
        takes what was found to MongoDB; pickled for the workers
    excerpts : str
        which stretches of a file, one of `pipeline.excerpts.EXCERPTS`
    only_short : tuple of (str, float)
        feature sets and windows that are computed only of files shorter than a clip
    """

    address: Address
    dataset: str
    root: Path
    feature_sets: tuple[str, ...]
    windows_s: tuple[float, ...]
    keep: Keep = write
    excerpts: str = MIDDLE
    only_short: tuple[Wanted, ...] = ()


@dataclass(frozen=True)
class Batch:
    """Tracks for one worker: `TRACK_FIELDS` of some documents of ``tracks``."""

    job: Job
    tracks: list[dict[str, Any]]


@dataclass(frozen=True)
class BatchReport:
    """What a worker tells of a batch that it has written; the features themselves stay out of it."""

    track_ids: list[str]
    n_segments: int
    rejects: list[Reject] = field(default_factory=list)


def make_batches(job: Job, tracks: Sequence[dict[str, Any]], n_workers: int) -> list[Batch]:
    """Cut tracks into batches of at most `LARGEST`, small enough that every worker gets some."""
    size = max(1, min(LARGEST, len(tracks) // (SHARE * n_workers)))
    return [Batch(job, list(tracks[start : start + size])) for start in range(0, len(tracks), size)]


def work(batch: Batch, database: Database | None = None) -> BatchReport:
    """Decode, compute and write a batch, to `database` where this process has it open already.

    Raises
    ------
    InputError
        where the audio folder is not to be seen from here
    UnreachableError
        where MongoDB can't be reached from here, or no longer
    WorkerError
        where it refuses
    """
    job = batch.job
    see(job.root)
    keep_freed_memory()
    with in_words_of_a_worker(job.address):
        database = reopen(job.address) if database is None else database
        measured = (job.feature_sets, job.windows_s, job.excerpts, job.only_short)
        outcomes = [analyse(job.root, track, *measured) for track in batch.tracks]
        if any(reject.reason == "unreadable" for outcome in outcomes for reject in outcome.rejects):
            see(job.root)  # files that went away one by one are rejects; a folder that did is not
        job.keep(database, job.dataset, batch.tracks, outcomes)
    return BatchReport(
        track_ids=[outcome.track_id for outcome in outcomes],
        n_segments=sum(len(outcome.segments) for outcome in outcomes),
        rejects=[reject for outcome in outcomes for reject in outcome.rejects],
    )


def work_alone(batch: Batch) -> BatchReport:
    """Do `work` in a process that is a worker and nothing else, on one thread."""
    # For good, and again for each batch: libraries are loaded when they are first used.
    threadpool_limits(1)
    numba.set_num_threads(1)
    return work_quietly(batch)


def work_quietly(batch: Batch, database: Database | None = None) -> BatchReport:
    """Do `work` in a process that does nothing else meanwhile, and let no decoder write to the terminal."""
    with libraries_quiet():
        return work(batch, database)


def keep_freed_memory() -> None:
    """Let this process keep memory that arrays of one window leave, for those of the next.

    By default glibc gives it back to the system, and a quarter of the time of a 30-second window goes into getting it
    again, cleared. No more than `MOST_KEPT` is kept, of arrays up to `LARGEST_KEPT`.
    """
    if sys.platform == "linux" and (mallopt := getattr(ctypes.CDLL(None), "mallopt", None)):  # glibc's
        mallopt(_M_MMAP_THRESHOLD, LARGEST_KEPT)
        mallopt(_M_TRIM_THRESHOLD, MOST_KEPT)


@contextmanager
def one_thread():
    """Keep BLAS and OpenMP to one thread for a while, in a process that has other things to do too."""
    with threadpool_limits(1):
        yield


def see(root: Path) -> None:
    """Make sure that the audio folder is there: without it every file would look like a bad one.

    Raises
    ------
    InputError
        where it is not, or is empty
    """
    try:
        seen = any(root.iterdir())
    except OSError:
        seen = False
    if not seen:
        raise InputError(
            f"the audio folder {str(root)!r} is not there, or empty, on {platform.node()}: "
            "mount it at the same path on every machine that has workers, or correct --audio"
        )
