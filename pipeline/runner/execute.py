"""Execute one notebook, keep its HTML copy, and say what went wrong in terms of notebook, cell and error."""

import logging
import shutil
from pathlib import Path
from typing import Any

import nbformat
import papermill
from jupyter_client.kernelspec import NoSuchKernel
from nbclient.exceptions import DeadKernelError
from papermill.exceptions import PapermillExecutionError
from pymongo.errors import ConnectionFailure

from pipeline.runner.copies import write_copy
from pipeline.runner.engine import ENGINE
from pipeline.runner.errors import CUT_OFF, OF_INPUT, ON_PURPOSE, StageCutOffError, StageError, StageInputError
from pipeline.runner.folder import unwritable
from pipeline.runner.kernels import Kernels
from pipeline.runner.progress import Progress, StageLog
from pipeline.settings import NOTEBOOKS_DIR
from pipeline.stages import Stage


def execute(
    stage: Stage, parameters: dict[str, Any], folder: Path, kernels: Kernels, progress: Progress = Progress.BARS
) -> None:
    """Execute a stage's notebook into `folder`, in its kernel.

    Raises
    ------
    StageError
        naming the notebook, the cell and the error; `StageInputError` where the input is to blame, `StageCutOffError`
        where MongoDB went away
    InputError
        where `folder` can't be written, as on a full disk
    """
    output = folder / f"{stage.notebook}.ipynb"
    log = None if progress is Progress.BARS else StageLog()
    try:
        shutil.copyfile(stage.path, output)  # a full disk is told of before a bar is drawn
        try:
            _execute(stage, parameters, output, kernels, log)
        finally:
            if output.exists():
                write_copy(output)
    except OSError as error:
        raise unwritable(folder, error) from error
    if log and progress is Progress.LINES:
        log.tell(stage.notebook)


def _execute(stage: Stage, parameters: dict[str, Any], output: Path, kernels: Kernels, log: StageLog | None) -> None:
    bar = {"desc": stage.notebook, "bar_format": "{desc:<12} {percentage:3.0f}% |{bar:24}| {elapsed} {postfix}"}
    try:
        with kernels.of(stage) as kernel:
            papermill.execute_notebook(
                str(stage.path),
                str(output),
                parameters=parameters,
                engine_name=ENGINE,
                cwd=str(NOTEBOOKS_DIR),
                progress_bar=False if log else bar,
                kernel=kernel,
                echo=log,
            )
    except (KeyboardInterrupt, SystemExit):
        # The cell was interrupted too, and nobody waits for it: asyncio would tell of that after our own last line.
        logging.getLogger("asyncio").setLevel(logging.CRITICAL)
        raise
    except DeadKernelError as error:
        raise StageError(
            f"{stage.notebook}.ipynb, cell {_last_cell(output)}: the kernel died; is there enough memory? Try --jobs 1",
            stage.notebook,
        ) from error
    except (RuntimeError, NoSuchKernel) as error:
        raise StageError(
            f"{stage.notebook}.ipynb: no kernel to run it in: {error}; `genrelab doctor` tells more", stage.notebook
        ) from error
    except PapermillExecutionError as error:
        kind = next((kind for names, kind in _KINDS.items() if error.ename in names), StageError)
        said = error.evalue if error.ename in ON_PURPOSE else f"{error.ename}: {error.evalue}"
        message = f"{stage.notebook}.ipynb, cell {error.exec_count}: {said}"
        raise kind(message, stage.notebook) from error


def _last_cell(notebook: Path) -> int:
    """Return the number, as Jupyter counts, of the code cell that was run last."""
    cells = [cell for cell in nbformat.read(notebook, as_version=4).cells if cell.cell_type == "code"]
    return sum(bool(cell.metadata.get("papermill", {}).get("start_time")) for cell in cells)


def _names(kind: type[Exception]) -> frozenset[str]:
    """Return the names of an exception and all its subclasses."""
    every = [kind]
    for each in every:
        every += each.__subclasses__()
    return frozenset(each.__name__ for each in every)


_KINDS = {CUT_OFF | _names(ConnectionFailure): StageCutOffError, OF_INPUT: StageInputError}
