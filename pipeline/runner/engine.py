"""How a notebook is executed: papermill's own engine, with a bar that says more and kernels on private sockets.

What is executed knows its places; what is written down of it, after each cell, is without them.
"""

import json
import os
import subprocess
import tempfile

from jupyter_client import AsyncKernelManager
from papermill.engines import NBClientEngine, papermill_engines
from papermill.iorw import LocalHandler, papermill_io
from traitlets.config import Config

from pipeline.printable import printable
from pipeline.without_places import without_places

ENGINE = "genrelab"

SHUTDOWN_WAIT_S = 0.6
"""A kernel that is asked to end in the middle of a cell rarely does; then it is made to, so that Ctrl-C is quick."""


class _QuietKernelManager(AsyncKernelManager):
    """Starts kernels that keep their own log, as of a stop in the middle of a cell, from the terminal."""

    async def start_kernel(self, **options):
        return await super().start_kernel(**options, stderr=subprocess.DEVNULL)


class _EchoingEngine(NBClientEngine):
    """Papermill's own engine; private sockets lead to its kernels.

    What a notebook prints goes to the option ``echo``, a text stream; else to the bar, which tells how far the cell is.
    """

    @classmethod
    def execute_managed_notebook(cls, nb_man, kernel_name, stdout_file=None, **options):
        # The kernel's sockets lie beside its connection file: in a private directory, not in the notebooks' own,
        # where two runs at once would meet.
        with tempfile.TemporaryDirectory(prefix="genrelab-kernel-", ignore_cleanup_errors=True) as private:
            kernel = {"transport": "ipc", "connection_file": f"{private}/kernel.json"}
            kernel |= {"shutdown_wait_time": SHUTDOWN_WAIT_S}
            echo = options.pop("echo", None) or _BarEcho(nb_man.pbar)
            options |= {"stdout_file": echo, "config": Config({"KernelManager": kernel})}
            options |= {"kernel_manager_class": _QuietKernelManager}
            return super().execute_managed_notebook(nb_man, kernel_name, **options)


class _BarEcho:
    """A text stream: what the notebook prints goes above the stage's bar, and what its own bar says beside it."""

    def __init__(self, bar):
        self.bar = bar

    def write(self, text: str) -> None:
        for line in text.split("\n"):
            if "\r" in line:
                state = line.rsplit("\r", 1)[-1].split("|")[-1].strip()
                self.bar.set_postfix_str(printable(state), refresh=True)
            elif line.strip():
                self.bar.write(f"  {printable(line)}", file=self.bar.fp)

    def flush(self) -> None:
        """Nothing is kept back."""


class _PlacelessFiles(LocalHandler):
    """Files by their absolute paths, notebooks written without the places of this machine."""

    def write(self, buf: str, path: str) -> None:
        notebook = without_places(json.loads(buf))
        super().write(json.dumps(notebook, ensure_ascii=False, indent=1, sort_keys=True) + "\n", path)


papermill_io.register(os.sep, _PlacelessFiles())
papermill_engines.register(ENGINE, _EchoingEngine)
