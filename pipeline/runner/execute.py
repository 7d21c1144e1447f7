"""Execute one notebook, keep its HTML copy, and say what went wrong in terms of notebook, cell and error."""

import logging
from pathlib import Path
from typing import Any

import nbformat
import papermill
from jupyter_client.kernelspec import NoSuchKernel
from nbclient.exceptions import DeadKernelError
from nbconvert import HTMLExporter
from papermill.exceptions import PapermillExecutionError

from pipeline.errors import InputError
from pipeline.runner.engine import ENGINE
from pipeline.runner.errors import StageError, StageInputError
from pipeline.runner.stages import Stage
from pipeline.settings import NOTEBOOKS_DIR


def execute(stage: Stage, parameters: dict[str, Any], folder: Path) -> None:
    """Execute a stage's notebook into `folder`.

    Raises
    ------
    StageError
        naming the notebook, the cell and the error; `StageInputError` where the input is to blame
    """
    output = folder / f"{stage.name}.ipynb"
    try:
        papermill.execute_notebook(
            str(stage.path),
            str(output),
            parameters=parameters,
            engine_name=ENGINE,
            cwd=str(NOTEBOOKS_DIR),
            progress_bar={
                "desc": stage.name,
                "bar_format": "{desc:<12} {percentage:3.0f}% |{bar:24}| {elapsed} {postfix}",
            },
        )
    except (KeyboardInterrupt, SystemExit):
        # The cell was interrupted too, and nobody waits for it: asyncio would tell of that after our own last line.
        logging.getLogger("asyncio").setLevel(logging.CRITICAL)
        raise
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
