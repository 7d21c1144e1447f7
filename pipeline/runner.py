"""The batch: the numbered notebooks executed one after the other by papermill, each stage recorded in ``runs``."""

import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
import papermill
from jupyter_client import AsyncKernelManager
from jupyter_client.kernelspec import NoSuchKernel
from nbclient.exceptions import DeadKernelError
from nbconvert import HTMLExporter
from papermill.engines import NBClientEngine, papermill_engines
from papermill.exceptions import PapermillExecutionError
from pymongo.database import Database
from pymongo.errors import PyMongoError
from traitlets.config import Config

from pipeline.errors import GenrelabError, InputError
from pipeline.settings import NOTEBOOKS_DIR
from pipeline.store.runs import finish_run, record_stage, resume_run, start_run

STAGES = tuple(sorted(path.stem for path in NOTEBOOKS_DIR.glob("0[1-7]_*.ipynb")))
_TYPES = {"str": str, "int": int, "float": (int, float), "bool": bool}
_ENGINE = "genrelab"


class StageError(GenrelabError):
    """A notebook failed.

    Parameters
    ----------
    message : str
    stage : str
        name of the stage to resume at
    """

    def __init__(self, message: str, stage: str):
        super().__init__(message)
        self.stage = stage


class StageInputError(InputError, StageError):
    """A notebook failed for what the user gave it."""


class StageInterrupted(StageError):  # noqa: N818 - nobody made an error
    """Somebody stopped the run."""

    exit_status = 130


@dataclass(frozen=True)
class Stage:
    """A notebook and the parameters it declares."""

    name: str
    parameters: dict[str, str]

    @property
    def path(self) -> Path:
        """Where the notebook lies."""
        return NOTEBOOKS_DIR / f"{self.name}.ipynb"


class _QuietKernelManager(AsyncKernelManager):
    """Starts kernels that keep their own log, as of a stop in the middle of a cell, from the terminal."""

    async def start_kernel(self, **options):
        return await super().start_kernel(**options, stderr=subprocess.DEVNULL)


class _EchoingEngine(NBClientEngine):
    """Papermill's own engine; its bar also tells how far the running cell is, and no port leads to its kernels."""

    @classmethod
    def execute_managed_notebook(cls, nb_man, kernel_name, stdout_file=None, **options):
        # The kernel's sockets lie beside its connection file: in a private directory, not in the notebooks' own,
        # where two runs at once would meet.
        with tempfile.TemporaryDirectory(prefix="genrelab-kernel-", ignore_cleanup_errors=True) as private:
            kernel = {"transport": "ipc", "connection_file": f"{private}/kernel.json"}
            options |= {"stdout_file": _BarEcho(nb_man.pbar), "config": Config({"KernelManager": kernel})}
            options |= {"kernel_manager_class": _QuietKernelManager}
            return super().execute_managed_notebook(nb_man, kernel_name, **options)


class _BarEcho:
    """A text stream that shows its last line beside a progress bar."""

    def __init__(self, bar):
        self.bar = bar

    def write(self, text: str) -> None:
        line = text.replace("\r", "\n").strip().rsplit("\n", 1)[-1]
        if "it/s" in line or "track" in line:
            self.bar.set_postfix_str(line.split("|")[-1].strip(), refresh=True)

    def flush(self) -> None:
        """Nothing is kept back."""


papermill_engines.register(_ENGINE, _EchoingEngine)


def choose_stages(first: str = "", last: str = "") -> list[Stage]:
    """Return the stages from `first` to `last`; each may be given by name or number (``4``, ``04``, ``compare``).

    Raises
    ------
    InputError
        where there is no such stage, or the two are in the wrong order
    """
    start = _position(first, "--from") if first else 0
    end = _position(last, "--to") if last else len(STAGES) - 1
    if start > end:
        raise InputError(f"--from {first} comes after --to {last}")
    return [Stage(name, declared_parameters(name)) for name in STAGES[start : end + 1]]


def declared_parameters(name: str) -> dict[str, str]:
    """Return name and type of each parameter that a notebook declares in its ``parameters`` cell."""
    inspected = papermill.inspect_notebook(str(NOTEBOOKS_DIR / f"{name}.ipynb"))
    return {parameter: told["inferred_type_name"] for parameter, told in inspected.items()}


def check_parameters(stages: Sequence[Stage], parameters: Mapping[str, Any]) -> None:
    """Check every parameter against the notebooks that declare it.

    Raises
    ------
    InputError
        where no notebook declares a parameter, or it has another type there
    """
    for name, value in parameters.items():
        declared = {stage.parameters[name] for stage in stages if name in stage.parameters}
        if not declared:
            known = sorted({parameter for stage in stages for parameter in stage.parameters})
            raise InputError(f"no notebook of this run has a parameter {name!r}; there are: {', '.join(known)}")
        for kind in declared:
            if not isinstance(value, _TYPES[kind]) or (isinstance(value, bool) and kind != "bool"):
                raise InputError(f"parameter {name!r} must be of type {kind}, not {value!r}")


