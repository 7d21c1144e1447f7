"""A real Dask cluster of this machine: a scheduler and workers, each a process of its own."""

import os
import re
import subprocess
import sys

import psutil

from pipeline.settings import PROJECT_DIR
from tests.patience import lives, until

QUIET = {
    "DASK_DISTRIBUTED__WORKER__PROFILE__ENABLED": "False",
    "DASK_DISTRIBUTED__ADMIN__TICK__INTERVAL": "1s",
    "DASK_DISTRIBUTED__ADMIN__SYSTEM_MONITOR__INTERVAL": "10s",
}
"""Unless told, processes look at themselves up to a hundred times a second, also while they have nothing to do."""


class Dask:
    """Processes of a cluster on loopback, which end with the tests."""

    def __init__(self, folder, ignorant=""):
        self.folder = folder
        self.ignorant = ignorant
        """The role whose processes do not know this project."""
        self.processes: list[psutil.Popen] = []
        self.scheduler = self.start("scheduler", "--port", "0", "--scheduler-file", folder / "scheduler.json")
        self.address = self.said(self.scheduler, r"Scheduler at: +(tcp://\S+)")

    def start(self, role, *arguments) -> psutil.Popen:
        log = self.folder / f"{role}-{len(self.processes)}.log"
        forget = "import sys; sys.modules['pipeline'] = None; " if role == self.ignorant else ""
        program = f"{forget}from dask.cli import run_cli; run_cli()"
        command = [sys.executable, "-c", program, role, "--host", "127.0.0.1", *map(str, arguments)]
        command += ["--no-dashboard", "--dashboard-address", "127.0.0.1:0"]
        with open(log, "w") as output:
            process = psutil.Popen(
                command, cwd=PROJECT_DIR, env=os.environ | QUIET, stdout=output, stderr=output, stdin=subprocess.DEVNULL
            )
        process.log = log
        self.processes.append(process)
        return process

    def start_worker(self) -> psutil.Popen:
        where = ["--local-directory", self.folder / "scratch", "--no-nanny", "--nthreads", 1]
        worker = self.start("worker", self.address, *where)
        return worker

    def said(self, process, pattern: str) -> str:
        found = until(
            lambda: re.search(pattern, process.log.read_text()), alive=lives(process), told=process.log.read_text
        )
        return found[1]

    def end(self):
        for process in self.processes:
            process.kill()
            process.wait()


def with_two_workers(folder) -> Dask:
    dask = Dask(folder)
    workers = [dask.start_worker() for _ in range(2)]
    for worker in workers:
        dask.said(worker, r"(Registered to)")
    return dask
