"""The program as a wheel installs it does the demo job in any folder, and reads nothing of the checkout."""

import json
import re
import shutil
import subprocess
import urllib.request

import nbformat
import pytest

from pipeline.settings import NOTEBOOKS_DIR, PROJECT_DIR
from pipeline.stages import STAGES
from pipeline.tables import TABLES
from tests.patience import HANG_S
from tests.short_music import write_short_music

from .conftest import free_port, said

QUICK = ("--windows", "30", "--models", "knn_3", "-p", "repeats=1")


@pytest.fixture(scope="module")
def ran(genrelab):
    """Return what a run of the demo job said."""
    done = genrelab("run", *QUICK)
    assert done.returncode == 0, done.stderr[-3000:]
    return done


@pytest.fixture
def started(genrelab, tmp_path):
    """Return a function that starts a program of the environment; all end with the test."""
    processes = []

    def start(*command):
        log = tmp_path / f"{len(processes)}.log"
        processes.append(genrelab.start(log, *command))
        return processes[-1], log

    yield start
    for process in processes:
        process.terminate()
        process.wait(HANG_S)


def test_the_guard_sees_what_is_read_from_the_checkout(genrelab):
    for code in (f"open({str(PROJECT_DIR / 'README.md')!r})", f"import os; os.listdir({str(NOTEBOOKS_DIR)!r})"):
        subprocess.run([genrelab.python, "-c", code], env=genrelab.variables(), check=True)
    assert genrelab.notes.read_text().split() == [str(PROJECT_DIR / "README.md"), str(NOTEBOOKS_DIR)]
    genrelab.notes.write_text("")


def test_the_doctor_says_that_the_data_are_in_the_working_directory(genrelab):
    done = genrelab("doctor")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "MISSING" not in done.stdout
    assert f"project: {genrelab.folder}, the working directory; the program is in {genrelab.package}" in done.stdout
    assert f"home folder: {genrelab.folder / '.genrelab'}," in done.stdout


@pytest.mark.faults
def test_a_run_leaves_its_data_in_the_working_directory(genrelab, ran):
    run_id = ran.stdout.split("done: ")[1].split()[0]
    assert f"notebooks: runs/{run_id}\nexports:   exports\n" in ran.stdout
    names = {path.stem for path in (genrelab.folder / "runs" / run_id).glob("*.html")}
    assert names == {"index", "reporting_sheet", *(stage.notebook for stage in STAGES)}
    assert {table.file_name for table in TABLES} <= {path.name for path in (genrelab.folder / "exports").iterdir()}
    assert {path.name for path in genrelab.folder.iterdir()} == {
        *(".genrelab", "exports", "runs"), *("pipeline", "papermill.py", "jupyterlab.py"),
    }  # fmt: skip


@pytest.mark.faults
def test_the_page_answers_for_a_song(genrelab, ran, started):
    port = free_port()
    page, log = started("-P", "-m", "pipeline", "serve", "--port", port)
    said(page, log, rf"(http://127\.0\.0\.1:{port})")
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/") as answer:
        assert b"/static/style.css" in answer.read()
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/api/openapi.json") as answer:
        assert json.load(answer)["openapi"]
    music = genrelab.folder / ".genrelab" / "demo"
    song = next(path for path in music.rglob("*") if path.suffix in (".wav", ".flac"))
    border = "the-end-of-the-song"
    body = f'--{border}\r\nContent-Disposition: form-data; name="song"; filename="a{song.suffix}"\r\n\r\n'.encode()
    body += song.read_bytes() + f"\r\n--{border}--\r\n".encode()
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/api/predict", body, {"Content-Type": f"multipart/form-data; boundary={border}"}
    )
    with urllib.request.urlopen(request) as answer:
        assert json.load(answer)["genres"]