def run(
    database: Database, dataset: str, stages: Sequence[Stage], parameters: Mapping[str, Any], runs_dir: Path,
    *, resume: bool,
) -> str:  # fmt: skip
    """Execute stages in order, stopping at the first that fails.

    Parameters
    ----------
    database : Database
    dataset : str
    stages : sequence of Stage
    parameters : mapping
        each notebook gets those that it declares
    runs_dir : Path
        executed notebooks and their HTML copies go to ``runs_dir/<run_id>/``
    resume : bool
        go on with the newest run of the dataset instead of starting one

    Returns
    -------
    str
        the run's id

    Raises
    ------
    StageError
        naming the notebook, the cell and the error; `StageInputError` where the input is to blame, `StageInterrupted`
        where somebody stopped the run
    """
    begin = resume_run if resume else start_run
    run_id = begin(database, dataset, dict(parameters))
    folder = runs_dir / run_id
    for stage in stages:
        started = time.monotonic()
        given = {**parameters, "dataset": dataset, "run_id": run_id}
        try:
            _make_folder(folder)
            _execute(stage, {name: value for name, value in given.items() if name in stage.parameters}, folder)
        except (KeyboardInterrupt, SystemExit) as signal:
            error = StageInterrupted(f"stopped during {stage.name}", stage.name)
            _record_failure(database, run_id, stage, started, error)
            raise error from signal
        except Exception as error:
            _record_failure(database, run_id, stage, started, error)
            raise
        record_stage(database, run_id, stage.name, "done", time.monotonic() - started)
    finish_run(database, run_id, "done")
    return run_id


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"can't write to {str(folder.parent)!r}: {error.strerror}; set GENRELAB_RUNS") from error


def _record_failure(database: Database, run_id: str, stage: Stage, started: float, error: Exception) -> None:
    """Record what can be recorded: the database itself may be what failed."""
    with suppress(PyMongoError):
        record_stage(database, run_id, stage.name, "failed", time.monotonic() - started)
        finish_run(database, run_id, "failed", str(error)[:2000])


def _execute(stage: Stage, parameters: dict[str, Any], folder: Path) -> None:
    output = folder / f"{stage.name}.ipynb"
    try:
        papermill.execute_notebook(
            str(stage.path),
            str(output),
            parameters=parameters,
            engine_name=_ENGINE,
            cwd=str(NOTEBOOKS_DIR),
            progress_bar={
                "desc": stage.name,
                "bar_format": "{desc:<12} {percentage:3.0f}% |{bar:24}| {elapsed} {postfix}",
            },
        )
    except DeadKernelError as error:
        raise StageError(
            f"{stage.name}.ipynb, cell {_last_cell(output)}: the kernel died; is there enough memory? Try --jobs 1",
            stage.name,
        ) from error
    except (RuntimeError, NoSuchKernel) as error:
        raise StageError(
            f"{stage.name}.ipynb: no kernel to run it in: {error}; `genrelab doctor` tells more", stage.name
        ) from error
    except PapermillExecutionError as error:
        kind = StageInputError if _is_input_error(error.ename) else StageError
        told = f"{stage.name}.ipynb, cell {error.exec_count}: {error.ename}: {error.evalue}"
        raise kind(told, stage.name) from error
    finally:
        if output.exists():
            _write_html(output)


def _last_cell(notebook: Path) -> int:
    """Return the number, as Jupyter counts, of the code cell that was run last."""
    cells = [cell for cell in nbformat.read(notebook, as_version=4).cells if cell.cell_type == "code"]
    return sum(bool(cell.metadata.get("papermill", {}).get("start_time")) for cell in cells)


def _write_html(notebook: Path) -> None:
    exporter = HTMLExporter(exclude_input_prompt=True, exclude_output_prompt=True)
    # Progress bars overwrite their line; without this, each state would be a line of its own.
    exporter.register_preprocessor("nbconvert.preprocessors.CoalesceStreamsPreprocessor", enabled=True)
    content = nbformat.read(notebook, as_version=4)
    html, _ = exporter.from_notebook_node(content, {"metadata": {"name": notebook.stem}})
    notebook.with_suffix(".html").write_text(html, encoding="utf-8")


def _is_input_error(name: str) -> bool:
    kinds = [InputError]
    for kind in kinds:
        kinds += kind.__subclasses__()
    return name in {kind.__name__ for kind in kinds}


def _position(stage: str, option: str) -> int:
    wanted = stage.removesuffix(".ipynb")
    for place, name in enumerate(STAGES):
        number, _, short = name.partition("_")
        if wanted in (name, number, str(int(number)), short):
            return place
    raise InputError(f"{option} {stage!r}: no such stage; there are: {', '.join(STAGES)}")
