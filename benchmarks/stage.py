"""One stage in this process, measured: ``python -m benchmarks.stage NOTEBOOK PARAMETERS`` prints a line of JSON.

The cells of the notebook are run one after the other, and what a cell ends in is drawn as JupyterLab would draw it.
The most memory that the process held is Linux's own count of it; the server's work is counted apart.
"""

import io
import json
import resource
import sys
import time
from contextlib import redirect_stdout
from typing import Any

import nbformat
import psutil
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

from pipeline.settings import NOTEBOOKS_DIR
from tests.peak_memory import peak_mib

SETTLE = "settle"


def run_stage(notebook: str, parameters: dict[str, Any]) -> dict[str, Any]:
    """Run a notebook's cells in this process.

    Parameters
    ----------
    notebook : str
        like ``04_compare``; ``settle``: what 02_extract does once all features are in
    parameters : dict
        in the place of those of its parameters cell

    Returns
    -------
    dict
        ``seconds``, ``cpu_s`` (of this process and its children), ``server_cpu_s``, ``mib`` (most of this process),
        ``cells`` (by its id: seconds of each cell, and the most memory until then)
    """
    server = _server()
    server_before = _cpu_s(server)
    started, cells = time.perf_counter(), {}
    shell = InteractiveShell.instance(config=Config({"HistoryManager": {"enabled": False}}))
    for cell in _cells(notebook):
        if cell.cell_type == "code":
            begun = time.perf_counter()
            _run_cell(shell, cell.source)
            cells[cell.id] = round(time.perf_counter() - begun, 3), round(peak_mib())
            if "parameters" in cell.metadata.get("tags", ()):
                shell.push(parameters)
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return {
        "seconds": time.perf_counter() - started,
        "cpu_s": sum(each.ru_utime + each.ru_stime for each in used),
        "server_cpu_s": _cpu_s(server) - server_before,
        "server_mib": server.memory_info().rss / 2**20 if server else None,
        "mib": peak_mib(),
        "cells": cells,
    }


def _cells(notebook: str) -> list[nbformat.NotebookNode]:
    """Return the cells of a notebook; of ``settle``, those of 02_extract but for the extraction and its examples."""
    if notebook != SETTLE:
        return nbformat.read(NOTEBOOKS_DIR / f"{notebook}.ipynb", as_version=4).cells
    extract = nbformat.read(NOTEBOOKS_DIR / "02_extract.ipynb", as_version=4).cells
    return [cell for cell in extract if cell.id in ("1", "2", "6", "7")]


def _run_cell(shell: InteractiveShell, source: str) -> None:
    result = shell.run_cell(source)
    result.raise_error()
    _draw(result.result)


def _draw(value: Any) -> None:
    if hasattr(value, "savefig"):
        value.savefig(io.BytesIO(), format="png")
    elif hasattr(value, "_repr_html_"):
        value._repr_html_()


def _server() -> psutil.Process | None:
    """Return the embedded server, which `GENRELAB_HOME` names."""
    from pipeline.settings import get_settings

    home = str(get_settings().home)
    for process in psutil.process_iter(["name", "cmdline"]):
        if process.info["name"] == "mongod" and any(home in word for word in process.info["cmdline"] or ()):
            return process
    return None


def _cpu_s(process: psutil.Process | None) -> float:
    return sum(process.cpu_times()[:2]) if process else 0.0


if __name__ == "__main__":
    with redirect_stdout(sys.stderr):
        measured = run_stage(sys.argv[1], json.loads(sys.argv[2]))
    sys.stdout.write(json.dumps(measured) + "\n")
