"""DataFrames out: what was written comes back, in its order, with its types and its gaps."""

import json
import math
import subprocess
import sys
from itertools import groupby

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import InputError
from pipeline.settings import PROJECT_DIR
from pipeline.store import (
    feature_names,
    frames,
    insert_rows,
    read_frame,
    read_rows,
    read_segments,
    read_track_means,
    upsert,
)
from pipeline.store.documents import pack_rows
from pipeline.store.frames import unpack_rows
from tests.examples import examples

ODD_NAMES = [
    "Color_['#', '0']",
    "A#/Bb",
    "1",
    "Ünïcode",
    "with space",
    "tempo (BPM)",
    "a-b",
    "%",
    "__class__",
    "Length",
]
OWN = {"run_id": "r", "dataset": "d", "table": "confusion", "stage": "compare", "generation": "g"}


def segment(track_id: str, start_s: float, length: int | None, **features: float) -> dict:
    key = {"dataset": "d", "track_id": track_id, "feature_set": "f", "window_s": 3.0, "start_s": start_s}
    return key | {"length": length} | features


@pytest.fixture(autouse=True)
def clean(store):
    for name in ("segments", "tracks"):
        store[name].delete_many({})


def test_segments_come_sorted_with_their_features_in_their_own_order(store):
    names = ["z", "mfcc10_mean", "mfcc2_mean", "a"]
    rows = [
        segment(track, start, 66150, **{name: len(name) + start for name in names})
        for track in ("b", "a") for start in (6.0, 0.0, 3.0)
    ]  # fmt: skip
    upsert(store["segments"], rows, replace=True)
    frame = read_segments(store, "d", "f", 3)
    assert list(frame.columns) == ["track_id", "start_s", "length", *names]
    assert list(zip(frame["track_id"], frame["start_s"], strict=True)) == sorted(
        (row["track_id"], row["start_s"]) for row in rows
    )
    assert (frame[names].dtypes == "float64").all()
    assert frame["z"].tolist() == [1.0, 4.0, 7.0] * 2


def test_odd_feature_names_survive(store):
    values = {name: number + 0.5 for number, name in enumerate(ODD_NAMES)}
    upsert(store["segments"], [segment("a", 0.0, None, **values)], replace=True)
    assert feature_names(store, "d", "f", 3) == ODD_NAMES
    frame = read_segments(store, "d", "f", 3)
    assert frame[ODD_NAMES].iloc[0].to_dict() == values


def test_values_survive_to_the_last_bit(store):
    values = [0.1 + 0.2, 1e-308, -1e308, 5e-324, math.pi, -0.0]
    upsert(store["segments"], [segment(f"t{i}", 0.0, 1, x=value) for i, value in enumerate(values)], replace=True)
    assert [value.hex() for value in read_segments(store, "d", "f", 3)["x"]] == [value.hex() for value in values]


def test_a_missing_length_is_missing_and_not_zero(store):
    upsert(store["segments"], [segment("a", 0.0, 66150, x=1.0), segment("b", 0.0, None, x=1.0)], replace=True)
    assert read_segments(store, "d", "f", 3)["length"].isna().tolist() == [False, True]


def test_a_feature_that_one_segment_lacks_is_nan_there(store):
    upsert(store["segments"], [segment("a", 0.0, 1, x=1.0, y=2.0), segment("b", 0.0, 1, x=3.0)], replace=True)
    assert read_segments(store, "d", "f", 3)["y"].isna().tolist() == [False, True]


def test_other_windows_sets_and_datasets_stay_out(store):
    upsert(
        store["segments"],
        [segment("a", 0.0, 1, x=1.0)]
        + [segment("a", 0.0, 1, x=2.0) | {name: value} for name, value in
           (("window_s", 30.0), ("feature_set", "g"), ("dataset", "e"))],
        replace=True,
    )  # fmt: skip
    assert read_segments(store, "d", "f", 3)["x"].tolist() == [1.0]


def test_no_segments_name_the_notebook_that_makes_them(store):
    with pytest.raises(InputError, match="dataset 'd' has no 30-second segments of 'f': run 02_extract first"):
        read_segments(store, "d", "f", 30)


def test_a_frame_has_the_columns_asked_for_in_their_order_and_their_gaps(store):
    track = {"dataset": "d", "track_id": "a", "genre": "jazz", "status": "ready"}
    upsert(store["tracks"], [track | {"holdout": True, "duration_s": 30.0}, track | {"track_id": "b"}])
    frame = read_frame(store["tracks"], {"dataset": "d"}, ["holdout", "track_id", "duration_s", "artist"])
    assert list(frame.columns) == ["holdout", "track_id", "duration_s", "artist"]
    assert frame["track_id"].tolist() == ["a", "b"]
    assert frame["duration_s"].iloc[0] == 30.0
    assert frame.isna().to_numpy().tolist() == [[False, False, False, True], [True, False, True, True]]


