"""No text of an export is run by a spreadsheet, none is lost, and rows that named each other still do."""

import csv
import re

import frictionless
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.report.csv_export import conform, read_csv, write_csv
from pipeline.report.datapackage import changed_files, read_package
from pipeline.report.exports import write_exports
from pipeline.report.guess import mark_as_text, without_formula
from pipeline.sources.metadata import ORIGIN
from pipeline.tables import BY_NAME, INTEGER, NUMBER, STRING, TABLES
from tests.examples import examples
from tests.report.conftest import RUN, make_frames
from tests.report.readers import guess_column, with_formula
from tests.report.workbook_faults import find_faults

ATTACKS = (
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    " =1",
    "＝1",
    '=HYPERLINK("http://x","<b>")',
    "=cmd|' /C calc'!A0",
)
RUNS = re.compile(r"\s*[=+\-@＝＋－＠]|[\t\r\n]")
odd_text = st.text() | st.builds(
    str.__add__, st.sampled_from(["=", "+", "-", "@", "\t", "\r", "\n", "'", "''", " =", "'="]), st.text()
)
spellings = odd_text | st.sampled_from(
    ["", "nan", "NA", "null", "True", "1", "-1", "1e5", "2026-01-02", "00012", '"', "a,b"]
)


@given(odd_text)
def test_an_apostrophe_is_put_before_a_formula_and_can_be_taken_away_again(text):
    assert not RUNS.match(without_formula(text))
    assert with_formula(without_formula(text)) == text
    assert without_formula(text) in (text, f"'{text}")


@given(st.lists(spellings, unique=True))
def test_no_two_texts_become_one(texts):
    assert len({without_formula(text) for text in texts}) == len(texts)
    assert len({mark_as_text(text, "genre-") for text in texts}) == len(texts)


@pytest.mark.parametrize(
    "text", ["'Til Tuesday", "Ke$ha", "AC/DC", "a-ha", "1=1", "'", "''", "…And You Will Know Us", "!!!", "Ω"]
)
def test_other_text_stays_as_it_is(text):
    assert without_formula(text) == text


optional_numbers = (
    st.none() | st.just(float("nan")) | st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(2**53), 2**53)
)
rows = st.tuples(
    spellings,
    spellings,
    st.none() | spellings,
    optional_numbers,
    st.none() | st.integers(-(2**63), 2**63 - 1),
    st.booleans(),
)


@examples(60)
@given(st.lists(rows, min_size=1, max_size=8))
def test_whatever_is_written_is_read_back_as_it_was_and_guessed_as_it_is_declared(tmp_path_factory, written):
    table = BY_NAME["tracks"]
    track_ids, genres, titles, numbers, integers, held = zip(*written, strict=True)
    frame = pd.DataFrame(
        {"run_id": RUN, "dataset": "d", "track_id": track_ids, "genre": genres, "artist": titles, "title": titles,
         "style": None,         **dict.fromkeys(ORIGIN),
         "duration_s": pd.Series(numbers, dtype=object), "sample_rate_hz": pd.array(integers, dtype="Int64"),
         "channels": None, "holdout": held, "predefined_split": genres, "duplicate_of": track_ids,
         "same_recording_as": track_ids, "same_recording_by": None}
    )  # fmt: skip
    path = tmp_path_factory.mktemp("odd") / table.file_name
    conformed = conform(table, frame)
    write_csv(table, conformed, path)
    with open(path, newline="", encoding="utf-8") as handle:
        cells = list(csv.DictReader(handle))
    plain = pd.read_csv(path, keep_default_na=False, na_values=[""], dtype={"title": str})
    assert len(cells) == len(plain) == len(written)
    for row, cell, (track_id, genre, title, number, integer, hold) in zip(
        plain.itertuples(), cells, written, strict=True
    ):
        assert cell["track_id"] == row.track_id == mark_as_text(line_feeds(track_id), "track-")
        assert cell["genre"] == row.genre == mark_as_text(line_feeds(genre), "genre-")
        assert with_formula(cell["title"]) == line_feeds(title or "")
        assert (row.title if title else "") == cell["title"]
        assert (
            (float(cell["duration_s"]) == row.duration_s == number) if is_number(number) else cell["duration_s"] == ""
        )
        assert cell["sample_rate_hz"] == ("" if integer is None else str(integer))
        assert (cell["holdout"] == "TRUE") is bool(row.holdout) is hold
    for name in ("track_id", "genre", "duplicate_of", "predefined_split"):
        assert guess_column(cell[name] for cell in cells) == STRING
    assert guess_column(cell["duration_s"] for cell in cells) in (None, NUMBER)
    assert not any(RUNS.match(cell[c.name]) for cell in cells for c in table.columns if c.kind == STRING)
    back = read_csv(table, path)
    pd.testing.assert_frame_equal(back, conformed.replace({"artist": {"": pd.NA}, "title": {"": pd.NA}}))


