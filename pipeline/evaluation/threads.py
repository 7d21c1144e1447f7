"""Fits on several threads, each of which computes on one core: sums of more parts would be rounded otherwise."""

import ctypes
import sys
import time
import warnings
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from typing import TypeVar

from joblib import Parallel, delayed
from threadpoolctl import ThreadpoolController, threadpool_limits

Result = TypeVar("Result")

GIVE_BACK_S = 1.0
"""Seconds between two times that memory is given back, which takes some hundredths of one."""

on_one_core = threadpool_limits.wrap(limits=1)
"""Decorates what fits or predicts outside `run_in_threads`, so that results are the same on any number of cores."""


def run_in_threads(function: Callable[..., Result], arguments: Iterable[tuple], jobs: int) -> Iterator[Result]:
    """Yield what `function` returns for each of `arguments`, in their order, by `jobs` threads at a time.

    The estimators spend their time outside the interpreter's lock. None of them starts threads of its own: BLAS has one
    limit for the whole process, OpenMP one for each thread that uses it.

    The filters of warnings are as before in the end: scikit-learn fits each tree below `warnings.catch_warnings`, which
    swaps the one list of the process, so that threads put back each other's.
    """

    def alone(*given) -> Result:
        with _libraries(len(sys.modules)).limit(limits=1, user_api="openmp"):
            return function(*given)

    given_back = time.monotonic()
    with warnings.catch_warnings(), _libraries(len(sys.modules)).limit(limits=1):
        for result in Parallel(n_jobs=jobs, backend="threading", return_as="generator")(
            delayed(alone)(*given) for given in arguments
        ):
            yield result
            if time.monotonic() - given_back > GIVE_BACK_S:
                give_back_memory()
                given_back = time.monotonic()


@lru_cache(maxsize=1)
def _libraries(_n_modules: int) -> ThreadpoolController:
    """Return the libraries that have threads, looked for again when more modules were imported: it takes a while."""
    return ThreadpoolController()


def give_back_memory() -> None:
    """Give freed memory back to the system.

    By default glibc keeps what threads have freed, each thread its own, in pieces too small for what comes next.
    """
    if sys.platform == "linux" and (trim := getattr(ctypes.CDLL(None), "malloc_trim", None)):  # glibc's
        trim(0)
