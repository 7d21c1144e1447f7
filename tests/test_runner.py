"""The batch: stages chosen and checked, run one after the other, recorded, stopped at a failure, and resumed."""

import ast
import inspect
import json
import os
import re
import signal
import subprocess
import sys
import termios
from contextlib import suppress
from dataclasses import dataclass, fields, replace
from pathlib import Path

import matplotlib
import nbformat
import numpy as np
import pandas as pd
import papermill
import psutil
import pytest

from pipeline import runner
from pipeline.errors import GenrelabError, InputError, UnreachableError
from pipeline.report.card import CARD
from pipeline.report.sheet import SHEET_FILES
from pipeline.runner import StageError, StageInputError
from pipeline.runner.errors import CUT_OFF, OF_INPUT, ON_PURPOSE
from pipeline.runner.folder import set_aside
from pipeline.settings import NOTEBOOKS_DIR, PROJECT_DIR, Settings, get_settings
from pipeline.stages import STAGES, Stage, check_parameters, choose_stages
from pipeline.stages.catalogue import CatalogueOptions, catalogue
from pipeline.stages.declared import ADDITIONS, PREDICT, REGIONS, TRANSFER
from pipeline.store.runs import start_run
from pipeline.store.server import EmbeddedServer
from tests.named_places import named_in
from tests.patience import HANG_S, left_behind, lives, until


def names(stages: list[Stage]) -> list[str]:
    return [stage.notebook for stage in stages]


def run_of(database, run_id: str) -> dict:
    return database["runs"].find_one({"run_id": run_id})


def stages_of(run: dict) -> list[tuple[str, str]]:
    return [(name, stage["status"]) for name, stage in run["stages"].items()]


class TestChoosingStages:
    def test_all_are_chosen_unless_told(self):
        assert choose_stages() == list(STAGES)
        assert len(STAGES) == 7

    @pytest.mark.parametrize("stage", ["4", "04", "compare", "04_compare", "04_compare.ipynb"])
    def test_a_stage_has_several_names(self, stage):
        assert names(choose_stages(stage, stage)) == ["04_compare"]

    def test_first_and_last_are_both_part_of_the_run(self):
        assert names(choose_stages("2", "explore")) == ["02_extract", "03_explore"]
        assert names(choose_stages("", "1")) == ["01_catalogue"]
        assert names(choose_stages("holdout")) == ["06_holdout", "07_export"]

    @pytest.mark.parametrize("stage", ["0", "8", "extract_", "44", "_", ".ipynb", " "])
    def test_an_unknown_stage_lists_those_there_are(self, stage):
        with pytest.raises(InputError, match=r"no such stage; there are: 01_catalogue, .*, 07_export"):
            choose_stages(stage)

    def test_every_picture_of_a_notebook_is_told_in_words_to_who_cannot_see_it(self):
        for path in NOTEBOOKS_DIR.glob("*.ipynb"):
            for cell in nbformat.read(path, as_version=4).cells:
                draws = cell.cell_type == "code" and re.search(r"\bdraw_\w+\(", cell.source)
                assert not draws or cell.metadata.get("alt"), (path.name, cell.source)

    def test_every_notebook_has_just_the_parameters_of_its_stage_with_their_defaults(self):
        for stage in [*choose_stages(), PREDICT, TRANSFER, REGIONS]:
            assert stage.path.parent == NOTEBOOKS_DIR
            told = papermill.inspect_notebook(str(stage.path))
            assert {name: each["inferred_type_name"] for name, each in told.items()} == {
                name: kind.__name__ for name, kind in stage.parameters.items()
            }
            defaults = {field.name: field.default for field in fields(stage.options)}
            assert {name: ast.literal_eval(told[name]["default"]) for name in defaults} == defaults

    def test_every_stage_has_a_function_that_is_handed_a_run_and_its_options(self):
        for stage in choose_stages():
            assert list(inspect.signature(stage.function).parameters) == ["run", "options"]
            before = {each.name for each in STAGES[: STAGES.index(stage)]}
            assert {*stage.reads} <= before | ({each.name for each in ADDITIONS} if stage.name == "export" else set())

    def test_what_a_stage_left_is_set_aside_whole_the_sheet_and_the_card_too(self, tmp_path):
        export = STAGES[-1]
        assert export.leaves == (*SHEET_FILES, CARD)
        for name in (*export.files, "06_holdout.html"):
            (tmp_path / name).write_text("of then")
        set_aside([export], tmp_path)
        assert sorted(path.name for path in tmp_path.iterdir()) == ["06_holdout.html", "earlier"]
        assert sorted(path.name for path in (tmp_path / "earlier").iterdir()) == sorted(export.files)


