"""How a notebook is executed: as papermill does, with a bar that says more, on a kernel that may have been started.

What is executed knows its places; what is written down of it, after each cell, is without them.
"""

import json
import os

from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import Engine, papermill_engines
from papermill.iorw import LocalHandler, papermill_io
from papermill.log import logger

from pipeline.printable import printable
from pipeline.without_places import without_places

ENGINE = "genrelab"

START_S = 300
"""A kernel has so long to answer: it imports first what its notebook does, which a cold or busy disk makes slow."""


class _EchoingEngine(Engine):
    """Papermill's own engine, on a kernel that was started before it: the option ``kernel``, its manager.

    What a notebook prints goes to the option ``echo``, a text stream; else to the bar, which tells how far the cell is.
    """

    @classmethod
    def execute_managed_notebook(cls, nb_man, kernel_name, *, kernel, echo=None, **_):
        client = PapermillNotebookClient(
            nb_man,
            km=kernel,
            kernel_name=kernel_name,
            startup_timeout=START_S,
            log=logger,
            stdout_file=echo or _BarEcho(nb_man.pbar),
        )
        return client.execute(cleanup_kc=True)


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
