"""Columns read from raw BSON are what decoding the documents one by one gives."""

import bson
import numpy as np
import pytest
from bson import Int64, ObjectId
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import GenrelabError
from pipeline.store.columns import read_columns

NUMBERS = st.none() | st.floats() | st.integers(-(2**31), 2**31 - 1) | st.integers(-99, 99).map(Int64) | st.booleans()
TEXTS = st.none() | st.text()
OTHERS = st.none() | st.builds(ObjectId) | st.binary(max_size=9) | st.text() | st.floats()
FIELDS = st.fixed_dictionaries({}, optional={"a": TEXTS, "b": NUMBERS, "c": OTHERS, "é": NUMBERS, "z": TEXTS})
DOCUMENTS = st.lists(
    FIELDS.flatmap(lambda fields: st.permutations(list(fields.items()))).map(dict)  # the order of fields is free
)


@given(DOCUMENTS, DOCUMENTS, st.data())
def test_values_are_those_of_the_documents_whatever_their_layout(first, second, data):
    batches = [b"".join(map(bson.encode, documents)) for documents in (first, second) if documents]
    n_expected = data.draw(st.integers(0, 9))  # right, too few or too many
    columns, values = read_columns(batches, ["a", "z"], ["b", "é"], n_expected)
    for name in ("a", "z"):
        assert columns[name].tolist() == [document.get(name) for document in first + second]
    for name, column in zip(("b", "é"), values, strict=True):
        expected = [np.nan if document.get(name) is None else float(document[name]) for document in first + second]
        np.testing.assert_array_equal(column, expected)


def test_a_field_of_one_size_but_another_type_is_told_apart():
    documents = [{"x": 1.5}, {"x": Int64(2)}, {"x": 2.5}, {"y": 9.5}, {"x": 3.5}]
    _, (x,) = read_columns([b"".join(map(bson.encode, documents))], [], ["x"])
    np.testing.assert_array_equal(x, [1.5, 2.0, 2.5, np.nan, 3.5])


def test_no_documents_are_empty_columns():
    columns, (b,) = read_columns([], ["a"], ["b"])
    assert columns["a"].shape == b.shape == (0,)


@pytest.mark.parametrize("value", [{"nested": 1}, [1], "text", ObjectId()])
def test_what_is_no_number_is_refused_by_name(value):
    with pytest.raises(GenrelabError, match="'tempo'"):
        read_columns([bson.encode({"tempo": value})], [], ["tempo"])