def line_feeds(text: str) -> str:
    """Return the text with the three changes that every export makes."""
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "�")


def is_number(value) -> bool:
    return value is not None and not np.isnan(value)


@pytest.fixture(scope="module")
def attacked(tmp_path_factory):
    """Return a folder of exports of music whose every name is a formula."""
    frames = make_frames(genres=ATTACKS[:3], dataset="=d")
    names = {f"{i:05d}": f"{text}/song.wav" for i, text in enumerate(ATTACKS)}
    for frame in frames.values():
        for column in {"track_id"} & set(frame.columns):
            frame[column] = frame[column].map(names)
    frames["tracks"] = frames["tracks"].assign(artist=ATTACKS[-6:], title=ATTACKS[:6], predefined_split="@train")
    frames["rejects"] = frames["rejects"].assign(path="-a.wav", detail="=1")
    frames["features"] = frames["features"].rename(columns={"tempo": "=tempo", "rolloff_mean": "-1"})
    for name in ("feature_profile", "feature_importance"):
        frames[name] = frames[name].replace({"feature": {"tempo": "=tempo", "rolloff_mean": "-1"}})
    frames["data_quality"] = frames["data_quality"].assign(detail="=1+1: </script><b>x</b>")
    folder = tmp_path_factory.mktemp("attacked")
    return write_exports(frames, folder, RUN).folder


def cells_of(folder, table):
    with open(folder / table.file_name, newline="", encoding="utf-8") as handle:
        return list(csv.DictReader(handle))


def test_no_cell_of_text_and_no_header_of_any_table_is_a_formula(attacked):
    for table in TABLES:
        for row in cells_of(attacked, table):
            for name, cell in row.items():
                assert not RUNS.match(name)
                assert table.column(name).kind in (NUMBER, INTEGER) or not RUNS.match(cell), (table.name, name, cell)


def test_negative_numbers_stay_numbers(attacked):
    assert {row["difference"] for row in cells_of(attacked, BY_NAME["model_comparisons"])} == {"-0.25"}
    features = pd.read_csv(attacked / "features.csv")
    assert features["feature--1"].min() == -1.5e300


def test_what_is_an_artist_and_a_title_can_be_had_back(attacked):
    tracks = cells_of(attacked, BY_NAME["tracks"])
    assert [with_formula(row["title"]) for row in tracks] == [line_feeds(text) for text in ATTACKS[:6]]
    assert {row["artist"] for row in tracks if "HYPERLINK" in row["artist"]} == {'\'=HYPERLINK("http://x","<b>")'}


def test_the_set_is_still_a_valid_package_with_all_keys_and_complete(attacked):
    report = frictionless.Package(str(attacked / "schema.json")).validate()
    assert report.flatten(["name", "type", "note"]) == []
    package = read_package(attacked)
    assert changed_files(attacked, package) == []
    assert "apostrophe" in package["description"]
    held = {row["track_id"] for row in cells_of(attacked, BY_NAME["holdout_predictions"])}
    assert held <= {row["track_id"] for row in cells_of(attacked, BY_NAME["tracks"])}


def test_a_feature_is_named_alike_as_a_column_and_as_a_value(attacked):
    named = {row["feature"] for row in cells_of(attacked, BY_NAME["feature_profile"])}
    assert named == {"feature-=tempo", "feature--1"}
    assert named <= set(cells_of(attacked, BY_NAME["features"])[0])


def test_the_workbook_holds_together_and_the_extract_has_the_very_texts_of_the_csvs(attacked):
    headers = {table.file_name: list(cells_of(attacked, table)[0]) for table in TABLES}
    assert find_faults((attacked / "genrelab.twb").read_bytes(), headers) == []
    extract = pytest.importorskip("tests.report.test_hyper", reason="Tableau's engine has no build for this machine")
    tables = extract.read_hyper(attacked / "genrelab.hyper")
    for table in TABLES:
        assert tables[table.name][1] == extract.read_rows(attacked, table), table.name


def test_the_preview_holds_no_tag_that_a_name_brought(attacked):
    page = (attacked / "dashboard.html").read_text(encoding="utf-8")
    assert "<b>x</b>" not in page
    assert '"http://x","<b>"' not in page


def test_runs_are_appended_to_each_other_without_a_second_apostrophe(attacked, tmp_path):
    frames = make_frames("run-1")
    frames["tracks"]["title"] = "=1+1"
    write_exports(frames, tmp_path, "run-1")
    write_exports(make_frames("run-2"), tmp_path, "run-2", append=True)
    titles = {row["title"] for row in cells_of(tmp_path, BY_NAME["tracks"]) if row["run_id"] == "run-1"}
    assert titles == {"'=1+1"}
