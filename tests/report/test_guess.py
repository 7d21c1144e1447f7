"""No reader of the CSVs takes a column for what it is not."""

import csv

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.report.csv_export import conform
from pipeline.report.guess import guess_cell, mark_as_text, reads_as_text
from pipeline.tables import OF_THE_RUN, OR, PREDICTIONS, STRING, TABLES
from tests.declared import filled
from tests.report.readers import guess_column


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("12", "integer"), ("-0.5", "number"), ("1e5", "number"), ("TRUE", "boolean"), ("2026-01-02", "date"),
        ("2026-01-02T03:04:05", "datetime"), ("jazz", "string"), ("12 a", "string"),
    ],
)  # fmt: skip
def test_a_cell_is_taken_for_the_narrowest_kind_that_it_can_be_read_as(text, kind):
    assert guess_cell(text) == kind


def test_only_the_first_1024_rows_decide_and_empty_cells_say_nothing():
    assert guess_column(["", "1", "2.5"]) == "number"
    assert guess_column(["1"] * 1024 + ["a"]) == "integer"
    assert guess_column(["1"] * 1023 + ["a"]) == "string"
    assert guess_column(["", ""]) is None


@pytest.mark.parametrize("text", ["00123", "1e5", "true", "NaN", "n/a", "None", "2026-01-02", "12/3", "", "--"])
def test_an_id_that_is_no_plain_text_gets_its_prefix(text):
    assert not reads_as_text(text)
    assert mark_as_text(text, "track-") == f"track-{text}"


def test_an_id_with_a_letter_stays_as_it_is():
    assert mark_as_text("blues/blues.00006.flac", "track-") == "blues/blues.00006.flac"
    assert mark_as_text("民謡", "genre-") == "民謡"


@given(st.lists(st.text(), unique=True))
def test_no_two_ids_become_one_and_all_read_as_text(ids):
    marked = [mark_as_text(one, "track-") for one in ids]
    assert len(set(marked)) == len(ids)
    assert all(reads_as_text(one) for one in marked)


def test_an_id_is_the_same_in_every_file_so_that_rows_still_join():
    prefixes = {column.name: column.prefix for table in TABLES for column in table.columns if column.prefix}
    for table in TABLES:
        for column in table.columns:
            assert column.prefix == prefixes.get(column.name, ""), (table.name, column.name)
    assert prefixes["duplicate_of"] == prefixes["same_recording_as"] == prefixes["track_id"]
    assert prefixes["*"] == prefixes["feature"], "the names of features.csv's columns"
    assert prefixes["actual"] == prefixes["predicted"] == prefixes["genre"]


@given(st.lists(st.text().filter(lambda genre: OR not in f" {genre} "), min_size=1, max_size=3))
def test_a_genre_is_written_alike_by_itself_and_in_a_set(genres):
    frame = filled(PREDICTIONS, pd.DataFrame({"genre": [genres[0]], "genre_set": [OR.join(genres)]}))
    conformed = conform(PREDICTIONS, frame.assign(**dict.fromkeys(OF_THE_RUN, "r")))
    [genre], [joined] = conformed["genre"], conformed["genre_set"]
    assert joined.split(OR)[0] == genre
    assert reads_as_text(joined)


def test_every_column_of_a_written_set_is_guessed_as_it_is_declared(written):
    for table in TABLES:
        with open(written.folder / table.file_name, newline="", encoding="utf-8") as handle:
            rows = list(csv.DictReader(handle))
        for name in rows[0]:
            declared, guessed = table.column(name).kind, guess_column(row[name] for row in rows)
            assert guessed in (None, declared), (table.name, name)


@pytest.mark.parametrize(
    "table", [table for table in TABLES if any(c.prefix for c in table.columns)], ids=lambda table: table.name
)
def test_numeric_ids_of_any_table_are_guessed_as_text(table):
    ids = [column.name for column in table.columns if column.prefix and not column.pattern]
    frame = filled(table, pd.DataFrame(index=[0])).assign(**dict.fromkeys((*OF_THE_RUN, *ids), "7"))
    for name in ids:
        assert guess_column(conform(table, frame)[name]) == STRING
