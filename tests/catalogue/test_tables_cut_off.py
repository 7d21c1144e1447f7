"""A table that was cut off, or that is another one, costs nothing until somebody says that the rows are gone."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.errors import InputError
from pipeline.store.removed import removed_tracks
from tests.catalogue.conftest import DATASET

HEADER = "filename,x,y,label"
N_TRACKS, N_ROWS = 20, 5


def rows(order="track", first=0):
    """Return the lines of twenty tracks of two genres, five segments each; another `first` makes others."""
    values = np.random.default_rng(first).normal(size=(N_TRACKS, N_ROWS, 2))
    pairs = [(track, row) for track in range(N_TRACKS) for row in range(N_ROWS)]
    if order == "segment":
        pairs.sort(key=lambda pair: pair[::-1])
    return [
        f"t.{track + first:05d}.{row}.wav,{x},{y},{'rock' if track % 2 else 'jazz'}"
        for track, row, (x, y) in ((track, row, values[track, row]) for track, row in pairs)
    ]


@pytest.fixture
def table(kept, tmp_path):
    """Return a function that catalogues lines as a table."""
    path = tmp_path / "features.csv"

    def bring_in(lines, **options):
        path.write_text("\n".join([HEADER, *lines]) + "\n")
        return kept.catalogue(table=str(path), **options)

    bring_in.dataset = kept
    return bring_in


def n_segments(table):
    return table.dataset.database["segments"].count_documents({"dataset": DATASET})


@pytest.mark.parametrize("order", ["track", "segment"])
def test_a_table_that_was_cut_off_costs_nothing_whatever_the_order_of_its_rows(table, order):
    table(rows(order))
    table.dataset.database["tracks"].update_many({"dataset": DATASET}, {"$set": {"holdout": False}})
    before = table.dataset.content()
    report = table(rows(order)[:30])
    assert (report.n_new, report.n_changed, report.n_gone) == (0, 0, 0)
    assert report.n_missing == (14 if order == "track" else 20)
    assert f"70 of 100 rows are missing from the table: the {report.n_missing} tracks" in str(report)
    assert "--remove-missing" in str(report)
    assert table.dataset.content() == before
    assert set(table.dataset.missing().values()) == {"gone"}
    report = table(rows(order))
    assert (report.n_new, report.n_changed, report.n_missing) == (0, 0, 0)
    assert table.dataset.content() == before
    assert table.dataset.missing() == {}


def test_where_it_is_meant_the_rows_go(table):
    table(rows())
    report = table(rows()[:30], remove_missing=True)
    assert (report.n_tracks, report.n_changed, report.n_gone, report.n_missing) == (6, 0, 14, 0)
    assert n_segments(table) == 30
    report = table(rows("segment")[:20], remove_missing=True)  # one row a track, which is another window
    assert (report.n_tracks, report.n_missing) == (20, 0)
    assert n_segments(table) == 20


def test_a_few_rows_go_unasked_and_their_tracks_come_back_with_them(table):
    table(rows())
    table.dataset.database["tracks"].update_many({"dataset": DATASET}, {"$set": {"holdout": True}})
    before = table.dataset.content()
    report = table(rows()[:85])
    assert (report.n_gone, report.n_missing, n_segments(table)) == (3, 0, 85)
    assert len(removed_tracks(table.dataset.database, DATASET)) == 3
    report = table(rows())
    assert (report.n_new, report.n_changed) == (0, 0)
    assert table.dataset.content() == before


@given(st.integers(0, 99), st.integers(0, 100), st.sampled_from(["track", "segment"]))
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_cut_out_less_than_a_fifth_is_lost_or_nothing(table, start, length, order):
    table(rows(), remove_missing=True)
    lines = rows(order)
    left = lines[:start] + lines[start + length :]
    n_lost = len(lines) - len(left)
    try:
        report = table(left)
    except InputError:  # one genre, or none
        report = None
    assert n_segments(table) == (100 - n_lost if n_lost < 20 else 100)
    if report and n_lost >= 20:
        assert report.n_missing > 0


def test_new_rows_are_taken_though_others_are_missing(table):
    table(rows())
    report = table([*rows()[:30], *rows(first=100)[:10]])
    assert (report.n_new, report.n_missing, n_segments(table)) == (2, 14, 110)


def test_a_table_of_other_tracks_is_refused_unless_it_is_to_take_their_place(table):
    table(rows())
    before = table.dataset.content()
    with pytest.raises(InputError, match=r"--table .* has none of the 20 tracks of dataset 'test-absent'"):
        table(rows(first=100))
    assert table.dataset.content() == before
    assert table(rows(first=100), remove_missing=True).n_gone == 20


def test_a_table_with_other_values_or_more_rows_is_read_as_ever(table):
    table(rows())
    report = table([line.replace(",rock", ",folk") for line in rows()])
    assert (report.n_changed, report.n_missing) == (10, 0)
    more = [f"t.{track:05d}.{N_ROWS}.wav,1,2,{'folk' if track % 2 else 'jazz'}" for track in range(N_TRACKS)]
    report = table([*(line.replace(",rock", ",folk") for line in rows()), *more])
    assert (report.n_changed, report.n_missing, n_segments(table)) == (20, 0, 120)


def test_rows_that_a_stopped_try_has_left_of_a_longer_table_do_not_count(table):
    table(rows())
    database = table.dataset.database
    database["tracks"].delete_many({"dataset": DATASET})  # as after a kill between segments and tracks
    assert n_segments(table) == N_TRACKS * N_ROWS
    report = table(line for line in rows() if ".4.wav" not in line)
    assert report.n_new == N_TRACKS
    assert n_segments(table) == N_TRACKS * (N_ROWS - 1)
