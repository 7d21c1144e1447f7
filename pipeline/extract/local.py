"""Batches worked on by processes of this machine."""

import os
from collections.abc import Iterator, Sequence

import numpy as np
from joblib import Parallel, delayed, parallel_config
from joblib.externals.loky import get_reusable_executor
from joblib.externals.loky.process_executor import BrokenProcessPool
from pymongo.database import Database

from pipeline.clip import SAMPLE_RATE_HZ
from pipeline.errors import WorkerDied
from pipeline.extract.batch import Batch, BatchReport, one_thread, work_alone, work_quietly
from pipeline.features import get_feature_set
from pipeline.features.signal import Signal
from pipeline.lifeline import end_with
from pipeline.random_streams import stream


def work_here(batches: Sequence[Batch], jobs: int, database: Database) -> Iterator[BatchReport]:
    """Work on batches in `jobs` processes, each on one thread; yield reports as they come.

    A single job is done in this process, which has `database` open.

    Raises
    ------
    WorkerDied
        what other workers had not finished is lost with it
    """
    jobs = min(jobs, len(batches))
    if jobs <= 1:
        with one_thread():
            yield from (work_quietly(batch, database) for batch in batches)
        return
    _compile(batches[0].job.feature_sets)
    alive = {"initializer": end_with, "initargs": (os.getpid(),)}
    with parallel_config("loky", inner_max_num_threads=1, **alive):
        parallel = Parallel(n_jobs=jobs, batch_size=1, return_as="generator_unordered")
    try:
        yield from parallel(delayed(work_alone)(batch) for batch in batches)
    except BrokenProcessPool as error:
        raise WorkerDied("a worker process died, as for want of memory; try --jobs 1") from error
    finally:  # joblib would keep them, and their memory, for minutes
        get_reusable_executor(reuse=True).shutdown(kill_workers=True)


def _compile(feature_sets: Sequence[str]) -> None:
    """Compile here before any worker starts: workers then only load what several of them would write at once."""
    noise = stream("compiling").uniform(-0.5, 0.5, SAMPLE_RATE_HZ).astype(np.float32)
    signal = Signal(noise)
    for name in feature_sets:
        get_feature_set(name).compute(signal)
