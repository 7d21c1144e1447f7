"""Segments in parts: no track in two, together what one read gives, of about one size; read elsewhere, and by Dask."""

import multiprocessing
import pickle  # of our own parts, as Dask sends them
from collections import Counter

import dask.dataframe
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.errors import InputError
from pipeline.store import Partition, frames, partitions, read_partitions, read_segments, upsert
from tests.store.test_frames import segment


@pytest.fixture(autouse=True)
def clean(store):
    store["segments"].delete_many({})


@pytest.fixture
def filled(store):
    """Return a store of 400 tracks of one to four segments, of two feature sets; the last tracks lack the second."""
    rows = [
        segment(f"t{track:03d}", 3.0 * place, 66150, x=track + place / 10, y=-float(track))
        for track in range(400)
        for place in range(1 + track % 4)
    ]
    second = [row | {"feature_set": "g", "z": row["x"]} for row in rows if row["track_id"] < "t300"]
    upsert(store["segments"], rows + second, replace=True)
    return store


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    sizes=st.dictionaries(st.text(min_size=1, max_size=3), st.integers(1, 4), min_size=1, max_size=20),
    n=st.integers(1, 90),
)
def test_parts_are_disjoint_and_together_what_one_read_gives(store, sizes, n):
    store["segments"].delete_many({})
    rows = [segment(name, 3.0 * at, 1, x=float(at + len(name))) for name, of in sizes.items() for at in range(of)]
    upsert(store["segments"], rows, replace=True)
    parts = read_partitions(store, "d", "f", 3, n)
    read = [part.read() for part in parts]
    met = Counter(name for found in read for name in found["track_id"].unique())
    assert set(met.values()) == {1}
    assert [len(found) for found in read] == [part.n for part in parts]
    assert 1 <= len(parts) <= min(n, len(sizes))
    pd.testing.assert_frame_equal(pd.concat(read, ignore_index=True), read_segments(store, "d", "f", 3))


@pytest.mark.parametrize("n", [2, 7, 40])
@pytest.mark.parametrize("at_once", [10, 1000])
def test_parts_have_about_one_size(filled, monkeypatch, n, at_once):
    for module in (frames, partitions):
        monkeypatch.setattr(module, "AT_ONCE", at_once)
    sizes = [part.n for part in read_partitions(filled, "d", "f", 3, n)]
    assert len(sizes) == n
    assert max(sizes) - min(sizes[:-1]) <= 4, "none differs from another by more than a track; the last has the rest"
    assert sizes[-1] <= max(sizes)


def test_no_part_skips_over_others(filled):
    """Each is found by the index, and looks at no segment but its own."""
    for part in read_partitions(filled, "d", "f", 3, 5):
        asked = {"dataset": "d", "feature_set": "f", "window_s": 3.0, "track_id": {"$gte": part.firsts[0]}}
        asked["track_id"] |= {} if part.end is None else {"$lt": part.end}
        plan = filled.command(
            {"explain": {"find": "segments", "filter": asked, "sort": {"track_id": 1, "start_s": 1}},
             "verbosity": "executionStats"}
        )["executionStats"]  # fmt: skip
        assert plan["totalDocsExamined"] == plan["nReturned"] == part.n


def test_parts_of_a_combination_hold_what_all_its_sets_have(filled):
    parts = read_partitions(filled, "d", "f+g", 3, 6)
    together = pd.concat([part.read() for part in parts], ignore_index=True)
    pd.testing.assert_frame_equal(together, read_segments(filled, "d", "f+g", 3), check_dtype=False)
    assert together["track_id"].max() == "t299"


def test_a_part_is_read_a_few_segments_at_a_time(filled, monkeypatch):
    whole = read_segments(filled, "d", "f", 3)
    for module in (frames, partitions):
        monkeypatch.setattr(module, "AT_ONCE", 10)
    parts = read_partitions(filled, "d", "f", 3, 3)
    assert min(len(part.firsts) for part in parts) > 20
    pd.testing.assert_frame_equal(pd.concat([part.read() for part in parts], ignore_index=True), whole)


def test_another_process_reads_a_part_that_it_was_sent(filled):
    parts = read_partitions(filled, "d", "f", 3, 2)
    sent = pickle.loads(pickle.dumps(parts))  # noqa: S301
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        read = pool.map(Partition.read, sent)
    pd.testing.assert_frame_equal(pd.concat(read, ignore_index=True), read_segments(filled, "d", "f", 3))


def test_dask_reads_them_as_one_frame(filled):
    frame = dask.dataframe.from_map(Partition.read, read_partitions(filled, "d", "f", 3, 3))
    assert frame.npartitions == 3
    whole = read_segments(filled, "d", "f", 3)
    assert frame["x"].mean().compute(scheduler="synchronous") == pytest.approx(whole["x"].mean())


def test_a_partition_shows_no_password_of_the_database(filled):
    assert "mongodb" not in repr(read_partitions(filled, "d", "f", 3, 2)[0])


def test_of_no_segments_there_are_no_parts(store):
    with pytest.raises(InputError, match="no 3-second segments of 'f'"):
        read_partitions(store, "d", "f", 3, 4)


@pytest.mark.parametrize("n", [0, -1])
def test_there_is_at_least_one_part(filled, n):
    with pytest.raises(InputError, match="at least one"):
        read_partitions(filled, "d", "f", 3, n)


def test_segments_that_came_in_meanwhile_are_told(filled):
    first, *_ = read_partitions(filled, "d", "f", 3, 3)
    upsert(filled["segments"], [segment("t0005", 0.0, 1, x=1.0, y=1.0)], replace=True)
    with pytest.raises(InputError, match="changed while they were read"):
        first.read()
