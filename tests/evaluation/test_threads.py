"""Fits side by side take one core each."""

import threading
import warnings

import pandas as pd
import pytest
from sklearn.utils._openmp_helpers import _openmp_effective_n_threads
from threadpoolctl import threadpool_info, threadpool_limits

from pipeline.evaluation import champion, holdout, importance, neighbours, pairs
from pipeline.evaluation.threads import run_in_threads
from tests.patience import HANG_S


def test_results_come_in_order_and_no_fit_has_more_than_one_thread_of_its_own():
    together = threading.Barrier(2, timeout=HANG_S)

    def look(i):
        together.wait()  # two at a time, in threads of their own
        blas = [library["num_threads"] for library in threadpool_info() if library["user_api"] == "blas"]
        return i, _openmp_effective_n_threads(), blas

    with threadpool_limits(2):
        found = list(run_in_threads(look, ((i,) for i in range(6)), jobs=2))
    assert [i for i, _, _ in found] == list(range(6))
    assert {openmp for _, openmp, _ in found} == {1}
    assert all(n == 1 for _, _, blas in found for n in blas)


def test_threads_that_swap_the_filters_of_warnings_leave_them_as_they_were():
    first_in, second_in, first_out = (threading.Event() for _ in range(3))

    def first():
        with warnings.catch_warnings():
            warnings.resetwarnings()
            first_in.set()
            assert second_in.wait(HANG_S)

    def second():
        assert first_in.wait(HANG_S)
        with warnings.catch_warnings():
            second_in.set()
            assert first_out.wait(HANG_S)  # and puts back the first one's, which are none

    def swap(own):
        own()
        first_out.set()

    before = list(warnings.filters)
    list(run_in_threads(swap, ((own,) for own in (first, second)), jobs=2))
    assert warnings.filters == before


class Looked(Exception):  # noqa: N818 - nothing is wrong
    """Ends a function at its first step, with the number of threads that each library would use there."""


SOME = pd.DataFrame({"model": ["knn_1"], "feature_set": ["f"], "window_s": [3.0]})
ABOUT = {"policy": "track", "seed": 0}


@pytest.mark.parametrize(
    ("room", "step", "call"),
    [
        (champion, "find_samples", lambda: champion.crown(SOME, [], **ABOUT)),
        (holdout, "find_samples", lambda: holdout.hold_out(champion_of("track"), SOME, [], seed=0)),
        (pairs, "holdout_policy", lambda: pairs.hold_out_pairs([Anything()], [], "track", seed=0)),
        (importance, "split_rows", lambda: importance.rank_features(Anything(), "track", seed=0, jobs=2)),
        (neighbours, "find_policy", lambda: neighbours.search_k(None, "track", k_values=(1,), repeats=1, seed=0)),
    ],
    ids=["crown", "hold_out", "hold_out_pairs", "rank_features", "search_k"],
)
def test_what_is_fitted_outside_the_comparison_takes_one_core_too(monkeypatch, room, step, call):
    def look(*_, **__):
        raise Looked([library["num_threads"] for library in threadpool_info()])

    monkeypatch.setattr(room, step, look)
    with threadpool_limits(2), pytest.raises(Looked) as looked:
        call()
    assert set(looked.value.args[0]) == {1}


class Anything:
    """Has every attribute."""

    def __getattr__(self, name):
        return None


def champion_of(split: str) -> Anything:
    made = Anything()
    made.split = split
    return made
