"""Batches worked on by an existing Dask cluster; this process is only its client."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from pipeline.cluster import run_there
from pipeline.extract.batch import Batch, BatchReport, work

if TYPE_CHECKING:
    from distributed import Client


def work_there(batches: Sequence[Batch], client: "Client") -> Iterator[BatchReport]:
    """Work on batches on the cluster; yield reports as they come.

    Raises
    ------
    WorkerDied, WorkerError, InputError
        as `run_there` does
    """
    yield from (report for _, report in run_there(client, work, [(batch,) for batch in batches], "extract"))
