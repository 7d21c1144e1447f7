import csv
import re
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.report.csv_export import ExportError, column_safe, conform, read_csv, write_csv
from pipeline.sources.metadata import ORIGIN
from pipeline.tables import BY_NAME, TABLES
from tests.declared import filled
from tests.report.conftest import make_frames

TRACKS = pd.DataFrame(
    {
        "run_id": "run-1", "dataset": "d", "track_id": ["a", "b"], "genre": ["jazz", 'r"n, b'], "style": None,
        "artist": [None, "Ω"], "title": [None, "=1+1"], **dict.fromkeys(ORIGIN),
        "duration_s": [30.5, None], "sample_rate_hz": [22050, None], "channels": [1, None],
        "holdout": [True, False], "predefined_split": None, "duplicate_of": None,
        "same_recording_as": None, "same_recording_by": None,
    }
)  # fmt: skip


def write(name: str, frame: pd.DataFrame, folder: Path) -> Path:
    path = folder / BY_NAME[name].file_name
    write_csv(BY_NAME[name], conform(BY_NAME[name], frame), path)
    return path


def test_a_csv_is_utf_8_with_commas_lf_and_empty_cells_for_null(tmp_path):
    path = write("tracks", TRACKS, tmp_path)
    lines = path.read_bytes().decode("utf-8").split("\n")
    assert lines[0] == ",".join(column.name for column in BY_NAME["tracks"].columns)
    assert lines[1] == "run-1,d,a,jazz,,,,,,,,,,30.5,22050,1,TRUE,,,,"
    assert lines[2] == 'run-1,d,b,"r""n, b",,Ω,\'=1+1,,,,,,,,,,FALSE,,,,'
    assert lines[3] == ""


def test_a_table_without_rows_still_has_its_header(tmp_path):
    empty = pd.DataFrame(columns=["run_id", "dataset", "path", "reason", "detail"])
    assert write("rejects", empty, tmp_path).read_text() == "run_id,dataset,path,reason,detail\n"


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
def test_a_table_that_does_not_fit_its_declaration_is_refused(change, complaint):
    with pytest.raises(ExportError, match=complaint):
        conform(BY_NAME["tracks"], change(TRACKS))


def test_a_value_that_is_none_of_those_declared_is_refused():
    quality = make_frames()["data_quality"].assign(status="fine")
    with pytest.raises(ExportError, match=r"column 'status' holds \['fine'\], which is none of: ok, warning"):
        conform(BY_NAME["data_quality"], quality)


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1, max_size=20))
def test_numbers_survive_to_the_last_bit(tmp_path_factory, values):
    folder = tmp_path_factory.mktemp("numbers")
    frame = pd.DataFrame(
        {"run_id": "run-1", "dataset": "d", "track_id": "t", "genre": "g", "feature_set": "f", "window_s": 3.0,
         "start_s": values, "length": 66150, "tempo": values}
    )  # fmt: skip
    path = write("features", frame, folder)
    with open(path, newline="") as handle:
        cells = [row["tempo"] for row in csv.DictReader(handle)]
    assert [float(cell) for cell in cells] == values
    assert not any("e" in cell.lower() for cell in cells)


TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)


@given(st.lists(st.tuples(TEXT, TEXT, TEXT), min_size=1, max_size=8))
def test_any_text_is_read_back_as_it_was_conformed_and_no_cell_is_a_formula(tmp_path_factory, texts):
    ids, genres, titles = map(list, zip(*texts, strict=True))
    frame = pd.DataFrame({**dict.fromkeys(TRACKS.columns), "run_id": "run-1", "dataset": "d", "holdout": False,
                          "track_id": ids, "genre": genres, "title": titles})  # fmt: skip
    conformed = conform(BY_NAME["tracks"], frame)
    path = write("tracks", frame, tmp_path_factory.mktemp("texts"))
    with open(path, newline="", encoding="utf-8") as handle:
        rows = list(csv.DictReader(handle))
    for name in ("track_id", "genre", "title"):
        cells = [row[name] for row in rows]
        assert cells == list(conformed[name])
        assert not any(re.match(r"\s*[=+\-@]|\t", cell) for cell in cells)
    one_line_break = [text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "\ufffd") for text in ids]
    assert conformed["track_id"].nunique() == len(set(one_line_break))


@pytest.mark.parametrize("value", [float("inf"), float("-inf")])
def test_a_number_that_is_not_finite_is_refused(value):
    with pytest.raises(ExportError, match="'duration_s' is not all number: a value is infinite"):
        conform(BY_NAME["tracks"], TRACKS.assign(duration_s=value))


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_what_is_written_is_read_back_the_same(tmp_path, table):
    frame = conform(table, make_frames()[table.name])
    write_csv(table, frame, tmp_path / table.file_name)
    pd.testing.assert_frame_equal(read_csv(table, tmp_path / table.file_name), frame)


def test_a_file_of_another_kind_is_not_read_as_an_export(tmp_path):
    (tmp_path / "tracks.csv").write_text("run_id,mood\nr,sad\n")
    with pytest.raises(ExportError, match=r"tracks.csv: column 'mood' is not declared"):
        read_csv(BY_NAME["tracks"], tmp_path / "tracks.csv")


def test_genres_become_plain_column_names():
    assert column_safe("hip hop") == "hip_hop"
    assert column_safe("50s Hits") == "50s_hits"
    assert column_safe("R&B/Soul") == "r_b_soul"


def test_codes_stand_beside_their_names_in_words_and_empty_ones_beside_none():
    table, rows = BY_NAME["feature_importance"], pd.DataFrame({"feature": ["tempo", "mfcc3_var"], "model": "knn_3"})
    frame = conform(table, filled(table, rows).assign(run_id="r", dataset="d"))
    assert list(frame["feature_name"]) == ["tempo, beats a minute", "timbre (MFCC 3), variance"]
    assert list(frame["model_name"]) == ["3 nearest neighbours"] * 2
    run = filled(BY_NAME["runs"], pd.DataFrame({"champion_model": [None]})).assign(run_id="r", dataset="d")
    assert conform(BY_NAME["runs"], run)["champion_name"].isna().all()