@pytest.mark.faults
def test_no_commit_of_a_repository_that_it_is_used_in_is_taken_for_its_own(genrelab, ran):
    subprocess.run(["git", "init", "--quiet", genrelab.folder], check=True)
    subprocess.run(
        ["git", "-C", genrelab.folder, "-c", "user.name=a", "-c", "user.email=a", "commit", "--quiet", "--allow-empty",
         "-m", "a"],
        check=True,
    )  # fmt: skip
    done = genrelab("run", "--to", "catalogue")
    shutil.rmtree(genrelab.folder / ".git")
    assert done.returncode == 0, done.stderr[-3000:]
    code = "from pipeline.store import connect; print({run['git_commit'] for run in connect()['runs'].find()})"
    command = [genrelab.python, "-P", "-c", code]
    told = subprocess.run(command, cwd=genrelab.folder, env=genrelab.variables(), capture_output=True, text=True)
    assert told.stdout == "{None}\n", told.stderr


def test_a_run_goes_where_the_environment_says_wherever_it_is_started(genrelab, tmp_path):
    for cwd in (genrelab.folder, tmp_path):
        done = genrelab("db", "status", cwd=cwd, GENRELAB_HOME=genrelab.folder / "elsewhere")
        assert (done.stdout, done.stderr) == ("not running\n", "")
    told = genrelab("doctor", GENRELAB_HOME="elsewhere").stdout
    assert f"home folder: {genrelab.folder / 'elsewhere'} (GENRELAB_HOME)," in told


@pytest.mark.faults
def test_a_dask_worker_of_the_wheel_extracts_and_writes(genrelab, ran, started, tmp_path):
    scheduler, log = started("-P", "-m", "dask", "scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard")
    address = said(scheduler, log, r"Scheduler at: +(tcp://\S+)")
    quiet = ("--host", "127.0.0.1", "--no-dashboard", "--nthreads", "1", "--no-nanny")
    worker, log = started("-P", "-m", "dask", "worker", address, *quiet, "--local-directory", genrelab.home)
    said(worker, log, r"(Registered to)")
    music = write_short_music(tmp_path, 4)
    done = genrelab(
        "run", "--audio", music, "--dataset", "cluster", "--windows", "3", "--to", "extract", "--scheduler", address
    )
    assert done.returncode == 0, done.stderr[-3000:]
    assert worker.poll() is None
    run_id = done.stdout.split("done: ")[1].split()[0]
    executed = (genrelab.folder / "runs" / run_id / "02_extract.ipynb").read_text()
    assert re.search(r"extracted [1-9]\d* tracks", executed)


@pytest.mark.faults
def test_jupyterlab_opens_copies_that_its_user_may_change(genrelab, ran, started):
    mine = genrelab.folder / "notebooks" / "02_extract.ipynb"
    mine.parent.mkdir()
    mine.write_text("mine")
    port = free_port()
    lab, log = started("-P", "-m", "pipeline", "lab", "--port", port, "--no-browser")
    said(lab, log, rf"(http://127\.0\.0\.1:{port}/lab\?token=\w+)")
    brought = {path.name for path in NOTEBOOKS_DIR.glob("*.ipynb")}
    assert f"copied {len(brought) - 1} notebooks to {mine.parent}" in log.read_text()
    assert mine.read_text() == "mine"
    assert {path.name for path in mine.parent.glob("*.ipynb")} == brought


@pytest.mark.faults
def test_a_notebook_that_is_run_beside_the_data_works_on_them(genrelab, ran, tmp_path):
    """As JupyterLab or an editor does that was started by hand: the kernel starts in the notebook's folder."""
    notebooks = genrelab.folder / "notebooks"
    notebooks.mkdir(exist_ok=True)
    code = "from pipeline.settings import get_settings; print(get_settings().home, get_settings().exports)"
    cells = [nbformat.v4.new_code_cell(code)]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), notebooks / "where.ipynb")
    command = ["nbconvert", "--to", "notebook", "--execute", "--stdout", "where.ipynb"]
    done = subprocess.run(
        [genrelab.python, "-m", *command], cwd=notebooks, env=genrelab.variables(), capture_output=True, text=True
    )
    (cell,) = nbformat.reads(done.stdout, as_version=4).cells
    assert cell.outputs[0].text == f"{genrelab.folder / '.genrelab'} {genrelab.folder / 'exports'}\n"


@pytest.mark.faults
def test_nothing_of_all_that_read_the_checkout(genrelab, ran):
    assert genrelab.notes.read_text() == ""
