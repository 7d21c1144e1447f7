"""Tasks: packed here, done there, gathered as they come or in their order."""

import platform
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pkgutil import resolve_name
from typing import TYPE_CHECKING, Any, TypeVar

from threadpoolctl import threadpool_limits

from pipeline.cluster.versions import own_versions, refuse_others
from pipeline.errors import InputError, WorkerDied, WorkerError

if TYPE_CHECKING:
    from distributed import Client, Future

Result = TypeVar("Result")


@dataclass(frozen=True)
class Task:
    """A function with its arguments, shown without them: Dask logs what fails, and they hold a URI.

    They are packed as Dask would, and unpacked where the task is done: what takes seconds would keep a worker from
    answering its scheduler.

    Attributes
    ----------
    packed : bytes
        a tuple of both
    versions : mapping
        those of the machine that wants the result
    """

    packed: bytes = field(repr=False)
    versions: Mapping[str, str] = field(repr=False)


def do(task: Task) -> Any:
    """Do a task in a process that is a worker and nothing else, on one thread.

    Raises
    ------
    InputError
        where this machine has other versions
    WorkerError
        where a file or a disk of this machine keeps it from working
    """
    from cloudpickle import loads  # Dask's own logs what it can't read, and rows are read from MongoDB meanwhile

    refuse_others(task.versions)
    _stay_on_one_thread()
    try:
        function, arguments = loads(task.packed)
        _stay_on_one_thread()  # again: libraries are loaded when they are first used
        return function(*arguments)
    except OSError as error:
        raise WorkerError(f"a worker on {platform.node()} can't work: {error}") from error


def _stay_on_one_thread() -> None:
    import numba

    threadpool_limits(1)
    numba.set_num_threads(1)


def run_there(
    client: "Client", function: Callable[..., Result], arguments: Iterable[tuple], name: str
) -> Iterator[tuple[int, Result]]:
    """Let a cluster do a function for each of `arguments`; yield the number of each and its result, as they come.

    A result is fetched as soon as it is there, whoever waits for it, so that a worker that dies takes none of those
    along. Whoever stops in between takes back what was not begun; what a worker is at, it ends for nothing.

    joblib's own Dask backend is passed by: where a task is lost with its worker, it waits for ever.

    Parameters
    ----------
    client : Client
    function : callable
        of a module, which all workers have
    arguments : iterable of tuple
    name : str
        that tasks have on Dask's dashboard

    Raises
    ------
    WorkerDied
        where one task cost several workers their life
    WorkerError
        where the scheduler goes away
    InputError
        where scheduler or workers lack this program, or have other versions
    """
    from distributed import CancelledError, KilledWorker, as_completed
    from distributed.protocol.pickle import dumps

    _make_sure_that_all_can_read(client)
    tasks = [Task(dumps((function, given)), own_versions()) for given in arguments]
    futures: list[Future] = client.map(do, tasks, pure=False, key=f"genrelab-{name}")
    place = {future.key: number for number, future in enumerate(futures)}
    try:
        for future, result in as_completed(futures, loop=client.loop, with_results=True):
            if isinstance(result, CancelledError):
                raise result
            yield place[future.key], result
            future.release()
    except KilledWorker as error:
        raise WorkerDied(
            f"workers of the cluster died, one after the other, on the same task of {name}; is there enough memory?"
        ) from error
    except ModuleNotFoundError as error:  # a worker that came later
        raise _lacking(error) from error
    except (CancelledError, OSError) as error:
        raise WorkerError(
            f"the Dask scheduler {client.scheduler.address!r} went away; start it, and run the same command again"
        ) from error
    finally:
        with suppress(Exception):  # the scheduler may be gone
            client.cancel([future for future in futures if not future.done()], force=True)


def in_order(found: Iterable[tuple[int, Result]]) -> Iterator[Result]:
    """Yield results by their numbers, which begin at 0 and come in any order."""
    waiting: dict[int, Result] = {}
    wanted = 0
    for number, result in found:
        waiting[number] = result
        while wanted in waiting:
            yield waiting.pop(wanted)
            wanted += 1


def _make_sure_that_all_can_read(client: "Client") -> None:
    """Fail before a task is sent where it can't be read: Dask would log its bytes, the database's URI among them."""
    known = f"{do.__module__}:{do.__qualname__}.__name__"
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
