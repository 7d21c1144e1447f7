"""Batches worked on by an existing Dask cluster; this process is only its client."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pkgutil import resolve_name
from typing import TYPE_CHECKING

from pipeline.errors import InputError
from pipeline.extract.batch import Batch, BatchReport, WorkerError, work_alone
from pipeline.extract.local import WorkerDied

if TYPE_CHECKING:
    from distributed import Client

ANSWER_TIMEOUT_S = 4
WORKERS_TIMEOUT_S = 10


@contextmanager
def open_cluster(scheduler: str) -> Iterator["Client"]:
    """Connect to a Dask scheduler that has workers, or gets some within seconds.

    Parameters
    ----------
    scheduler : str
        its address, like ``tcp://host:8786``

    Raises
    ------
    InputError
        where dask.distributed is not installed, nobody answers there, or the cluster has no worker
    """
    try:
        from distributed import Client
    except ImportError:
        raise InputError(
            "--scheduler needs the package distributed, which is not installed: pip install distributed"
        ) from None
    try:
        client = Client(scheduler, timeout=ANSWER_TIMEOUT_S, set_as_default=False, name="genrelab")
    except (OSError, ValueError) as error:
        raise InputError(
            f"no Dask scheduler answers at --scheduler {scheduler!r} within {ANSWER_TIMEOUT_S} s; "
            "start one with `dask scheduler`, or leave the option out to work on this machine"
        ) from error
    with client:
        try:
            client.wait_for_workers(1, timeout=WORKERS_TIMEOUT_S)
        except TimeoutError:
            raise InputError(
                f"the Dask scheduler {scheduler!r} has no workers; start some with `dask worker {scheduler}`"
            ) from None
        yield client


def check_scheduler(scheduler: str) -> None:
    """Connect and change nothing.

    Raises
    ------
    InputError
        as `open_cluster` does
    """
    with open_cluster(scheduler):
        pass


def count_threads(client: "Client") -> int:
    """Return how many batches the cluster works on at a time."""
    return sum(client.nthreads().values())


def work_there(batches: Sequence[Batch], client: "Client") -> Iterator[BatchReport]:
    """Work on batches on the cluster; yield reports as they come.

    joblib's own Dask backend is passed by: where a task is lost with its worker, it waits for ever.

    Raises
    ------
    WorkerDied
        where one batch cost several workers their life
    WorkerError
        where the scheduler goes away
    """
    from distributed import CancelledError, KilledWorker, as_completed

    _make_sure_that_all_can_read(client)
    futures = client.map(work_alone, batches, pure=False, key="genrelab-extract")
    try:
        for future in as_completed(futures, loop=client.loop):
            yield future.result()
            future.release()
    except KilledWorker as error:
        raise WorkerDied(
            "workers of the cluster died, one after the other, on the same tracks; is there enough memory?"
        ) from error
    except ModuleNotFoundError as error:  # a worker that came later
        raise _lacking(error) from error
    except (CancelledError, OSError) as error:
        raise WorkerError(
            f"the Dask scheduler {client.scheduler.address!r} went away; start it, and run the same command again"
        ) from error


def _make_sure_that_all_can_read(client: "Client") -> None:
    """Fail before a batch is sent where it can't be read: Dask would log its bytes, the database's URI among them."""
    known = f"{work_alone.__module__}:{work_alone.__qualname__}.__name__"
    try:
        client.run_on_scheduler(resolve_name, known)
    except ModuleNotFoundError as error:
        raise _lacking(error) from error
    for answer in client.run(resolve_name, known, on_error="return").values():  # one that dies meanwhile is not asked
        if isinstance(answer, ModuleNotFoundError):
            raise _lacking(answer) from answer


def _lacking(error: ModuleNotFoundError) -> InputError:
    return InputError(
        f"the scheduler or a worker of the cluster has no module {error.name!r}: install the same genrelab on all"
    )
