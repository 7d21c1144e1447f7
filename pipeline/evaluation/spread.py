"""Fits spread over whoever is at hand: threads of this process, or the workers of a cluster, with the same results.

Conventions
-----------
What is spread is a function of a module. To a cluster rows go as their `Origin`: a worker reads them from MongoDB
itself, or their values where told so from a file that all machines see, keeps the last few that it has read, and takes
the steps that made these rows of them.
"""

import copyreg
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import lru_cache
from typing import Any, TypeVar

import pandas as pd

from pipeline.cluster import at_hand, in_order, in_words_of_a_worker, reads_others, run_there
from pipeline.evaluation.origin import Origin, Stored, checksum_of
from pipeline.evaluation.samples import Samples, load_one
from pipeline.evaluation.threads import run_in_threads
from pipeline.store.connection import reopen

KEPT = 2
"""Feature sets and windows that a worker keeps the rows of: a stage goes through them one after the other."""

Result = TypeVar("Result")

_reading = threading.Lock()


def spread(function: Callable[..., Result], arguments: Iterable[tuple], jobs: int) -> Iterator[Result]:
    """Yield what `function` returns for each of `arguments`, in their order.

    Parameters
    ----------
    function : callable
        of a module
    arguments : iterable of tuple
    jobs : int
        threads, where no cluster is at hand

    Raises
    ------
    WorkerError, InputError
        as `run_there` does; where a worker reads other rows than this process did
    """
    client = at_hand()
    if client is None:
        yield from run_in_threads(function, arguments, jobs)
    else:
        yield from in_order(run_there(client, function, arguments, function.__name__.strip("_")))


def _reduce(samples: Samples) -> str | tuple[Any, ...]:
    """Return how rows are pickled: by where they come from, else by value."""
    if samples.origin:
        return _restore, (samples.origin,)
    rows = samples.rows
    if isinstance(rows["track_id"].dtype, pd.CategoricalDtype):  # the names of all tracks, of which these may be few
        rows = rows.assign(track_id=rows["track_id"].cat.remove_unused_categories())
    return replace(samples, rows=rows).__reduce_ex__(2)


copyreg.pickle(Samples, _reduce)


def _restore(origin: Origin) -> Samples:
    with _reading:  # by one thread at a time: the others want the same as a rule
        samples = _read(origin.stored)
    for name, arguments in origin.steps:
        samples = getattr(samples, name)(*arguments)
    return samples


@lru_cache(maxsize=KEPT)
def _read(stored: Stored) -> Samples:
    wanted = stored.dataset, stored.feature_set, stored.window_s
    with in_words_of_a_worker(stored.address):
        samples = load_one(reopen(stored.address), *wanted, stored.columns)
    if checksum_of(samples) != stored.checksum:
        raise reads_others(*wanted)
    return samples
