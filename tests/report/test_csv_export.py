import csv
import os
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.report.csv_export import ExportError, column_safe, conform, write_exports
from pipeline.report.tables import BY_NAME

TRACKS = pd.DataFrame(
    {
        "run_id": "run-1", "dataset": "d", "track_id": ["a", "b"], "genre": ["jazz", 'r"n, b'], "artist": [None, "Ω"],
        "title": [None, "=1+1"], "duration_s": [30.5, None], "sample_rate_hz": [22050, None], "channels": [1, None],
        "holdout": [True, False], "predefined_split": None, "duplicate_of": None,
    }
)  # fmt: skip


def test_a_csv_is_utf_8_with_commas_lf_and_empty_cells_for_null(tmp_path):
    (path,) = write_exports({"tracks": TRACKS}, tmp_path)
    lines = path.read_bytes().decode("utf-8").split("\n")
    assert lines[0] == ",".join(column.name for column in BY_NAME["tracks"].columns)
    assert lines[1] == "run-1,d,a,jazz,,,30.5,22050,1,TRUE,,"
    assert lines[2] == 'run-1,d,b,"r""n, b",Ω,=1+1,,,,FALSE,,'
    assert lines[3] == ""


def test_a_table_without_rows_still_has_its_header(tmp_path):
    empty = pd.DataFrame(columns=["run_id", "dataset", "path", "reason", "detail"])
    (path,) = write_exports({"rejects": empty}, tmp_path)
    assert path.read_text() == "run_id,dataset,path,reason,detail\n"


def test_columns_are_written_in_the_declared_order_whatever_order_they_come_in(tmp_path):
    shuffled = TRACKS[sorted(TRACKS.columns, reverse=True)]
    assert list(conform(BY_NAME["tracks"], shuffled).columns) == [c.name for c in BY_NAME["tracks"].columns]


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (lambda frame: frame.drop(columns="genre"), "missing: \\['genre'\\]"),
        (lambda frame: frame.assign(mood="sad"), "not declared: \\['mood'\\]"),
        (lambda frame: frame.assign(genre=[None, "jazz"]), "'genre' has 1 empty cells"),
        (lambda frame: frame.assign(duration_s=["long", "short"]), "'duration_s' is not all number"),
        (lambda frame: frame.assign(channels=[1.5, 2]), "'channels' is not all integer"),
    ],
)
def test_a_table_that_does_not_fit_its_declaration_is_refused_and_nothing_is_written(tmp_path, change, complaint):
    with pytest.raises(ExportError, match=complaint):
        write_exports({"tracks": change(TRACKS)}, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_set_that_fails_half_way_leaves_the_previous_one_whole(tmp_path):
    rejects = pd.DataFrame({"run_id": ["run-1"], "dataset": "d", "path": "x", "reason": "empty", "detail": "…"})
    write_exports({"tracks": TRACKS, "rejects": rejects}, tmp_path)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    with pytest.raises(ExportError):
        write_exports({"tracks": TRACKS.assign(run_id="run-2"), "rejects": rejects.drop(columns="path")}, tmp_path)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_files_can_be_read_by_others_and_no_temporary_file_stays(tmp_path):
    (path,) = write_exports({"tracks": TRACKS}, tmp_path)
    assert os.stat(path).st_mode & 0o444 == 0o444
    assert [entry.name for entry in tmp_path.iterdir()] == ["tracks.csv"]


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1, max_size=20))
def test_numbers_survive_to_the_last_bit(tmp_path_factory, values):
    folder = tmp_path_factory.mktemp("numbers")
    frame = pd.DataFrame(
        {"run_id": "run-1", "dataset": "d", "track_id": "t", "genre": "g", "feature_set": "f", "window_s": 3.0,
         "start_s": values, "length": 66150, "tempo": values}
    )  # fmt: skip
    (path,) = write_exports({"features": frame}, folder)
    with open(path, newline="") as handle:
        assert [float(row["tempo"]) for row in csv.DictReader(handle)] == values


def test_genres_become_plain_column_names():
    assert column_safe("hip hop") == "hip_hop"
    assert column_safe("50s Hits") == "50s_hits"
    assert column_safe("R&B/Soul") == "r_b_soul"


def test_the_data_dictionary_describes_every_column_of_every_export():
    text = (Path(__file__).parents[2] / "exports" / "README.md").read_text(encoding="utf-8")
    for table in BY_NAME.values():
        section = text.split(f"## {table.file_name}\n", 1)[1].split("\n## ", 1)[0]
        assert table.grain in section
        for column in table.columns:
            assert f"| `{column.name}` | {column.kind} | {column.meaning}" in section, (table.name, column.name)