@dataclass(frozen=True)
class Some:
    """Options of one of each type."""

    n: int = 0
    x: float = 0.0
    s: str = ""
    b: bool = False


@dataclass(frozen=True)
class Others:
    n: int = 0
    only_b: str = ""


class TestCheckingParameters:
    stages = (Stage("a", "01_a", Some), Stage("b", "02_b", Others))

    @pytest.mark.parametrize(
        ("name", "value"), [("n", 1), ("x", 1.5), ("x", 1), ("s", ""), ("b", True), ("only_b", "y")]
    )
    def test_a_value_of_the_declared_type_is_taken(self, name, value):
        check_parameters(self.stages, {name: value})

    @pytest.mark.parametrize(
        ("name", "value"),
        [("n", 1.0), ("n", "1"), ("n", True), ("n", None), ("x", "1.5"), ("x", False), ("s", 1), ("s", None), ("b", 1)],
    )
    def test_a_value_of_another_type_is_refused_and_a_bool_is_no_number(self, name, value):
        with pytest.raises(InputError, match=re.escape(f"parameter {name!r} must be ") + ".*, not " + repr(value)):
            check_parameters(self.stages, {name: value})

    def test_a_parameter_that_no_notebook_declares_lists_those_there_are(self):
        with pytest.raises(
            InputError,
            match="no notebook of this run has a parameter 'm'; there are: b, dataset, n, only_b, run_id, s, x",
        ):
            check_parameters(self.stages, {"m": 1})


@dataclass(frozen=True)
class Number:
    n: int = 0


@dataclass(frozen=True)
class Other:
    m: int = 0


@dataclass(frozen=True)
class Cells(Stage):
    """A stage that is a notebook of these cells."""

    folder: Path = Path()
    cells: tuple[str, ...] = ()
    parameter: str = "n: int = 0"

    @property
    def path(self) -> Path:
        cells = [nbformat.v4.new_code_cell(self.parameter, metadata={"tags": ["parameters"]})]
        cells += [nbformat.v4.new_code_cell(cell) for cell in self.cells]
        kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
        path = self.folder / f"{self.notebook}.ipynb"
        nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=kernel), path)
        return path


def stage_of(folder: Path, name: str, *cells: str) -> Cells:
    return Cells(name.partition("_")[2], name, Number, folder=folder, cells=cells)


