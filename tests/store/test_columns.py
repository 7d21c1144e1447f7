"""Columns on disk: what MongoDB holds, read once, made anew when it changed, whole after a kill, bounded."""

import mmap
import multiprocessing
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.settings import Settings
from pipeline.store import (
    Values,
    column_files,
    columns,
    in_parts,
    keep_columns,
    read_columns,
    read_segments,
    upsert,
    values,
)
from pipeline.store.connection import address_of, reopen
from pipeline.store.datasets import begin_segments, finish_segments
from tests.in_memory import columns_of
from tests.patience import HANG_S
from tests.store.test_frames import segment

N_TRACKS = 60


@pytest.fixture(autouse=True)
def home(store, tmp_path, monkeypatch):
    """Return where columns are kept; the dataset has two feature sets, and all is in."""
    monkeypatch.setattr(columns, "get_settings", lambda: Settings(home=tmp_path))
    for name in ("segments", "datasets"):
        store[name].delete_many({})
    rows = [
        segment(f"t{track:02d}", 3.0 * place, 66150, x=track + place / 7, y=-float(track))
        for track in range(N_TRACKS)
        for place in range(1 + track % 3)
    ]
    second = [row | {"feature_set": "g", "z": row["x"]} for row in rows if row["track_id"] < "t40"]
    upsert(store["segments"], rows + second, replace=True)
    store["datasets"].insert_one({"dataset": "d", "source": "table", "location": "made"})
    finish_segments(store, "d")
    return tmp_path / "columns"


def kept_in(home: Path) -> list[str]:
    return sorted(place.name for place in home.glob("*") if place.is_dir())


@pytest.mark.parametrize("feature_set", ["f", "g", "f+g"])
@pytest.mark.parametrize("at_once", [5, 20_000])
def test_columns_are_what_one_read_gives(store, monkeypatch, feature_set, at_once):
    monkeypatch.setattr(columns, "SEGMENTS_AT_ONCE", at_once)
    for _ in range(2):  # written, then opened
        found = read_columns(store, "d", feature_set, 3)
        whole = read_segments(store, "d", feature_set, 3)
        pd.testing.assert_frame_equal(found.frame(), whole, check_exact=True)
        some = np.array([7, 3, 5])
        pd.testing.assert_frame_equal(found.frame(some), whole.iloc[some].reset_index(drop=True))
        pd.testing.assert_frame_equal(pd.concat(found.few(), axis="columns"), whole.iloc[:, 3:])


shapes = st.tuples(st.integers(1, 40), st.integers(1, 5))


@given(data=st.data(), shape=st.one_of(shapes, st.tuples(st.integers(1, 40), st.integers(1, 3), st.integers(1, 4))))
def test_a_choice_of_rows_and_columns_is_that_of_an_array(data, shape, tmp_path_factory):
    X = np.random.default_rng(len(shape)).normal(size=shape)
    path = tmp_path_factory.mktemp("values") / "values"
    path.write_bytes(X.tobytes())
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, prot=mmap.PROT_READ) as mapped:
        values = Values(mapped, X.dtype, X.shape, "")
        for _ in range(data.draw(st.integers(0, 4))):
            n = len(X)
            rows = data.draw(
                st.one_of(
                    st.lists(st.booleans(), min_size=n, max_size=n).map(lambda mask: np.array(mask, dtype=bool)),
                    st.lists(st.integers(0, max(n - 1, 0)), max_size=n).map(lambda some: np.array(some, dtype=int)),
                    st.slices(n),
                )
            )
            kept = data.draw(st.lists(st.integers(0, X.shape[-1] - 1), min_size=1, max_size=X.shape[-1]))
            X, values = X[rows][..., kept], values.take(rows).only(kept)
            assert values.shape == X.shape
            assert len(values) == len(X)
        np.testing.assert_array_equal(values.read(), X)
        np.testing.assert_array_equal(np.concatenate([X[:0], *in_parts(values)]), X)


def test_mongodb_is_asked_once(store, monkeypatch):
    before = read_columns(store, "d", "f", 3).frame()
    monkeypatch.setattr(columns, "read_partitions", None)
    pd.testing.assert_frame_equal(read_columns(store, "d", "f", 3).frame(), before)


def test_what_was_found_out_is_asked_once_and_again_after_damage_or_a_change(store, home):
    asked = []

    def find_out():
        asked.append(True)
        return {"n": len(asked), "none": float("nan")}

    place = read_columns(store, "d", "f", 3).place
    assert [column_files.remembered(place, "answer", find_out)["n"] for _ in range(2)] == [1, 1]
    assert column_files.remembered(place, "another", find_out)["n"] == 2
    (place / "answer.json").write_text((place / "answer.json").read_text().replace("1", "3"))
    assert column_files.remembered(place, "answer", find_out)["n"] == 3
    begin_segments(store, "d")
    finish_segments(store, "d")
    assert column_files.remembered(read_columns(store, "d", "f", 3).place, "answer", find_out)["n"] == 4
    assert [column_files.remembered(home / "nowhere", "answer", find_out)["n"] for _ in range(2)] == [5, 6]


