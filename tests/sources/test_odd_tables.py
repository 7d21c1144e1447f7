"""Whatever bytes a table or a metadata file holds: it is read, or refused in one line."""

import csv
import io
import string

import numpy as np
import pytest
from hypothesis import event, given
from hypothesis import strategies as st

from pipeline.errors import InputError
from pipeline.features import FEATURE_SETS
from pipeline.sources import TableOptions, read_feature_table, read_metadata
from pipeline.sources.table_columns import ID_COLUMNS, LABEL_COLUMNS, SEGMENT_COLUMNS
from tests.examples import examples

SETS = {name: known.columns for name, known in FEATURE_SETS.items() if not known.is_sequence}
NAMED = [
    *LABEL_COLUMNS[:2],
    *ID_COLUMNS[:2],
    *SEGMENT_COLUMNS[:2],
    "artist",
    "title",
    "length",
    "tempo",
    "split",
    "index",
]
names = st.sampled_from([*NAMED, "", "a.b", "$x", "_id", "=1", "a\nb", "\0", "x"]) | st.text(max_size=5)
cells = st.sampled_from(
    ["", "1", "-2.5",
     "1e999", "-1e308", "nan", "inf", "TRUE", "1,5", "jazz", "rock", "a.00001.wav", "a.00001.2.wav", "=1",
     "\0", "a\nb", '"', "\ufeff", "9" * 400, "0x10", "1_0", "١٢", "../..", "/", "\\", "2026-01-02", "-0", "1e-999",
     "train", "test"]
) | st.text(max_size=4) | st.floats().map(str) | st.integers().map(str)  # fmt: skip
OPTIONS = st.builds(
    TableOptions,
    id_column=st.sampled_from(["", "", "file", "x"]),
    label_column=st.sampled_from(["", "", "genre", "x"]),
    segment_column=st.sampled_from(["", "", "segment", "x"]),
    window_s=st.sampled_from([0.0, 3.0, 1e-9, 1e9, float("nan"), -1.0]),
)


@st.composite
def odd_csvs(draw) -> bytes:
    """Draw a CSV that is nearly a table: odd names and cells, rows of another width, any delimiter, torn quotes."""
    header = draw(st.lists(names, min_size=1, max_size=6, unique=draw(st.integers(0, 4)) > 0))
    width = len(header)
    rows = draw(st.lists(st.lists(cells, min_size=width, max_size=width), max_size=8, min_size=draw(st.integers(0, 4))))
    if draw(st.integers(0, 3)):  # what makes a table of it
        header = [*header, "label", "y"]
        rows = [[*row, genre, str(i)] for i, (row, genre) in enumerate(zip(rows, "abababab", strict=False))]
        width += 2
    if rows and draw(st.integers(0, 4)) == 0:
        rows[0] = rows[0][:-1]
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=draw(st.sampled_from(",;\t")), lineterminator=draw(st.sampled_from(["\n", "\r\n", "\r"]))
               ).writerows([header, *rows])  # fmt: skip
    encoded = text.getvalue().encode(
        draw(st.sampled_from([*["utf-8"] * 5, "utf-8-sig", "utf-16", "cp1252"])), "replace"
    )
    return encoded[: draw(st.integers(1, 400))] if draw(st.integers(0, 5)) == 0 else encoded


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    return tmp_path_factory.mktemp("odd") / "odd.csv"


def is_one_line(text: str) -> bool:
    return len(text.splitlines()) == 1


def read_or_refused(read, *arguments):
    """Return what is read; None where that is refused, which must be said in one line."""
    try:
        return read(*arguments)
    except InputError as error:
        told = str(error)
    assert is_one_line(told), told
    return None


@examples(250)
@given(st.binary(max_size=200) | odd_csvs() | odd_csvs() | odd_csvs(), st.just(TableOptions()) | OPTIONS)
def test_any_table_becomes_rows_and_rejects_or_is_refused_in_one_line(path, content, options):
    path.write_bytes(content)
    table = read_or_refused(read_feature_table, path, options, SETS)
    event("refused" if table is None else "read")
    if table is None:
        return
    values = table.rows[table.features]
    assert table.rows["genre"].nunique() >= 2
    assert np.isfinite(values.to_numpy(dtype=float)).all()
    assert not table.rows.duplicated(["track_id", "segment"]).any()
    assert np.isfinite(table.window_s)
    assert table.window_s > 0
    assert len(set(table.features)) == len(table.features) > 0
    assert not any(name.startswith("$") or "." in name or "\0" in name or not name for name in table.features)
    assert all(is_one_line(note) for note in table.notes)
    assert all(is_one_line(reject.detail) for reject in table.rejects)


@examples(150)
@given(st.lists(st.tuples(cells, cells, cells, cells), min_size=1, max_size=12))
def test_each_row_of_a_table_is_used_or_told_of(path, rows):
    fixed = [("a.wav", "jazz", "1", "0"), ("b.wav", "rock", "2", "1")]
    with open(path, "w", encoding="utf-8", newline="") as handle:
        csv.writer(handle).writerows([("filename", "genre", "x", "z"), *fixed, *rows])
    table = read_or_refused(read_feature_table, path, TableOptions(), SETS)
    if table:
        assert len(table.rows) + len(table.rejects) == len(fixed) + len(rows)


@examples(150)
@given(st.binary(max_size=200) | odd_csvs())
def test_any_metadata_become_entries_or_are_refused_in_one_line(path, content):
    path.write_bytes(content)
    metadata = read_or_refused(read_metadata, path)
    if metadata is None:
        return
    tracks = [name for name, _ in metadata.entries] + ["a.wav", "x/a.wav"]
    assert set(metadata.join(tracks)) <= set(tracks)
    assert all(name for name, _ in metadata.entries)


@given(st.text(string.printable, max_size=6))
def test_an_option_that_names_no_column_is_refused_in_one_line_whatever_it_is(path, name):
    path.write_text('genre,"a\nb"\njazz,1\nrock,2\n')
    if name in ("", "a\nb", "genre"):
        return
    with pytest.raises(InputError) as refusal:
        read_feature_table(path, TableOptions(label_column=name), SETS)
    assert is_one_line(str(refusal.value))


def test_a_table_that_names_no_genre_at_all_is_refused_in_one_line(path):
    path.write_text("filename,genre,x\na.wav,,1\nb.wav,,2\n")
    assert read_or_refused(read_feature_table, path, TableOptions(), SETS) is None
