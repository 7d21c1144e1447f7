"""Connecting to a Dask scheduler, and who of its workers are there."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

from pipeline.errors import InputError
from pipeline.printable import say
from pipeline.settings import get_settings

if TYPE_CHECKING:
    from distributed import Client

ANSWER_TIMEOUT_S = 4
WORKERS_TIMEOUT_S = 10
"""How long workers may take to come before one is told that they are waited for."""

_at_hand: ContextVar["Client | None"] = ContextVar("cluster at hand", default=None)


@contextmanager
def open_cluster(scheduler: str) -> Iterator["Client"]:
    """Connect to a Dask scheduler that has workers, or gets some while `Settings.patience_s` lasts.

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
        _await_workers(client, scheduler)
        yield client


def _await_workers(client: "Client", scheduler: str) -> None:
    """Wait for a first worker; a cluster that has none while it has nothing to do gets something to do."""
    if client.nthreads():
        return
    call = client.submit(len, (), pure=False, key="genrelab-call")
    patience_s = get_settings().patience_s
    try:
        client.wait_for_workers(1, timeout=min(WORKERS_TIMEOUT_S, patience_s))
    except TimeoutError:
        say(f"the Dask scheduler {scheduler!r} has no workers yet: waiting {patience_s:g} s for them", err=True)
        try:
            client.wait_for_workers(1, timeout=max(0.1, patience_s - WORKERS_TIMEOUT_S))
        except TimeoutError:
            raise InputError(
                f"the Dask scheduler {scheduler!r} has no workers; start some with `dask worker {scheduler}`, "
                "or set GENRELAB_PATIENCE_S to wait longer for those that are on their way"
            ) from None
    finally:
        call.release()


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
    """Return how many tasks the cluster works on at a time."""
    return sum(client.nthreads().values())


@contextmanager
def on_cluster(scheduler: str) -> Iterator[None]:
    """Let a cluster be at hand, if one is named, to whatever can spread its work.

    Raises
    ------
    InputError
        as `open_cluster` does
    """
    if not scheduler:
        yield
        return
    with open_cluster(scheduler) as client:
        before = _at_hand.set(client)
        try:
            yield
        finally:
            _at_hand.reset(before)


def at_hand() -> "Client | None":
    """Return the client of the cluster that `on_cluster` has opened; None where work stays on this machine."""
    return _at_hand.get()