def test_a_frame_of_nothing_still_has_its_columns(store):
    frame = read_frame(store["tracks"], {"dataset": "none"}, ["track_id", "genre"])
    assert list(frame.columns) == ["track_id", "genre"]
    assert len(frame) == 0


def test_times_and_enumerations_are_read_too(store):
    upsert(
        store["tracks"], [{"dataset": "d", "track_id": "a", "genre": "jazz", "status": "ready", "size_bytes": 2**40}]
    )
    frame = read_frame(store["tracks"], {}, ["status", "size_bytes"])
    assert frame.iloc[0].tolist() == ["ready", 2**40]


names = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1, max_size=8).filter(
    lambda name: name not in OWN and name != "_id"
)
values = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**63), 2**63 - 1),
    st.floats(allow_nan=False),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=12),
    st.lists(st.floats(allow_nan=False), max_size=3),
)


@st.composite
def tables(draw) -> pd.DataFrame:
    columns = draw(st.lists(names, unique=True, min_size=1, max_size=5))
    records = draw(st.lists(st.tuples(*[values] * len(columns)), max_size=6))
    return pd.DataFrame(records, columns=columns, dtype=object)


@given(tables())
@examples(60)
def test_any_table_comes_back_as_it_was_written(store, table):
    store["results"].delete_many({})
    insert_rows(store["results"], table, OWN)
    frame = read_rows(store["results"], OWN)
    assert len(frame) == len(table)
    if len(table):
        assert list(frame.columns) == [*OWN, *table.columns]
        assert plain(frame[list(table.columns)]) == plain(table)


FEW = st.sampled_from([None, math.nan, 0, 1.5, "", "rock"])


@given(st.lists(st.tuples(FEW, FEW, FEW, FEW), max_size=12), st.integers(0, 12))
@examples(60)
def test_rows_that_differ_in_nothing_but_packed_columns_are_one_document_and_come_back_as_they_were(store, rows, whole):
    """Though some were written before there were packed ones."""
    table = pd.DataFrame(rows, columns=["actual", "model", "n", "predicted"], dtype=object)
    store["results"].delete_many({})
    insert_rows(store["results"], table[:whole], OWN)
    insert_rows(store["results"], pack_rows(table[whole:], ["predicted", "n", "share"]), OWN)
    pairs = [(None if pd.isna(actual) else actual, None if pd.isna(model) else model) for actual, model, *_ in rows]
    assert store["results"].count_documents({}) == len(rows[:whole]) + len(list(groupby(pairs[whole:])))
    frame = unpack_rows(read_rows(store["results"], OWN), ["predicted", "n", "share"])
    assert len(frame) == len(table)
    if rows:
        assert list(frame.columns) == [*OWN, *table.columns]
        assert plain(frame[list(table.columns)]) == plain(table)


def test_columns_of_numbers_are_columns_of_numbers_when_they_were_packed(store):
    table = pd.DataFrame({"actual": ["a", "a", "b"], "n": [1, 2, 3], "share": [0.25, 0.75, 1.0]})
    store["results"].delete_many({})
    insert_rows(store["results"], pack_rows(table, ["n", "share"]), OWN)
    read = unpack_rows(read_rows(store["results"], OWN), ["n", "share"])
    assert read[["n", "share"]].dtypes.astype(str).tolist() == ["int64", "float64"]


@st.composite
def documents(draw):
    """Draw documents whose fields are each of one kind, missing here and None there."""
    kinds = (st.integers(-5, 5), st.floats(), st.text(max_size=3), st.booleans(), st.lists(st.integers(), max_size=2))
    fields = {name: st.one_of(st.none(), draw(st.sampled_from(kinds))) for name in "abc"}
    return draw(st.lists(st.fixed_dictionaries({"number": st.integers(0, 9)}, optional=fields), max_size=7))


@given(documents(), st.integers(1, 4))
@examples(200)
def test_documents_read_part_by_part_make_the_frame_that_all_at_once_make(found, at_once):
    pd.testing.assert_frame_equal(frames.as_frame(found, at_once), pd.DataFrame(found))


def plain(table: pd.DataFrame) -> list[list]:
    """Return the cells; a missing one is None."""
    return [[None if isinstance(cell, float) and math.isnan(cell) else cell for cell in row]
            for row in table.astype(object).to_numpy().tolist()]  # fmt: skip


