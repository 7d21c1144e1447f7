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

from pipeline.settings import PROJECT_DIR
from tests.patience import HANG_S, lives, until
from tests.store.guarded import CORE, NASTY, database_of, guarded_server, uri_of


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


def test_a_server_that_vanishes_in_the_middle_of_a_stage_takes_its_password_with_it(tmp_path):
    table = tmp_path / "table.csv"
    table.write_text("filename,a,label\n" + "".join(f"t{i}.wav,{i},{'ab'[i % 2]}\n" for i in range(20)))
    with guarded_server() as server:
        command = [sys.executable, "-m", "pipeline", "run", "--table", table, "--to", "explore"]
        environment = {
            "MONGODB_URI": uri_of("admin", server.host),
            "GENRELAB_RUNS": tmp_path / "runs",
            "GENRELAB_PATIENCE_S": 0,
        }
        run = subprocess.Popen(
            [str(part) for part in command], cwd=PROJECT_DIR, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            env=os.environ | {name: str(value) for name, value in environment.items()},
        )  # fmt: skip
        try:
            with database_of("admin", server.host) as database:
                until(database["tracks"].find_one, alive=lives(run))
            server.process.kill()
            told, _ = run.communicate(timeout=HANG_S)
        finally:
            run.kill()
    assert run.returncode not in (0, None)
    assert b"genrelab: " in told
    assert not holds_secret(told)
    found = dict(files_of(tmp_path))
    assert b'"ename"' in found["01_catalogue.ipynb"], "the notebook ended before the server did"
    assert [name for name, content in found.items() if holds_secret(content)] == []
