"""No password gets out: not on the screen, into a log, a notebook, its page, an export, or the database."""

import html
import os
import subprocess
import sys
import zipfile
from pathlib import Path
from urllib.parse import quote_plus

import bson
import pytest
from pymongo import MongoClient

from pipeline.settings import NOTEBOOKS_DIR, PROJECT_DIR
from pipeline.store.schema import load_schema
from tests.patience import HANG_S, lives, until
from tests.store.guarded import CORE, NASTY, TELLING, database_of, guarded_server, telling_uri, uri_of


def holds_secret(content: bytes) -> bool:
    return CORE.encode() in content


def files_of(folder):
    """Yield the name and bytes of every file, and of what is packed in one."""
    for path in folder.rglob("*"):
        if path.is_file():
            yield path.name, path.read_bytes()
            if zipfile.is_zipfile(path):
                with zipfile.ZipFile(path) as archive:
                    yield from ((f"{path.name}/{name}", archive.read(name)) for name in archive.namelist())


def test_no_quoting_hides_a_password_from_these_tests():
    assert holds_secret(bson.encode({"uri": uri_of("writer", "host")}))
    for written in (NASTY, quote_plus(NASTY), repr(NASTY), html.escape(NASTY)):
        assert holds_secret(written.encode())


def test_a_command_shows_its_server_without_the_password(resumed):
    assert resumed.done.returncode == 0, resumed.done.stderr
    assert not holds_secret((resumed.done.stdout + resumed.done.stderr).encode())


@pytest.mark.parametrize("kind", ["runs", "exports"])
def test_no_notebook_page_or_export_holds_it(resumed, kind):
    found = dict(files_of(getattr(resumed, kind)))
    assert len(found) >= {"runs": 2, "exports": 15}[kind]
    assert [name for name, content in found.items() if holds_secret(content)] == []


def test_no_document_holds_it(resumed):
    with database_of("admin", resumed.host) as database:
        names = database.list_collection_names()
        assert {"runs", "datasets", "artefacts.files"} <= set(names)
        for name in names:
            assert not any(holds_secret(bson.encode(document)) for document in database[name].find()), name


def test_no_file_of_the_home_holds_it(resumed):
    home = Path(os.environ["GENRELAB_HOME"])
    logs = {path.name: path.read_bytes() for path in home.rglob("*.log*")}
    assert [name for name, content in logs.items() if holds_secret(content)] == []


@pytest.fixture
def table(tmp_path):
    table = tmp_path / "table.csv"
    table.write_text("filename,a,label\n" + "".join(f"t{i}.wav,{i},{'ab'[i % 2]}\n" for i in range(20)))
    return table


def environment(tmp_path, host: str) -> dict[str, str]:
    folders = {f"GENRELAB_{name}": str(tmp_path / name.lower()) for name in ("RUNS", "EXPORTS")}
    return os.environ | {"MONGODB_URI": telling_uri(host), "GENRELAB_PATIENCE_S": "0"} | folders


def shown_in(content: bytes) -> list[str]:
    return [word for word in TELLING if word.encode() in content]


@pytest.mark.faults
def test_a_server_that_vanishes_in_the_middle_of_a_stage_takes_every_part_of_its_uri_with_it(tmp_path, table):
    with guarded_server() as server:
        command = [sys.executable, "-m", "pipeline", "run", "--table", str(table), "--to", "explore"]
        run = subprocess.Popen(
            command, cwd=PROJECT_DIR, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            env=environment(tmp_path, server.host),
        )  # fmt: skip
        try:
            with MongoClient(telling_uri(server.host)) as client:
                until(client[TELLING[1]]["tracks"].find_one, alive=lives(run))
            server.process.kill()
            told, _ = run.communicate(timeout=HANG_S)
        finally:
            run.kill()
    assert run.returncode not in (0, None)
    assert b"genrelab: " in told
    assert shown_in(told) == []
    found = dict(files_of(tmp_path))
    assert b'"ename"' in found["01_catalogue.ipynb"], "the notebook ended before the server did"
    assert [(name, word) for name, content in found.items() for word in shown_in(content)] == []


@pytest.mark.faults
def test_a_refusal_in_the_middle_of_a_run_is_shown_and_recorded_without_a_part(tmp_path, table):
    """The server's own words name the database, and the command with all that is in it."""
    with guarded_server() as server, MongoClient(f"mongodb://root:root@{server.host}/") as client:
        database = TELLING[1]
        everywhere = ["find", "listCollections", "listIndexes", "createCollection", "createIndex", "update", "remove"]
        roles = [{"resource": {"db": database, "collection": ""}, "actions": everywhere}]
        roles += [
            {"resource": {"db": database, "collection": name}, "actions": ["insert"]}
            for name in load_schema().keys() - {"results"}
        ]
        client[database].command("createRole", "but results", privileges=roles, roles=[])
        client.admin.command("updateUser", TELLING[0], roles=[{"role": "but results", "db": database}])
        command = [sys.executable, "-m", "pipeline", "run", "--table", str(table), "--to", "explore"]
        done = subprocess.run(command, cwd=PROJECT_DIR, env=environment(tmp_path, server.host), capture_output=True)
        [run] = client[database]["runs"].find()
    told = done.stdout + done.stderr
    assert done.returncode == 1, told
    assert b"the user may not insert in the database that MONGODB_URI names" in told
    assert (run["status"], shown_in(bson.encode(run))) == ("failed", [])
    assert "the user may not insert" in run["error"]
    assert shown_in(told) == []
    found = dict(files_of(tmp_path))
    assert b"the user may not insert" in found["03_explore.ipynb"]
    assert b"the user may not insert" in found["03_explore.html"]
    assert [(name, word) for name, content in found.items() for word in shown_in(content)] == []


@pytest.mark.parametrize(
    "uri",
    [
        "mongodb://user27182:p/{0}+=@127.0.0.1:1/data16180",
        pytest.param("mongodb://127.0.0.1/?app14142={0}", marks=pytest.mark.faults),
    ],
)
def test_a_notebook_run_by_papermill_alone_keeps_no_part_of_a_uri_that_is_none(tmp_path, uri):
    command = [sys.executable, "-m", "papermill", NOTEBOOKS_DIR / "01_catalogue.ipynb", tmp_path / "out.ipynb"]
    done = subprocess.run(
        list(map(str, command)),
        env=os.environ | {"MONGODB_URI": uri.format(CORE)},
        cwd=PROJECT_DIR,
        capture_output=True,
    )
    assert b"MONGODB_URI is not usable" in (tmp_path / "out.ipynb").read_bytes()
    assert shown_in((tmp_path / "out.ipynb").read_bytes()) == []
    assert shown_in(done.stdout + done.stderr) == []