def test_the_mean_of_each_track_is_taken_whatever_the_features_names(store):
    values = {name: float(i) for i, name in enumerate(ODD_NAMES)}
    for track_id, start_s, shift in (("b", 0.0, 5.0), ("a", 0.0, 0.0), ("a", 3.0, 1.0)):
        shifted = {name: value + shift for name, value in values.items()}
        upsert(store["segments"], [segment(track_id, start_s, 1, **shifted)])
    upsert(store["segments"], [segment("a", 0.0, 1, **values) | {"window_s": 30.0}])
    names = [ODD_NAMES[3], ODD_NAMES[0], *ODD_NAMES[4:]]
    means = read_track_means(store, "d", "f", 3.0, names)
    assert list(means.columns) == ["track_id", *names]
    assert list(means["track_id"]) == ["a", "b"]
    assert means.loc[0, names].tolist() == [values[name] + 0.5 for name in names]
    assert means.loc[1, names].tolist() == [values[name] + 5 for name in names]


def test_without_segments_there_is_no_mean(store):
    assert read_track_means(store, "d", "f", 3.0, ["a"]).empty


READING = """
import json, sys
from pipeline.store import connect, read_segments
from tests.peak_memory import peak_mib

database = connect().client[sys.argv[1]]
read_segments(database, "few", "f", 3)  # what is imported on first use counts for nobody
before = peak_mib()
frame = read_segments(database, "d", "f", 3)
print(json.dumps({"mib": peak_mib() - before, "shape": frame.shape, "checksum": frame["f56"].sum()}))
"""


def test_reading_segments_takes_at_most_half_as_much_memory_again_as_their_values(store):
    names = [f"f{i}" for i in range(57)]
    n, step = 80_000, 4000
    store["segments"].insert_one(segment("t", 0.0, 66150, **dict.fromkeys(names, 1.0)) | {"dataset": "few"})
    for first in range(0, n, step):
        store["segments"].insert_many(
            segment(f"rock/{i // 10:05d}.wav", 3.0 * (i % 10), 66150, **dict.fromkeys(names, float(i)))
            for i in range(first, first + step)
        )
    command = [sys.executable, "-c", READING, store.name]
    done = subprocess.run(command, cwd=PROJECT_DIR, capture_output=True, text=True, check=True)
    read = json.loads(done.stdout)
    assert read["shape"] == [n, 3 + len(names)]
    assert read["checksum"] == n * (n - 1) / 2
    assert read["mib"] < 1.5 * n * (3 + len(names)) * 8 / 2**20


numbers = st.floats() | st.integers(-(2**63), 2**63 - 1) | st.booleans() | st.none()
feature_documents = st.fixed_dictionaries({}, optional=dict.fromkeys(["x", "1", "A#/$b", "é", "with space"], numbers))


@given(st.lists(st.tuples(st.sampled_from("abc"), feature_documents, st.randoms()), min_size=1), st.integers(1, 9))
@examples(60)
def test_segments_are_what_their_documents_hold_in_whatever_order_and_parts(store, drawn, most):
    documents = []
    for number, (track_id, values, shuffler) in enumerate(drawn):
        pairs = list(values.items())
        shuffler.shuffle(pairs)
        documents.append(segment(track_id, float(number), 2**40 + number, **dict(pairs)))
    store["segments"].delete_many({})
    store["segments"].insert_many(documents, bypass_document_validation=True)  # the validator wants doubles only
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(frames, "AT_ONCE", most)
        frame = read_segments(store, "d", "f", 3)
    in_order = sorted(documents, key=lambda document: (document["track_id"], document["start_s"]))
    assert frame["track_id"].tolist() == [document["track_id"] for document in in_order]
    assert frame["start_s"].tolist() == [document["start_s"] for document in in_order]
    assert frame["length"].tolist() == [document["length"] for document in in_order]
    assert list(frame.columns[3:]) == feature_names(store, "d", "f", 3)
    for name in frame.columns[3:]:
        expected = [math.nan if document.get(name) is None else float(document[name]) for document in in_order]
        np.testing.assert_array_equal(frame[name], expected)


@pytest.mark.parametrize("value", [{"nested": 1}, [1], "text"])
def test_a_feature_that_is_no_number_is_no_gap(store, value):
    store["segments"].insert_one(segment("a", 0.0, 1, tempo=value), bypass_document_validation=True)
    with pytest.raises(TypeError, match="expected type `double`"):
        read_segments(store, "d", "f", 3)


def test_segments_that_change_while_they_are_read_are_refused_and_not_mixed(store, monkeypatch):
    upsert(store["segments"], [segment(track, 0.0, 1, x=1.0) for track in "ab"], replace=True)
    find = frames.find_arrow_all

    def find_and_add(*arguments, **options):
        upsert(store["segments"], [segment("b", 3.0, 1, x=2.0)], replace=True)
        return find(*arguments, **options)

    monkeypatch.setattr(frames, "AT_ONCE", 1)
    monkeypatch.setattr(frames, "find_arrow_all", find_and_add)
    with pytest.raises(InputError, match="dataset 'd' changed while they were read"):
        read_segments(store, "d", "f", 3)
