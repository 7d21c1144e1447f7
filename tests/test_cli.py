"""The command line: what is wrong with an input is one line and status 2, before anything is started."""

import json
import os
import resource
import shutil
from pathlib import Path

import pytest

from pipeline import __version__
from pipeline.dataset_name import name_dataset
from pipeline.errors import InputError
from pipeline.report import write_exports
from pipeline.settings import PROJECT_DIR, get_settings
from pipeline.store.connection import connected
from pipeline.tables import TABLES
from tests.conftest import Told
from tests.finished import finished_run
from tests.report.conftest import RUN, make_frames

N_FILES = len(TABLES) + 4
"""Of a set of exports, its description aside."""

EMPTY = "the database is empty: the first `genrelab run` fills it"
TABLE = "filename,x_mean,x_var,genre\na.wav,1,2,jazz\nb.wav,3,4,rock\n"


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "few.csv"
    path.write_text(TABLE)
    return path


def assert_one_line(told: Told, *words: str) -> None:
    assert told.status == 2
    assert told.out == ""
    assert len(told.err.splitlines()) == 1, told.err
    assert told.err.startswith("genrelab: ")
    for word in words:
        assert word in told.err


def fail_with(error: Exception):
    def fail(*_, **__):
        raise error

    return fail


def test_no_memory_is_one_line(main, monkeypatch):
    monkeypatch.setattr("pipeline.cli.db.server_uri", fail_with(MemoryError()))
    told = main("db", "uri")
    assert (told.status, told.err) == (
        1, "genrelab: no memory is left: close other programs, or raise a limit on memory (ulimit -v)\n",
    )  # fmt: skip


def test_a_limit_on_memory_is_named_beside_a_fault_that_may_come_of_it(main, monkeypatch):
    monkeypatch.setattr("pipeline.cli.db.server_uri", fail_with(OSError("cannot load lib.so")))
    assert "ulimit" not in main("db", "uri").err
    before = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (2**44, before[1]))
    try:
        told = main("db", "uri")
    finally:
        resource.setrlimit(resource.RLIMIT_AS, before)
    assert told.status == 1
    assert "OSError: cannot load lib.so\ngenrelab: 16777216 MiB of memory are allowed here (ulimit -v)" in told.err


def test_help_names_every_command(genrelab):
    done = genrelab("--help")
    assert done.returncode == 0
    for command in ("run", "serve", "lab", "exports", "db", "doctor"):
        assert f" {command} " in done.stdout


def test_the_module_is_the_same_program_as_the_script(genrelab):
    assert genrelab("--version").stdout == f"{__version__}\n"


@pytest.mark.parametrize("command", [(), ("db",), ("exports",)])
def test_no_command_shows_the_help(main, command):
    told = main(*command)
    assert told.status == 2
    assert "Commands" in told.out