@pytest.mark.parametrize("change", ["another value", "another segment"])
def test_what_changed_is_read_anew_and_takes_the_place_of_what_was(store, home, change):
    old = read_columns(store, "d", "f", 3)
    before, other = old.frame(), read_columns(store, "d", "g", 3).place.name
    if change == "another value":
        begin_segments(store, "d")
        store["segments"].update_one({"track_id": "t07", "feature_set": "f"}, {"$set": {"x": 99.0}})
        finish_segments(store, "d")
    else:
        upsert(store["segments"], [segment("t99", 0.0, 66150, x=99.0, y=0.0)], replace=True)
    found = read_columns(store, "d", "f", 3)
    assert 99.0 in found.frame()["x"].to_numpy()
    assert kept_in(home) == sorted([other, found.place.name])
    pd.testing.assert_frame_equal(old.frame(), before)  # whoever is reading reads on


def test_while_segments_are_written_nothing_stays(store, home):
    begin_segments(store, "d")
    before = read_columns(store, "d", "f", 3)
    store["segments"].update_one({"track_id": "t07", "feature_set": "f"}, {"$set": {"x": 99.0}})
    assert 99.0 in read_columns(store, "d", "f", 3).frame()["x"].to_numpy()
    assert 99.0 not in before.frame()["x"].to_numpy()
    assert kept_in(home) == []


