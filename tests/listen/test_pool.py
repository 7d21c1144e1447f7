"""The workers: they answer as the function does, and whatever hangs or dies is replaced."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import psutil
import pytest

from pipeline.listen.errors import HearingError, SongError
from pipeline.listen.heard import Heard, hear
from pipeline.listen.pool import WorkerPool
from pipeline.listen.wire import pack, unpack
from tests.patience import HANG_S, left_behind

WANTED = [("spectral-v1", 3.0)]


@pytest.fixture(scope="module")
def pool():
    started = WorkerPool(1, WANTED, time_limit_s=HANG_S)
    yield started
    started.close()


def idle_workers(pool: WorkerPool) -> list[psutil.Process]:
    return [psutil.Process(worker.process.pid) for worker in list(pool._idle.queue)]


def assert_same(one: Heard, two: Heard) -> None:
    assert (one.duration_s, one.sample_rate_hz, one.channels) == (two.duration_s, two.sample_rate_hz, two.channels)
    for name in ("y", "envelope", "mel"):
        np.testing.assert_array_equal(getattr(one, name), getattr(two, name))
    assert list(one.vectors) == list(two.vectors) == WANTED
    for key in WANTED:
        np.testing.assert_allclose(one.vectors[key], two.vectors[key], rtol=1e-6)
        np.testing.assert_array_equal(one.starts_s[key], two.starts_s[key])


def test_what_was_heard_passes_the_wire_unchanged(songs):
    heard = hear(songs.path(holdout=True), WANTED)
    assert_same(unpack(*pack(heard)), heard)


def test_a_worker_hears_what_the_function_hears(pool, songs):
    path = songs.path(holdout=True)
    assert_same(pool.hear(path.read_bytes(), WANTED), hear(path, WANTED))


def test_a_failure_that_is_ours_is_not_put_down_to_the_song(pool, songs):
    content = songs.path(holdout=True).read_bytes()
    with pytest.raises(HearingError, match="a worker failed on a song"):
        pool.hear(content, [("no-such-set-v1", 3.0)])
    assert pool.hear(content, WANTED).vectors[WANTED[0]].shape == (10, 57)


def test_workers_that_cannot_start_are_not_put_down_to_the_song(songs):
    pool = WorkerPool(1, [("spectral-v1", "not a number")])
    try:
        with pytest.raises(HearingError, match="no worker can start"):
            pool.hear(songs.path(holdout=True).read_bytes(), WANTED)
    finally:
        pool.close()


def test_many_at_once_wait_their_turn(pool, songs):
    content = songs.path(holdout=True).read_bytes()
    with ThreadPoolExecutor(6) as askers:
        heard = list(askers.map(lambda _: pool.hear(content, WANTED).duration_s, range(6)))
    assert heard == [heard[0]] * 6


def test_a_worker_that_takes_too_long_is_killed_and_replaced(songs):
    content = songs.path(holdout=True).read_bytes()
    pool = WorkerPool(1, WANTED, time_limit_s=HANG_S)
    try:
        pool.hear(content, WANTED)
        (before,) = idle_workers(pool)
        before.suspend()
        pool._time_limit_s = 0.5
        with pytest.raises(SongError, match=r"more than 0\.5 s") as refused:
            pool.hear(content, WANTED)
        assert refused.value.code == "too_slow"
        assert not before.is_running()
        pool._time_limit_s = HANG_S
        assert pool.hear(content, WANTED).channels == 1
    finally:
        pool.close()


def test_a_worker_may_not_take_all_the_memory(pool):
    (worker,) = idle_workers(pool)
    soft, hard = worker.rlimit(psutil.RLIMIT_AS)
    assert soft == hard < 3 * 2**30


def test_workers_end_with_the_pool():
    pool = WorkerPool(2)
    processes = idle_workers(pool)
    pool.close()
    assert left_behind(processes) == []