@pytest.mark.parametrize("command", ["run", "serve", "lab", "exports", "db", "doctor"])
def test_every_command_has_a_help(main, command):
    told = main(command, "--help")
    assert told.status == 0
    assert "Usage" in told.out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ("--audio /no/such/folder", ["--audio '/no/such/folder' does not exist, or is not a folder"]),
        ("--audio FILE", ["is not a folder"]),
        ("--table /no/such.csv", ["--table '/no/such.csv' does not exist, or is not a file"]),
        ("--table FOLDER", ["is not a file"]),
        ("--metadata /no/such.csv", ["--metadata '/no/such.csv' does not exist"]),
        ("--audio FOLDER --table FILE", ["--audio or --table, not both"]),
        ("--windows 0", ["--windows '0'", "0.5 to 30"]),
        ("--subgroups mood", ["--subgroups 'mood'", "country, region, culture, decade"]),
        ("--multilabel all", ["--multilabel 'all' must be one of first, drop"]),
        ("--horse maybe", ["--horse 'maybe'", "auto, on or off"]),
        ("--table FILE --windows 3,5 --excerpts all", ["--windows, --excerpts is for audio: the rows of --table are"]),
        (
            "--audio FOLDER --leave-out x --id-column y",
            ["--id-column, --leave-out is for a table of features, which --audio"],
        ),
        ("--windows abc", ["--windows 'abc'", "like 30,3"]),
        ("--windows 60", ["--windows '60'"]),
        ("--windows ,", ["--windows ','"]),
        ("--windows nan", ["--windows 'nan'"]),
        ("--windows inf", ["--windows 'inf'"]),
        ("--features mel", ["--features 'mel'", "no feature set 'mel'", "there are: spectral-v1"]),
        ("--features spectral-v1,mel", ["no feature set 'mel'"]),
        ("--features ,", ["--features ','", "give a feature set", "spectral-v1"]),
        ("--features melspec --to 1", ["no feature set 'melspec'"]),
        ("--holdout 1", ["--holdout 1 must be at least 0 and below 1"]),
        ("--holdout -0.1", ["--holdout -0.1"]),
        ("--holdout nan", ["--holdout nan"]),
        ("--holdout ten", ["--holdout"]),
        ("--split nonsense", ["--split 'nonsense'", "random", "track"]),
        ("--seed one", ["--seed"]),
        ("--jobs -1", ["--jobs"]),
        ("--from nowhere", ["--from 'nowhere'", "01_catalogue", "07_export"]),
        ("--to 8", ["--to '8'", "07_export"]),
        ("--from 5 --to 02_extract", ["--from 5 comes after --to 02_extract"]),
        ("--from compare --dataset unheard", ["dataset 'unheard' has no run to resume", "without --from"]),
        ("--from 4 --windows 10 --dataset unheard", ["--windows changes nothing from stage '4' on"]),
        ("-p unknown=1", ["no notebook of this run has a parameter 'unknown'", "k_max"]),
        ("-p k_max=3 --to 2", ["no notebook of this run has a parameter 'k_max'"]),
        ("-p seed=abc", ["parameter 'seed' must be a whole number, not 'abc'"]),
        ("-p seed=1.5", ["must be a whole number"]),
        ("--seed 9223372036854775808", ["seed 9223372036854775808 must be at most 9223372036854775807"]),
        ("--to 2 --features-sample 99999999999999999999999", ["features_sample 9999", "must be at most"]),
        ("-p repeats=9223372036854775808", ["repeats 9223372036854775808 must be at most"]),
        ("-p k_max=0", ["k_max 0 must be at least 1"]),
        ("--answers FILE", ["--answers", "can't be read"]),
        ("-p seed", ["'seed' is not NAME=VALUE"]),
        ("-p dataset=other", ["--dataset"]),
        ("-p run_id=other", ["run itself"]),
        ("--features-sample -1", ["--features-sample"]),
        ("--no-such-option", ["No such option", "genrelab run --help"]),
        ("surplus", ["surplus", "genrelab run --help"]),
        ("--table", ["--table", "requires an argument"]),
    ],
)
def test_a_wrong_option_is_one_line(main, tmp_path, table, arguments, words):
    names = {"FILE": str(table), "FOLDER": str(tmp_path)}
    assert_one_line(main("run", *(names.get(part, part) for part in arguments.split())), *words)


def test_a_wrong_command_is_one_line(main):
    assert_one_line(main("runn"), "No such command 'runn'. Did you mean 'run', ", "See `")
    assert_one_line(main("db", "begin"), "No such command 'begin'", "genrelab db --help")


@pytest.mark.parametrize("name", ["../music", "a/b", "a\\b", "two\nlines", "tab\tbed", " ", "\0", "x" * 101])
def test_a_dataset_name_that_is_a_path_or_unprintable_is_one_line(main, name):
    assert_one_line(main("run", "--dataset", name), "dataset", "is no name")


@pytest.mark.parametrize(
    ("given", "source", "name"),
    [
        ("", ("", ""), ""),
        ("", ("/music/My Songs", ""), "My Songs"),
        ("", ("/data/gtzan/genres", ""), "gtzan"),
        ("", ("/data/gtzan/genres_original/", ""), "gtzan"),
        ("", ("", "/data/six_second.segments.csv"), "six_second.segments"),
        ("Müsli ♫ & co", ("/music", ""), "Müsli ♫ & co"),
        ("  padded ", ("/music", ""), "padded"),
        ("Mu\N{COMBINING DIAERESIS}sli", ("/music", ""), "M\N{LATIN SMALL LETTER U WITH DIAERESIS}sli"),
    ],
)
def test_a_dataset_has_the_name_given_else_that_of_its_source(given, source, name):
    assert name_dataset(given, *source) == name


