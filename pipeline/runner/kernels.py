"""The kernels of a batch: one a stage; the next one imports what it will need while a stage is at work."""

import ast
import json
import os
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from itertools import pairwise

from jupyter_client import AsyncKernelManager
from jupyter_client.kernelspec import NoSuchKernel
from jupyter_core.utils import run_sync
from traitlets.config import Config

from pipeline.runner.own_folder import OwnFolder, remove_abandoned
from pipeline.settings import NOTEBOOKS_DIR
from pipeline.stages.declared import Stage

FOLDER = "genrelab-kernel-"
"""How the names of the folders of their sockets begin."""

SHUTDOWN_WAIT_S = 0.6
"""A kernel that is asked to end in the middle of a cell rarely does; then it is made to, so that Ctrl-C is quick."""


class Kernel:
    """A kernel on private sockets, started in the folder of the notebooks with what a stage's notebook imports.

    It ends with this process, however that ends. Its sockets lie beside its connection file in a private directory: in
    the notebooks' own, two runs at once would meet.

    Raises
    ------
    RuntimeError, NoSuchKernel, OSError
        where it can't be started
    """

    def __init__(self, stage: Stage) -> None:
        self._private = OwnFolder(FOLDER)
        how: dict[str, object] = {"transport": "ipc", "connection_file": f"{self._private.path}/kernel.json"}
        how |= {"shutdown_wait_time": SHUTDOWN_WAIT_S}
        notebook = json.loads(stage.path.read_text(encoding="utf-8"))
        name = notebook["metadata"]["kernelspec"]["name"]
        self.manager = AsyncKernelManager(kernel_name=name, config=Config({"KernelManager": how}))
        begin = [f"__import__('pipeline.lifeline').lifeline.end_with({os.getpid()})"]
        begin += [f"exec({_imports(notebook)!r}, {{}})"]
        arguments = ["--HistoryManager.hist_file=:memory:", f"--IPKernelApp.code_to_run={'; '.join(begin)}"]
        try:
            run_sync(self.manager.start_kernel)(
                extra_arguments=arguments,
                cwd=str(NOTEBOOKS_DIR),
                stderr=subprocess.DEVNULL,  # it keeps its own log, as of a stop in the middle of a cell
            )
        except BaseException:
            self.end()
            raise

    def lives(self) -> bool:
        """Return whether its process is there."""
        return run_sync(self.manager.is_alive)()

    def end(self) -> None:
        """End it at once, where it has not ended already."""
        try:
            if self.manager.has_kernel:
                run_sync(self.manager.shutdown_kernel)(now=True)
        finally:
            self._private.cleanup()


class Kernels:
    """The kernels of a batch; none is left when it is over.

    Parameters
    ----------
    stages : sequence of Stage
        in the order of their turns
    """

    def __init__(self, stages: Sequence[Stage]) -> None:
        self._first, self._after = stages[:1], dict(pairwise(stages))
        self._ahead: dict[Stage, Kernel] = {}

    def __enter__(self) -> "Kernels":
        remove_abandoned(FOLDER)
        for stage in self._first:
            self._start_ahead(stage)
        return self

    def __exit__(self, *_) -> None:
        while self._ahead:
            self._ahead.popitem()[1].end()

    @contextmanager
    def of(self, stage: Stage) -> Iterator[AsyncKernelManager]:
        """Lend a stage its kernel, a new one where none waits for it, and start that of the stage after it.

        Raises
        ------
        RuntimeError, NoSuchKernel, OSError
            where it can't be started; of one to come, that is told when its turn has come
        """
        kernel = self._ahead.pop(stage, None)
        if kernel and not kernel.lives():
            kernel.end()
            kernel = None
        kernel = kernel or Kernel(stage)
        try:
            if after := self._after.get(stage):
                self._start_ahead(after)
            yield kernel.manager
        finally:
            kernel.end()

    def _start_ahead(self, stage: Stage) -> None:
        if stage not in self._ahead:
            with suppress(RuntimeError, NoSuchKernel, OSError):
                self._ahead[stage] = Kernel(stage)


def _imports(notebook: dict) -> str:
    """Return Python that imports what a notebook does, a sixth quicker than it: all of that stays, none is garbage."""
    found = []
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            with suppress(SyntaxError):  # as of a magic; its own cell tells
                found += ast.parse("".join(cell["source"])).body
    imports = [ast.unparse(each) for each in found if isinstance(each, (ast.Import, ast.ImportFrom))]
    begin, end = "import gc; gc.disable()", "gc.enable(); gc.freeze()"
    return f"{begin}\ntry: {'; '.join(imports) or 'pass'}\nfinally: {end}"