class TestFailing:
    """Notebooks that fail in each of the ways there are."""

    def run(self, database, tmp_path, *stages, resume=False, **parameters):
        try:
            return runner.run(database, "failing", stages, parameters, Settings(runs=tmp_path / "runs"), resume=resume)
        finally:
            self.record = database["runs"].find_one({"dataset": "failing"}, sort=[("_id", -1)])
            self.folder = tmp_path / "runs" / self.record["run_id"]

    def test_it_stops_there_naming_notebook_cell_and_error(self, database, tmp_path):
        stages = [
            stage_of(tmp_path, "01_good", "print('n is', n)"),
            stage_of(tmp_path, "02_bad", "print('so far so good')", "1 / 0", "print('never')"),
            stage_of(tmp_path, "03_later", "print('never')"),
        ]
        with pytest.raises(StageError) as failure:
            self.run(database, tmp_path, *stages, n=3)
        assert str(failure.value) == "02_bad.ipynb, cell 4: ZeroDivisionError: division by zero"
        assert (failure.value.exit_status, failure.value.stage) == (1, "02_bad")
        assert stages_of(self.record) == [("good", "done"), ("bad", "failed")]
        assert self.record["status"] == "failed"
        assert self.record["error"] == str(failure.value)
        assert self.record["finished_at"] is None
        assert sorted(path.name for path in self.folder.iterdir()) == [
            "01_good.html", "01_good.ipynb", "02_bad.html", "02_bad.ipynb", "index.html",
        ]  # fmt: skip
        assert "n is 3" in (self.folder / "01_good.html").read_text()
        page = (self.folder / "02_bad.html").read_text()
        assert "ZeroDivisionError" in page
        assert "so far so good" in page

    @pytest.mark.parametrize("error", ["InputError", "StoreError"])
    def test_an_input_error_in_a_notebook_is_one_of_the_run(self, database, tmp_path, error):
        stage = stage_of(tmp_path, "01_bad", f"from pipeline.errors import {error}\nraise {error}('mend\\nthis')")
        with pytest.raises(StageInputError) as failure:
            self.run(database, tmp_path, stage)
        assert failure.value.exit_status == 2
        assert str(failure.value).startswith("01_bad.ipynb, cell 3: mend")

    def test_the_errors_raised_on_purpose_are_known_by_name_whatever_is_imported(self):
        sources = (ast.parse(path.read_text(encoding="utf-8")) for path in (PROJECT_DIR / "pipeline").rglob("*.py"))
        classes = [node for tree in sources for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]
        bases = {each.name: {base.id for base in each.bases if isinstance(base, ast.Name)} for each in classes}

        def derived(root):
            found = {root}
            while more := {name for name, of in bases.items() if of & found} - found:
                found |= more
            return found

        for declared, root in ((ON_PURPOSE, GenrelabError), (OF_INPUT, InputError), (CUT_OFF, UnreachableError)):
            assert declared == derived(root.__name__)

    def test_gone_on_with_and_refused_it_keeps_what_it_was_and_was_told_but_for_stages_done(self, database, tmp_path):
        refuse = "from pipeline.errors import InputError\nif m == 7: raise InputError('not 7')"
        good, picky = stage_of(tmp_path, "01_good", "n"), stage_of(tmp_path, "02_picky", refuse)
        picky = replace(picky, options=Other, parameter="m: int = 0")
        self.run(database, tmp_path, good, picky, n=1, m=2)
        self.run(database, tmp_path, picky, resume=True, n=1, m=2)
        assert not (self.folder / "earlier").exists(), "what is replaced is not kept"
        before, files = self.record, self.files()
        with pytest.raises(StageInputError, match="not 7"):
            self.run(database, tmp_path, picky, resume=True, n=1, m=7)
        assert (self.record, self.files()) == (before, files)
        with pytest.raises(StageInputError, match="not 7"):
            self.run(database, tmp_path, good, picky, resume=True, n=3, m=7)
        assert (self.record["status"], self.record["parameters"]) == ("failed", {"n": 3, "m": 2})

    def files(self) -> dict[str, bytes]:
        return {str(path): path.read_bytes() for path in self.folder.rglob("*") if path.is_file()}

    def test_a_kernel_that_dies_is_told_of_with_the_cell_it_died_in(self, database, tmp_path):
        stage = stage_of(tmp_path, "01_dies", "n", "import os, signal; os.kill(os.getpid(), signal.SIGKILL)", "n")
        with pytest.raises(StageError, match=r"01_dies\.ipynb, cell 4: the kernel died") as failure:
            self.run(database, tmp_path, stage)
        assert failure.value.exit_status == 1
        assert self.record["status"] == "failed"
        assert (self.folder / "01_dies.html").exists()

    def test_the_next_kernel_starts_and_imports_while_a_stage_is_at_work(self, database, tmp_path):
        others = """
import psutil
family = psutil.Process().parent().children()
waiting = [each for each in family if "ipykernel_launcher" in each.cmdline() and each != psutil.Process()]
print(len(waiting), "waits")
"""
        done = "print('imported:', 'colorsys' in sys.modules, 'named:', 'colorsys' in globals())"
        second = ["import sys", done, "import colorsys"]
        self.run(database, tmp_path, stage_of(tmp_path, "01_a", others), stage_of(tmp_path, "02_b", *second, others))
        assert "1 waits" in (self.folder / "01_a.html").read_text()
        page = (self.folder / "02_b.html").read_text()
        assert "imported: True named: False" in page
        assert "0 waits" in page

    def test_a_kernel_that_died_while_it_waited_is_replaced(self, database, tmp_path):
        kill = """
import psutil
(waiting,) = [each for each in psutil.Process().parent().children()
              if "ipykernel_launcher" in each.cmdline() and each != psutil.Process()]
waiting.kill()
"""
        self.run(
            database, tmp_path, stage_of(tmp_path, "01_a", kill), stage_of(tmp_path, "02_b", "print('n is', n)"), n=3
        )
        assert "n is 3" in (self.folder / "02_b.html").read_text()

    def test_a_kernel_that_waits_in_vain_is_ended(self, database, tmp_path):
        before = psutil.Process().children()
        with pytest.raises(StageError):
            self.run(database, tmp_path, stage_of(tmp_path, "01_bad", "1 / 0"), stage_of(tmp_path, "02_later", "n"))
        assert psutil.Process().children() == before

    def test_a_folder_that_cannot_be_written_fails_the_run(self, database, tmp_path):
        (tmp_path / "runs").touch()
        with pytest.raises(InputError, match=r"can't write to .*; set GENRELAB_RUNS"):
            self.run(database, tmp_path, stage_of(tmp_path, "01_good", "n"))
        assert self.record["status"] == "failed"

    def test_a_failure_is_kept_without_the_places_of_this_machine(self, database, tmp_path):
        told = f"print({str(Path.home() / 'music')!r}, {str(PROJECT_DIR)!r})"
        song = repr(str(Path.home() / "my music"))
        failing = f"from pathlib import Path; from pipeline.decoders import open_stream; open_stream(Path({song}))"
        stage = stage_of(tmp_path, "01_bad", told, failing)
        with pytest.raises(StageError):
            self.run(database, tmp_path, stage)
        assert "'~/my music'" in self.record["error"]
        for path in (self.folder / "01_bad.ipynb", self.folder / "01_bad.html"):
            kept = path.read_text()
            assert "~/music ." in kept
            assert "pipeline/decoders/choose.py" in re.sub(r"\\u001b\[[\d;]*m|<[^>]+>", "", kept)
            assert named_in(path, Path.home(), PROJECT_DIR) == []

    def test_a_kernel_is_met_through_a_private_socket(self, database, tmp_path):
        look = "import psutil; print({c.laddr.ip for c in psutil.Process().net_connections('inet')} - {'127.0.0.1'})"
        before = sorted(NOTEBOOKS_DIR.glob("*ipc*"))
        where = "from ipykernel import get_connection_file; print('at', get_connection_file(), 'it')"
        self.run(database, tmp_path, stage_of(tmp_path, "01_look", look, where))
        page = (self.folder / "01_look.html").read_text()
        assert "set()" in page
        assert sorted(NOTEBOOKS_DIR.glob("*ipc*")) == before
        assert not Path(re.search(r"at (/.*/genrelab-kernel-\w+)/kernel.json it", page)[1]).exists()