def test_music_is_not_mixed_into_the_demo_corpus(main, tmp_path):
    (tmp_path / "demo").mkdir()
    assert_one_line(main("run", "--audio", tmp_path / "demo"), "synthetic corpus", "another name")


def test_a_folder_for_exports_that_cannot_be_is_found_before_the_first_stage(main, table):
    told = main("run", "--table", table, "--dataset", "never", "--exports", table / "below")
    assert_one_line(told, f"can't write to --exports '{table}/below'")
    with connected(get_settings()) as database:
        assert database["runs"].find_one({"dataset": "never"}) is None


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    return write_exports(make_frames(), tmp_path_factory.mktemp("written"), RUN).folder


@pytest.fixture
def exported(written, tmp_path):
    """Return a folder with a set of exports."""
    return shutil.copytree(written, tmp_path / "exports")


def test_a_set_of_exports_is_checked_and_its_workbook_bound_to_where_it_lies(main, exported):
    told = main("exports", "check", exported)
    assert (told.status, told.out) == (0, f"complete: {N_FILES} files of run {RUN}\n")
    elsewhere = exported.rename(exported.with_name("elsewhere"))
    told = main("exports", "relocate", elsewhere)
    assert (told.status, told.out) == (0, f"genrelab.twb reads the CSVs in {elsewhere}\n")
    assert main("exports", "check", elsewhere).status == 0


def test_an_export_that_was_killed_is_finished_by_the_check(main, exported):
    complete = exported / ".complete"
    complete.mkdir()
    for name in ("scores.csv", "schema.json"):
        (exported / name).rename(complete / name)
    told = main("exports", "check", exported)
    assert (told.status, told.out) == (0, f"finished, and complete: {N_FILES} files of run {RUN}\n")


def test_what_is_wrong_with_a_folder_of_exports_is_one_line(main, exported, tmp_path):
    (exported / "scores.csv").write_text("mine")
    assert_one_line(main("exports", "check", exported), "scores.csv in", "missing or changed")
    (exported / "schema.json").unlink()
    assert_one_line(main("exports", "check", exported), "there is no export in", "schema.json")
    (exported / "genrelab.twb").unlink()
    assert_one_line(main("exports", "relocate", exported), "there is no workbook (.twb)")
    for command in ("check", "relocate"):
        assert_one_line(main("exports", command, tmp_path / "gone"), "does not exist, or is not a folder")


@pytest.mark.parametrize(
    ("variable", "value"), [("GENRELAB_JOBS", "many"), ("GENRELAB_JOBS", "0"), ("GENRELAB_DEMO_TRACKS", "-1")]
)
def test_a_wrong_variable_is_one_line(main, monkeypatch, variable, value):
    monkeypatch.setenv(variable, value)
    assert_one_line(main("db", "status"), variable)


def test_a_home_that_cannot_be_is_one_line(main, monkeypatch, table):
    monkeypatch.setenv("GENRELAB_HOME", str(table / "home"))
    assert_one_line(main("db", "start"), "GENRELAB_HOME")
    assert_one_line(main("run"), "GENRELAB_HOME")


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("--table", ["no label column", "--label-column", "its columns: filename, x_mean, mood"]),
        ("--audio", ["01_catalogue.ipynb, cell "]),
    ],
)
def test_a_source_without_labels_or_music_is_one_line(main, tmp_path, source, words):
    path = tmp_path / "bare"
    if source == "--table":
        path.write_text("filename,x_mean,mood\na.wav,1,sad\n")
    else:
        (path / "jazz").mkdir(parents=True)
    told = main("run", source, path, "--to", "1")
    said = told.err.splitlines()[-1]
    assert told.status == 2, told.err
    assert "Traceback" not in told.err
    assert said.startswith("genrelab: 01_catalogue.ipynb, cell ")
    for word in words:
        assert word in said


def test_the_server_is_started_told_of_and_stopped(main, new_server, monkeypatch):
    server = new_server()
    monkeypatch.setenv("GENRELAB_HOME", str(server.home))
    assert main("db", "status") == (0, "not running\n", "")
    assert server.process() is None, "asking for the status started it"
    assert list(server.home.iterdir()) == []
    assert main("db", "start") == (0, f"started: {server.uri}\n", "")
    assert main("db", "start") == (0, f"already running: {server.uri}\n", "")
    assert main("db", "status") == (0, f"running: {server.uri} (process {server.process().pid}); {EMPTY}\n", "")
    assert main("db", "stop") == (0, "stopped\n", "")
    assert server.process() is None
    assert main("db", "uri") == (0, f"{server.uri}\n", ""), "the URI starts the server that it names"
    assert server.answers()
    assert main("db", "stop") == (0, "stopped\n", "")
    assert main("db", "stop") == (0, "it was not running\n", "")


