"""What a worker does, and how many threads it does it with."""

import numba
from threadpoolctl import threadpool_info

from pipeline.extract.batch import Batch, BatchReport, work, work_alone
from pipeline.sources import Reject


def work_and_tell(batch: Batch) -> BatchReport:
    """Work on a batch in a process of this machine; the detail of its one reject tells of the threads that it had."""
    return _tell(work_alone(batch))


def work_there_and_tell(batch: Batch) -> BatchReport:
    """Work on a batch as a task of a cluster."""
    return _tell(work(batch))


def _tell(report: BatchReport) -> BatchReport:
    pools = {pool["prefix"]: pool["num_threads"] for pool in threadpool_info()} | {"numba": numba.get_num_threads()}
    told = ",".join(f"{name}={n_threads}" for name, n_threads in sorted(pools.items()))
    return BatchReport(report.track_ids, report.n_segments, [Reject("", "silent", told)])