@pytest.fixture(scope="module")
def table(tmp_path_factory) -> Path:
    """Return a table of three genres, twelve tracks each, and six features."""
    random = np.random.default_rng(0)
    rows = pd.DataFrame(random.normal(np.repeat([0, 2, 4], 12)[:, None], 1, (36, 6)).round(4))
    rows.columns = [f"{name}_{kind}" for name in "xyz" for kind in ("mean", "var")]
    rows.insert(0, "filename", [f"{genre}.{n:05d}.wav" for genre in ("folk", "jazz", "rock") for n in range(12)])
    rows["label"] = rows["filename"].str.split(".").str[0]
    path = tmp_path_factory.mktemp("table") / "tiny tunes.csv"
    rows.to_csv(path, index=False)
    return path


@pytest.fixture(scope="module")
def begun(genrelab, table):
    """Return the id of a run of the first two stages, by a user whose home holds the table, and what was printed."""
    own = {"HOME": table.parent, "MPLCONFIGDIR": matplotlib.get_cachedir()}  # without it, a new cache of fonts
    done = genrelab("run", "--table", table, "--to", "2", "--seed", "5", **own)
    assert done.returncode == 0, done.stderr
    return done.stdout.split("done: ")[1].split()[0], done


class Batch:
    """A run in a process of its own that can be met while a kernel is at work."""

    def __init__(self, *arguments: str, **variables: str):
        self.process = psutil.Popen(
            [sys.executable, "-m", "pipeline", "run", *map(str, arguments)],
            cwd=PROJECT_DIR, env=os.environ | variables, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        self.children: list[psutil.Process] = []

    def kernel(self) -> psutil.Process:
        """Return the kernel, once it has been at work for a moment."""
        kernel = self.until(self._busy_kernel)
        family = self.process.children(recursive=True)
        self.children = [process for process in family if process.name() != "mongod"]
        return kernel

    def until(self, condition):
        """Wait for something while the run is at work."""
        return until(condition, alive=lives(self.process), told=lambda: (self.process.kill(), self.end()))

    def _busy_kernel(self) -> psutil.Process | None:
        for child in self.process.children():
            with suppress(psutil.Error):
                if "ipykernel_launcher" in child.cmdline() and child.cpu_times().user > 2:
                    return child
        return None

    def end(self) -> tuple[int, str]:
        """Return status and last line of what was said."""
        try:
            _, said = self.process.communicate(timeout=HANG_S)
        finally:
            if self.process.poll() is None:
                self.process.kill()
        assert "Traceback" not in said, said
        return self.process.returncode, said.splitlines()[-1]

    def orphans(self) -> list[psutil.Process]:
        return left_behind(self.children)


class TestRunningByCommand:
    """The command on a tiny table: begun, resumed, broken off."""

    def test_a_run_is_recorded_with_what_it_was_given(self, database, begun, table):
        run = run_of(database, begun[0])
        assert (run["dataset"], run["status"], run["error"]) == ("tiny tunes", "done", None)
        assert stages_of(run) == [("catalogue", "done"), ("extract", "done")]
        assert (run["parameters"]["seed"], run["parameters"]["table"]) == (5, str(table))
        assert all(stage["seconds"] > 0 for stage in run["stages"].values())

    def test_its_notebooks_and_pages_are_where_it_says(self, begun):
        run_id, done = begun
        folder = get_settings().runs / run_id
        assert f"notebooks: {folder}\n" in done.stdout
        pages = [f"{stage.notebook}.{kind}" for stage in STAGES[:2] for kind in ("ipynb", "html")]
        assert sorted(path.name for path in folder.iterdir()) == sorted([*pages, "index.html"])
        index = (folder / "index.html").read_text()
        assert re.findall('<a href="(.*?)">(.*?)</a><br>(.*)</li>', index) == [
            ("01_catalogue.html", "01 · Catalogue",
             "Which tracks there are, where they come from, and whether they are fit to learn from."),
            ("02_extract.html", "02 · Extract",
             "From audio to features: every track in windows of each length that windows names; of longer files "
             "the middle 30 seconds, unless excerpts says otherwise."),
        ]  # fmt: skip
        assert "data:image/png" in (folder / "01_catalogue.html").read_text()

    def test_they_name_the_table_but_neither_the_users_home_nor_the_project(self, begun, table):
        folder = get_settings().runs / begun[0]
        assert '"table": "~/tiny tunes.csv"' in (folder / "01_catalogue.ipynb").read_text()
        for path in folder.iterdir():
            assert named_in(path, table.parent, PROJECT_DIR) == []

    def test_into_a_file_it_says_a_line_a_stage_and_at_the_end_where_time_went(self, begun):
        said = begun[1].stderr.splitlines()
        assert "\r" not in begun[1].stderr
        for stage in STAGES[:2]:
            (line,) = [line for line in said if stage.notebook in line and "stages" not in line]
            assert re.fullmatch(rf"\d\d:\d\d:\d\d {stage.notebook} +\d+\.\d s  Written to MongoDB: .*", line)
        assert "  · label column 'label', id column 'filename'" in said
        assert re.search(r"^time: \d+ s \(catalogue \d+ s, extract \d+ s\)$", begun[1].stdout, flags=re.MULTILINE)

    def test_on_a_terminal_it_shows_one_bar_a_stage_and_its_result_can_be_read_by_a_program(self, begun):
        terminal, other_end = os.openpty()
        termios.tcsetwinsize(other_end, (24, 100))
        done = subprocess.Popen(
            [sys.executable, "-m", "pipeline", "run", "--dataset", "tiny tunes", "--from", "2", "--to", "2", "--json"],
            cwd=PROJECT_DIR, stdout=subprocess.PIPE, stderr=other_end, text=True,
        )  # fmt: skip
        os.close(other_end)
        shown = b""
        with suppress(OSError):  # the terminal's end once nobody writes to it
            while part := os.read(terminal, 65536):
                shown += part
        os.close(terminal)
        told = json.loads(done.communicate(timeout=HANG_S)[0])
        assert done.returncode == 0
        assert re.search(r"^02_extract +100%", shown.decode().replace("\r", "\n"), flags=re.MULTILINE)
        assert (told["run_id"], told["dataset"], told["champion"]) == (begun[0], "tiny tunes", None)
        assert told["seconds"].keys() == {"catalogue", "extract"}

    def test_the_notebooks_of_the_project_stay_as_they_are(self, begun):
        assert {path.suffix for path in NOTEBOOKS_DIR.iterdir() if path.is_file()} == {".ipynb"}
        for stage in choose_stages():
            cells = nbformat.read(stage.path, as_version=4).cells
            assert not any(cell.get("outputs") for cell in cells)

    @pytest.mark.parametrize("sent", [signal.SIGINT, pytest.param(signal.SIGTERM, marks=pytest.mark.faults)])
    def test_stopped_by_hand_it_says_how_to_go_on_and_leaves_no_kernel(self, database, begun, sent):
        batch = Batch("--dataset", "tiny tunes", "--from", "4", "--to", "4", "-p", "repeats=500")
        batch.kernel()
        batch.process.send_signal(sent)
        told = "genrelab: stopped during 04_compare; go on with: genrelab run --dataset 'tiny tunes' --from 04_compare"
        assert batch.end() == (130, told)
        assert batch.orphans() == []
        run = run_of(database, begun[0])
        assert (run["status"], run["error"]) == ("failed", "stopped during 04_compare")
        assert stages_of(run)[-1] == ("compare", "failed")
        assert run["parameters"]["repeats"] == 500

    def test_killed_it_leaves_no_kernel(self, begun):
        batch = Batch("--dataset", "tiny tunes", "--from", "4", "-p", "repeats=500")
        batch.kernel()
        batch.process.kill()
        batch.process.communicate()
        assert batch.children
        assert batch.orphans() == []

    def test_it_goes_on_under_its_own_name_and_parameters_and_quiet_says_nothing_but_its_result(
        self, database, begun, main
    ):
        told = main("run", "--dataset", "tiny tunes", "--from", "explore", "--to", "explore", "--quiet")
        assert (told.status, told.err) == (0, "")
        assert f"done: {begun[0]}\n" in told.out
        run = run_of(database, begun[0])
        assert (run["status"], run["error"], run["parameters"]["seed"]) == ("done", None, 5)
        assert ("explore", "done") in stages_of(run)


@pytest.mark.faults
def test_a_split_that_needs_metadata_is_refused_before_the_extraction(main, table):
    told = main("run", "--table", table, "--dataset", "undescribed", "--split", "artist")
    assert told.status == 2
    assert_told_what_is_lacking(told.err.splitlines()[-1], "artist", "no artist is known")
    assert "02_extract" not in told.err


def assert_told_what_is_lacking(said: str, split: str, lacking: str) -> None:
    assert f"--split {split}" in said
    assert lacking in said
    assert "--metadata" in said


@pytest.mark.parametrize(("split", "lacking"), [("artist", "no artist is known"), ("predefined", "0 tracks for train")])
def test_it_is_the_first_stage_that_refuses_it(database, table, split, lacking):
    run = start_run(database, "undescribed", {})
    with pytest.raises(InputError) as refusal:
        catalogue(run, CatalogueOptions(table=str(table), split=split))
    assert_told_what_is_lacking(str(refusal.value), split, lacking)


@pytest.mark.faults
def test_a_database_that_dies_under_way_is_one_line(new_server, table):
    server: EmbeddedServer = new_server()
    server.start()
    batch = Batch("--table", table, "--dataset", "doomed", MONGODB_URI=server.uri, GENRELAB_PATIENCE_S="1")
    batch.until(batch.process.children)
    server.process().kill()
    status, said = batch.end()
    assert status in (1, 2)
    assert said.startswith("genrelab: ")
    assert server.uri.removeprefix("mongodb://") in said or "MongoDB" in said
