"""One stage in this process, measured: ``python -m benchmarks.stage STAGE OPTIONS`` prints a line of JSON.

The stage is called as its notebook calls it. The most memory that the process held is Linux's own count of it; the
server's work is counted apart.
"""

import json
import resource
import sys
import time
from contextlib import redirect_stdout
from dataclasses import fields
from typing import Any

import psutil

from pipeline.extract import settle
from pipeline.stages import find_stage
from pipeline.stages.options import ExtractOptions
from pipeline.store import connect, find_run, open_run
from tests.peak_memory import peak_mib

SETTLE = "settle"


def run_stage(name: str, given: dict[str, Any]) -> dict[str, Any]:
    """Run a stage in this process.

    Parameters
    ----------
    name : str
        like ``compare``; ``settle``: what 02_extract does once all features are in
    given : dict
        ``dataset``, ``run_id``, and any of the stage's options

    Returns
    -------
    dict
        ``seconds``, ``cpu_s`` (of this process and its children), ``server_cpu_s``, ``mib`` (most of this process)
    """
    server = _server()
    server_before, started = _cpu_s(server), time.perf_counter()
    _run(name, given)
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return {
        "seconds": time.perf_counter() - started,
        "cpu_s": sum(each.ru_utime + each.ru_stime for each in used),
        "server_cpu_s": _cpu_s(server) - server_before,
        "server_mib": server.memory_info().rss / 2**20 if server else None,
        "mib": peak_mib(),
    }


def _run(name: str, given: dict[str, Any]) -> None:
    database, dataset = connect(), given["dataset"]
    if name == SETTLE:
        settle(database, dataset, holdout=ExtractOptions.holdout, seed=ExtractOptions.seed)
        return
    stage = find_stage(name)
    writes = name not in ("catalogue", "extract", "export")
    run_id = given.get("run_id", "")
    run = open_run(database, dataset, run_id) if writes else find_run(database, dataset, run_id, may_be_new=True)
    options = {field.name: given[field.name] for field in fields(stage.options) if field.name in given}
    stage.function(run, stage.options(**options))


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