@pytest.mark.parametrize("file", ["values", "identity.arrow", "checksums"])
@pytest.mark.parametrize("damage", ["cut", "changed", "gone"])
def test_what_was_damaged_is_read_anew(store, file, damage):
    found = read_columns(store, "d", "f", 3)
    path = found.place / file
    content = path.read_bytes()
    if damage == "gone":
        path.unlink()
    else:
        path.write_bytes(content[: len(content) // 2] if damage == "cut" else content[:50] + b"?" + content[51:])
    again = read_columns(store, "d", "f", 3)
    pd.testing.assert_frame_equal(again.frame(), read_segments(store, "d", "f", 3))
    pd.testing.assert_frame_equal(read_columns(store, "d", "f", 3).frame(), again.frame())


def write_and_wait(address, home: Path, conn) -> None:
    """Write a part, say so, and never come to an end."""
    columns.get_settings = lambda: Settings(home=home)

    def parts():
        yield pd.DataFrame({"track_id": ["t"], "start_s": [0.0]}), np.ones((1, 2))
        conn.send("written")
        time.sleep(HANG_S)

    keep_columns(reopen(address), "d", "f", 3, lambda: ("x", "y"), parts)


def test_after_a_kill_there_is_nothing_to_be_found_and_what_is_left_goes_after_a_day(store, home):
    ours, theirs = multiprocessing.Pipe()
    context = multiprocessing.get_context("spawn")
    child = context.Process(target=write_and_wait, args=(address_of(store), home.parent, theirs))
    child.start()
    assert ours.poll(HANG_S)
    os.kill(child.pid, signal.SIGKILL)
    child.join()
    (left,) = kept_in(home)
    found = read_columns(store, "d", "f", 3)
    pd.testing.assert_frame_equal(found.frame(), read_segments(store, "d", "f", 3))
    assert left in kept_in(home), "another process might be writing it"
    os.utime(home / left, (0, 0))
    other = read_columns(store, "d", "g", 3)
    assert kept_in(home) == sorted([found.place.name, other.place.name])


@pytest.mark.parametrize("marked", [True, False])
def test_processes_that_read_at_once_find_the_same(store, home, marked):
    if not marked:
        begin_segments(store, "d")
    context = multiprocessing.get_context("forkserver")  # four that need not import all that they need
    context.set_forkserver_preload(["tests.store.test_columns"])  # pytest knows it by a name of its own
    with ProcessPoolExecutor(4, mp_context=context) as pool:
        given = [(address_of(store), home.parent)] * 8
        found = [task.result(HANG_S) for task in [pool.submit(read_there, *each) for each in given]]
    for frame in found:
        pd.testing.assert_frame_equal(frame, read_segments(store, "d", "f", 3))
    assert len(kept_in(home)) == marked


def read_there(address, home: Path) -> pd.DataFrame:
    columns.get_settings = lambda: Settings(home=home)
    return read_columns(reopen(address), "d", "f", 3).frame()


def test_another_that_was_as_quick_leaves_one_folder(store, home, monkeypatch):
    moved = column_files._move

    def move_twice(beside, place, *, shared):
        shutil.copytree(beside, place)
        moved(beside, place, shared=shared)

    monkeypatch.setattr(column_files, "_move", move_twice)
    found = read_columns(store, "d", "f", 3)
    pd.testing.assert_frame_equal(found.frame(), read_segments(store, "d", "f", 3))
    assert kept_in(home) == [found.place.name]


def test_those_that_were_opened_longest_ago_make_room_and_what_is_being_written_stays(store, home, monkeypatch):
    first = read_columns(store, "d", "f", 3).place
    second = read_columns(store, "d", "g", 3).place
    os.utime(first, (time.time() - 100,) * 2)
    (home / ".being-written").mkdir()
    (home / ".being-written" / "values").write_bytes(bytes(10_000))
    os.utime(home / ".being-written", (time.time() - 1000,) * 2)
    monkeypatch.setattr(column_files, "MOST_BYTES", (second / "values").stat().st_size * 3)
    third = read_columns(store, "d", "f+g", 3).place
    assert kept_in(home) == sorted([".being-written", second.name, third.name])


def test_columns_go_with_their_dataset(store, home):
    read_columns(store, "d", "f", 3)
    (home / "another-of-its-kind").mkdir()
    columns.forget_columns(store, "d")
    assert kept_in(home) == ["another-of-its-kind"]


def test_where_nothing_can_be_kept_rows_are_read_all_the_same(store, home):
    home.write_text("a file where the folder should be")
    pd.testing.assert_frame_equal(read_columns(store, "d", "f", 3).frame(), read_segments(store, "d", "f", 3))


def test_whoever_may_only_read_finds_what_is_there(store, home, monkeypatch):
    before = read_columns(store, "d", "f", 3)
    monkeypatch.setattr(columns, "write_files", None)

    def refuse(*_, **__):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "utime", refuse)
    pd.testing.assert_frame_equal(read_columns(store, "d", "f", 3).frame(), before.frame())


ON_A_SMALL_DISK = """
import resource
import sys
from pathlib import Path
from pipeline.errors import InputError
from pipeline.settings import Settings
from pipeline.store import columns, read_columns
from pipeline.store.connection import Address, reopen

columns.get_settings = lambda: Settings(home=Path(sys.argv[3]))
database = reopen(Address(sys.argv[1], sys.argv[2]))
resource.setrlimit(resource.RLIMIT_FSIZE, (500, 500))
try:
    read_columns(database, "d", "f", 3)
except InputError as error:
    print(error)
"""


def test_a_full_disk_is_one_line_and_leaves_nothing(store, home):
    address = address_of(store)
    command = [sys.executable, "-c", ON_A_SMALL_DISK, address.uri, address.database, str(home.parent)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=HANG_S)
    assert re.match(r"can't keep rows in '.*': File too large; make room there, or set GENRELAB_HOME", done.stdout)
    assert kept_in(home) == []


def test_sets_without_a_segment_in_common_have_no_row(store):
    store["segments"].delete_many({"feature_set": "g"})
    upsert(store["segments"], [segment("other", 0.0, 1, x=1.0) | {"feature_set": "g"}], replace=True)
    found = read_columns(store, "d", "f+g", 3)
    assert len(found) == len(found.frame()) == 0
    assert found.features == ("x", "y")


READ_SOME = """
import mmap
import sys
import numpy as np
from pipeline.store import Values, in_parts
from tests.peak_memory import peak_mib

n = 1_000_000
with open(sys.argv[1], "rb") as file:
    values = Values(mmap.mmap(file.fileno(), 0, prot=mmap.PROT_READ), "float64", (n, 25), "")
    before = peak_mib()
    total = sum(part.sum() for part in in_parts(values))
    some = values.take(np.random.default_rng(0).choice(n, 20_000, replace=False)).only([3, 4]).read()
    print(peak_mib() - before, total, some.sum())
"""


def test_reading_takes_the_memory_of_what_is_read(tmp_path):
    path, n = tmp_path / "values", 1_000_000
    with path.open("wb") as file:
        for _ in range(25):
            file.write(np.ones(n).tobytes())
    done = subprocess.run(
        [sys.executable, "-c", READ_SOME, str(path)], capture_output=True, text=True, check=True, timeout=HANG_S
    )
    more_mib, total, some = map(float, done.stdout.split())
    assert (total, some) == (25 * n, 40_000)
    assert more_mib < 100, "of 191 MiB"


def test_threads_that_read_at_once_get_their_own_rows(tmp_path):
    X = np.random.default_rng(0).normal(size=(200_000, 12))
    (tmp_path / "values").write_bytes(X.tobytes())
    with (tmp_path / "values").open("rb") as file:
        values = Values(mmap.mmap(file.fileno(), 0, prot=mmap.PROT_READ), X.dtype, X.shape, "")

    def is_right(seed: int) -> bool:
        rows = np.random.default_rng(seed).choice(len(X), 20_000)
        return np.array_equal(values.take(rows).read(), X[rows])

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(is_right, range(40)))


@pytest.mark.parametrize("at_once", [1, 3, 1000])
def test_the_mean_of_a_track_does_not_hang_on_the_parts_that_rows_are_read_in(monkeypatch, at_once):
    monkeypatch.setattr(values, "PART_BYTES", at_once * 8 * 4)
    sizes = np.array([1, 4, 2, 7, 1, 1])
    X = pd.DataFrame(np.random.default_rng(0).normal(size=(sizes.sum(), 4)), columns=list("abcd"))
    identity = pd.DataFrame({"track_id": np.repeat(list("uvwxyz"), sizes), "start_s": 0.0, "length": 1})
    means = columns_of(pd.concat([identity, X], axis=1)).track_means()
    pd.testing.assert_frame_equal(means, X.groupby(identity["track_id"]).mean(), rtol=1e-12)
