"""The set of exports: what is in it, how runs are kept together, what is said of a sample."""

import json
import os
import shutil
from dataclasses import replace

import frictionless
import pandas as pd
import pytest

from pipeline.errors import InputError
from pipeline.report import exports
from pipeline.report.csv_export import ExportError, conform, read_csv
from pipeline.report.datapackage import changed_files, read_package
from pipeline.report.exports import Export, write_exports
from pipeline.tables import BY_NAME, GENRE_PAIRS, TABLES
from tests.report.conftest import GENRES, RUN, make_frames
from tests.report.workbook_faults import find_faults


def table(folder, name):
    return read_csv(BY_NAME[name], folder / BY_NAME[name].file_name)


def write_tables(frames, folder, run_id, **options) -> Export:
    """Write a set as `write_exports` does, but for the extract, workbooks and preview, which take most of its time."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(exports, "_write_others", lambda frames, scratch, folder: ([], []))
        return write_exports(frames, folder, run_id, **options)


def faults(folder):
    """Return what frictionless finds wrong with a folder of exports: table, kind and note of each fault."""
    report = frictionless.Package(str(folder / "schema.json")).validate()
    assert [task.name for task in report.tasks][: len(TABLES)] == list(BY_NAME)
    return noted(report)


def faults_of(name, folder):
    """Return the same of a table and of those that its keys refer to, to spare the time of all others."""
    package = json.loads((folder / "schema.json").read_text())
    resources = {resource["name"]: resource for resource in package["resources"]}
    asked = [name]
    for each in asked:  # grows while it is read
        referred = [key["reference"]["resource"] for key in resources[each]["schema"].get("foreignKeys", [])]
        asked += [other for other in dict.fromkeys(referred) if other not in asked]
    described = {**package, "resources": [resources[each] for each in asked]}
    report = frictionless.Package.from_descriptor(described, basepath=str(folder)).validate()
    assert [task.name for task in report.tasks] == asked
    return noted(report)


def noted(report):
    return [(task.name, error.type, error.note) for task in report.tasks for error in task.errors] + report.errors


def test_a_set_is_tables_extract_workbooks_preview_and_their_description(written):
    others = ["genrelab.hyper", "genrelab.twb", "genrelab.twbx", "dashboard.html", "schema.json"]
    assert written.files == [*(table.file_name for table in TABLES), *others]
    assert sorted(os.listdir(written.folder)) == sorted(written.files)
    assert written.remarks == []
    assert changed_files(written.folder, read_package(written.folder)) == []


def test_the_set_is_a_valid_data_package(written):
    assert faults(written.folder) == []


def test_every_column_is_described_with_type_and_meaning_and_numbers_of_a_unit_with_theirs(written):
    for resource in read_package(written.folder)["resources"][: len(TABLES)]:
        declared = BY_NAME[resource["name"]]
        fields = {field["name"]: field for field in resource["schema"]["fields"]}
        assert resource["schema"].get("primaryKey", []) == list(declared.key)
        for name, field in fields.items():
            column = declared.column(name)
            assert (field["type"], field["description"]) == (column.kind, column.meaning)
            constraints = field.get("constraints", {})
            assert constraints.get("required", False) == column.required
            assert tuple(constraints.get("enum", ())) == column.values
            assert constraints.get("minimum") == column.minimum
            assert field.get("unit", "") == column.unit or column.pattern
    resources = {resource["name"]: resource for resource in read_package(written.folder)["resources"]}
    features = {field["name"]: field for field in resources["features"]["schema"]["fields"]}
    assert features["tempo"]["unit"] == "beats per minute"
    assert features["rolloff_mean"]["unit"] == "Hz"
    assert "unit" not in features["run_id"]


@pytest.mark.parametrize(
    ("name", "old", "new", "fault"),
    [
        ("holdout_predictions", "track-00001", "track-99999", "foreign-key"),
        ("features", "track-00001", "track-99999", "foreign-key"),
        ("scores", RUN, "run-unknown", "foreign-key"),
        ("tracks", "track-00001", "track-00000", "primary-key"),
        ("tracks", "22050", "high", "type-error"),
        ("tracks", "TRUE", "yes", "type-error"),
        ("scores", "holdout", "kept", "constraint-error"),
        ("scores", ",30.0,", ",-30.0,", "constraint-error"),
    ],
)
def test_the_schema_finds_what_is_wrong(written, tmp_path, name, old, new, fault):
    folder = tmp_path / "exports"
    shutil.copytree(written.folder, folder)
    path = folder / f"{name}.csv"
    path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    package = json.loads((folder / "schema.json").read_text())
    for resource in package["resources"]:
        resource.pop("hash", None)
        resource.pop("bytes", None)
    (folder / "schema.json").write_text(json.dumps(package))
    assert (name, fault) in {found[:2] for found in faults_of(name, folder)}


def test_a_table_that_does_not_fit_leaves_the_set_before_it(tmp_path):
    write_tables(make_frames(), tmp_path, RUN)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    frames = make_frames("run-2")
    frames["data_quality"] = frames["data_quality"].drop(columns="status")
    with pytest.raises(ExportError, match="columns missing"):
        write_exports(frames, tmp_path, "run-2")
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_without_append_the_set_is_the_latest_runs(tmp_path):
    write_tables(make_frames("run-1"), tmp_path, "run-1")
    write_tables(make_frames("run-2"), tmp_path, "run-2")
    for declared in TABLES:
        assert set(table(tmp_path, declared.name)["run_id"]) == {"run-2"}


def test_append_keeps_earlier_runs_and_replaces_the_rows_of_the_same_run(tmp_path):
    write_tables(make_frames("run-1"), tmp_path, "run-1")
    write_tables(make_frames("run-2", n_tracks=5), tmp_path, "run-2", append=True)
    export = write_exports(make_frames("run-2", n_tracks=4), tmp_path, "run-2", append=True)
    assert export.remarks == ["kept the rows of 1 earlier run"]
    assert table(tmp_path, "tracks").groupby("run_id").size().to_dict() == {"run-1": 6, "run-2": 4}
    assert export.n_rows["tracks"] == 10
    assert faults(tmp_path) == []
    for declared in TABLES:
        rows = table(tmp_path, declared.name)
        one, two = (rows[rows["run_id"] == run].reset_index(drop=True) for run in ("run-1", "run-2"))
        assert min(len(one), len(two)) > 0, declared.name
        if declared.name not in ("tracks", "features"):
            pd.testing.assert_frame_equal(one.drop(columns="run_id"), two.drop(columns="run_id"))


def test_runs_of_other_datasets_and_features_stand_side_by_side_with_empty_cells(tmp_path):
    write_tables(make_frames("run-1"), tmp_path, "run-1")
    frames = make_frames("run-2", genres=("pop", "ska", "dub"), dataset="other")
    frames["features"] = frames["features"].rename(columns={"tempo": "energy"})
    frames["rejects"] = frames["rejects"].iloc[:0]
    write_tables(frames, tmp_path, "run-2", append=True)
    features = table(tmp_path, "features")
    assert list(features.columns[-3:]) == ["tempo", "rolloff_mean", "energy"]
    assert features.groupby("run_id")[["tempo", "energy"]].count().to_numpy().tolist() == [[6, 0], [0, 6]]
    assert set(table(tmp_path, "tracks")["genre"]) == {"genre-1990", *GENRES[1:], "pop", "ska", "dub"}
    assert faults(tmp_path) == []


def test_a_run_of_before_a_column_was_declared_is_kept_with_empty_cells(tmp_path, monkeypatch):
    later, frames = ["genre_a", "genre_b"], make_frames("run-1")
    columns = tuple(column for column in GENRE_PAIRS.columns if column.name not in later)
    frames["genre_pairs"] = frames["genre_pairs"].drop(columns=later)
    with monkeypatch.context() as before:
        before.setitem(BY_NAME, "genre_pairs", replace(GENRE_PAIRS, columns=columns))
        write_tables(frames, tmp_path, "run-1")
    write_tables(make_frames("run-2"), tmp_path, "run-2", append=True)
    named = table(tmp_path, "genre_pairs").groupby("run_id")[later].count()
    assert named.to_numpy().tolist() == [[0, 0], [4, 4]]
    assert faults_of("genre_pairs", tmp_path) == []


def test_appending_to_nothing_is_a_first_export(tmp_path):
    export = write_tables(make_frames(), tmp_path / "new", RUN, append=True)
    assert export.remarks == ["kept the rows of 0 earlier runs"]


def test_a_set_that_was_changed_by_hand_is_not_appended_to(tmp_path):
    write_tables(make_frames("run-1"), tmp_path, "run-1")
    with open(tmp_path / "scores.csv", "a") as handle:
        handle.write("mine\n")
    with pytest.raises(InputError, match=r"scores.csv is not as it was written; export without --append"):
        write_exports(make_frames("run-2"), tmp_path, "run-2", append=True)


def test_a_sample_of_the_features_says_so_in_the_schema_and_to_the_caller(tmp_path):
    export = write_tables(make_frames(), tmp_path, RUN, features_sample=4)
    said = f"of run {RUN} a random sample of 4 of 6 segments"
    assert export.remarks == [f"features.csv: {said}"]
    (features,) = (part for part in read_package(tmp_path)["resources"] if part["name"] == "features")
    assert features["description"] == f"one row per segment; {said}"
    sampled = table(tmp_path, "features")
    assert len(sampled) == 4
    assert sampled["track_id"].is_monotonic_increasing
    assert faults_of("features", tmp_path) == []


def test_the_samples_of_earlier_runs_are_still_told_of(tmp_path):
    write_tables(make_frames("run-1"), tmp_path, "run-1", features_sample=4)
    write_tables(make_frames("run-2"), tmp_path, "run-2", append=True, features_sample=3)
    (features,) = (part for part in read_package(tmp_path)["resources"] if part["name"] == "features")
    said = [
        "one row per segment",
        *(f"of run run-{i} a random sample of {n} of 6 segments" for i, n in ((1, 4), (2, 3))),
    ]
    assert features["description"] == "; ".join(said)
    write_tables(make_frames("run-1"), tmp_path, "run-1", append=True)
    (features,) = (part for part in read_package(tmp_path)["resources"] if part["name"] == "features")
    assert features["description"] == "; ".join((said[0], said[2]))


@pytest.mark.parametrize("limit", [6, 100, 0])
def test_a_limit_that_takes_nothing_away_is_not_spoken_of(tmp_path, limit):
    export = write_tables(make_frames(), tmp_path, RUN, features_sample=limit)
    assert (export.remarks, export.n_rows["features"]) == ([], 6)


def test_a_run_that_went_no_further_than_the_catalogue_is_exported_all_the_same(tmp_path):
    frames = make_frames()
    kept = {"runs", "tracks", "rejects", "features", "data_quality"}
    for name in frames.keys() - kept:
        columns = [column.name for column in BY_NAME[name].columns if not column.pattern]
        frames[name] = pd.DataFrame(columns=columns)
    write_exports(frames, tmp_path, RUN)
    assert faults(tmp_path) == []


def test_names_of_any_characters_reach_every_file(tmp_path):
    frames = make_frames(genres=("a\x01b", "naïve 'q' \"d\" \\", "<&>]]>\r\n x\t"))
    frames["tracks"]["title"] = ["nul\0", "\x1b[0m", "a\rb", "\u202ertl", "😀", '"']
    odd = {"tempo": "x]y [z]\n'q\" \\ \x02"}
    frames["features"] = frames["features"].rename(columns=odd)
    frames["feature_profile"] = frames["feature_profile"].replace({"feature": odd})
    write_exports(frames, tmp_path, RUN)
    assert faults(tmp_path) == []
    tables = {declared.name: table(tmp_path, declared.name) for declared in TABLES}
    headers = {BY_NAME[name].file_name: list(rows.columns) for name, rows in tables.items()}
    assert find_faults((tmp_path / "genrelab.twb").read_bytes(), headers) == []
    assert tables["tracks"]["title"].tolist() == ["nul\ufffd", "\x1b[0m", "a\nb", "\u202ertl", "😀", '"']
    for name, rows in tables.items():
        pd.testing.assert_frame_equal(rows, conform(BY_NAME[name], frames[name]), obj=name)


def test_the_same_run_gives_the_same_bytes_but_for_the_extract(written, tmp_path):
    write_exports(make_frames(), tmp_path, RUN)
    same = {path.name for path in tmp_path.iterdir()} - {"genrelab.hyper", "genrelab.twb", "schema.json"}
    assert len(same) == len(TABLES) + 2
    for name in same:
        assert (tmp_path / name).read_bytes() == (written.folder / name).read_bytes(), name


def test_very_many_segments_are_a_told_sample_unless_more_are_asked_for(tmp_path, monkeypatch):
    monkeypatch.setattr("pipeline.report.exports.MOST_FEATURES", 4)
    export = write_tables(make_frames(), tmp_path, RUN)
    assert export.remarks == [f"features.csv: of run {RUN} a random sample of 4 of 6 segments"]
    assert write_tables(make_frames(), tmp_path, RUN, features_sample=6).n_rows["features"] == 6
