"""Fits side by side take one core each."""

import threading

from sklearn.utils._openmp_helpers import _openmp_effective_n_threads
from threadpoolctl import threadpool_info, threadpool_limits

from pipeline.evaluation.threads import run_in_threads


def test_results_come_in_order_and_no_fit_has_more_than_one_thread_of_its_own():
    together = threading.Barrier(2, timeout=30)

    def look(i):
        together.wait()  # two at a time, in threads of their own
        blas = [library["num_threads"] for library in threadpool_info() if library["user_api"] == "blas"]
        return i, _openmp_effective_n_threads(), blas

    with threadpool_limits(2):
        found = list(run_in_threads(look, ((i,) for i in range(6)), jobs=2))
    assert [i for i, _, _ in found] == list(range(6))
    assert {openmp for _, openmp, _ in found} == {1}
    assert all(n == 1 for _, _, blas in found for n in blas)