def test_the_embedded_server_is_not_started_beside_another(main, monkeypatch):
    monkeypatch.setenv("MONGODB_URI", "mongodb://127.0.0.1:1/")
    assert_one_line(main("db", "start"), "MONGODB_URI is set")


def test_the_doctor_finds_everything_well(genrelab):
    done = genrelab("doctor")
    assert done.returncode == 0, done.stdout
    assert "MISSING" not in done.stdout
    for word in (
        "Python",
        "librosa",
        "MP3",
        "kernel",
        "mongod",
        "MongoDB",
        "exports folder",
        "Tableau extract",
        "recurrent models",
    ):
        assert word in done.stdout


def test_the_doctor_names_what_is_missing_and_how_to_mend_it(genrelab, table):
    done = genrelab("doctor", MONGODB_URI="mongodb://u:hush@127.0.0.1:1/", GENRELAB_EXPORTS=table / "below")
    missing = [line for line in done.stdout.splitlines() if line.startswith("MISSING")]
    assert (done.returncode, done.stderr) == (1, "")
    assert len(missing) == 2
    assert "no MongoDB answers" in missing[0]
    assert "set GENRELAB_EXPORTS" in missing[1]
    assert "hush" not in done.stdout


def test_the_doctor_says_whose_data_are_used_from_the_users_home(genrelab):
    home = Path(os.environ["GENRELAB_HOME"])
    done = genrelab("doctor", HOME=home.parent)
    assert f"ok      project: {PROJECT_DIR}, the checkout that this program runs from\n" in done.stdout
    assert f"ok      home folder: ~/{home.name} (GENRELAB_HOME), " in done.stdout
    assert f"ok      project: ~/{PROJECT_DIR.name}, the checkout" in genrelab("doctor", HOME=PROJECT_DIR.parent).stdout


@pytest.mark.parametrize("below", ["", "notebooks"])
def test_in_a_copy_each_command_says_that_it_works_on_the_originals_data(main, monkeypatch, tmp_path, below):
    for name in ("pipeline/settings.py", "notebooks/01_catalogue.ipynb"):
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).touch()
    monkeypatch.chdir(tmp_path / below)
    told = f"works on the data of {PROJECT_DIR}, not of {tmp_path}: give that its own .venv by `make run` there\n"
    assert main("db", "uri").err == f"genrelab: {told}"
    done = main("doctor")
    assert done.status == 1
    assert f"MISSING project: {told}" in done.out


def test_in_another_folder_no_other_project_is_told_of(main, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    assert main("db", "uri").err == ""


@pytest.mark.parametrize(
    ("options", "share"),
    [([], 0.1), (["--split", "predefined"], 0.0), (["--split", "predefined", "--holdout", "0.2"], 0.2)],
)
def test_nothing_is_held_out_of_a_predefined_split_unless_a_share_is_asked_for(main, monkeypatch, options, share):
    asked = {}

    def note(*given, **_):
        asked.update(given[3])
        raise InputError("noted")

    monkeypatch.setattr("pipeline.runner.run", note)
    assert main("run", "--dataset", "predefined-share", *options).status == 2
    assert asked["holdout"] == share


def test_what_is_in_the_database_is_listed_and_deleted_only_when_asked_twice(main, database):
    run = finished_run(database, "to be deleted")
    listed = json.loads(main("runs", "--dataset", "to be deleted", "--json").out)
    assert [each["run_id"] for each in listed] == [run.run_id]
    assert run.run_id in main("runs").out
    asked = main("runs", "delete", run.run_id)
    assert (asked.status, "--yes" in asked.err) == (2, True)
    assert run.facts
    assert main("runs", "delete", run.run_id, "--yes").out.splitlines()[-1] == "deleted"
    assert json.loads(main("runs", "--dataset", "to be deleted", "--json").out) == []
    for listing in ("datasets", "models"):
        assert isinstance(json.loads(main(listing, "--json").out), list)
