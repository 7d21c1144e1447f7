"""``genrelab lab``: JupyterLab on the notebooks."""

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from pipeline.errors import InputError
from pipeline.settings import NOTEBOOKS_DIR, get_settings
from pipeline.store.connection import look

JUPYTER_CONFIG_DIR = Path(__file__).parent.parent / "jupyter"


def lab(
    folder: Annotated[Path, typer.Option(help="Folder of notebooks to open.", metavar="DIR")] = NOTEBOOKS_DIR,
    port: Annotated[int, typer.Option(help="Port on this machine.")] = 8888,
    browser: Annotated[bool, typer.Option(help="Open a browser.")] = True,
) -> None:
    """Open JupyterLab on notebooks/, wired to the same database."""
    if not folder.expanduser().is_dir():
        raise InputError(f"--folder {str(folder)!r} does not exist, or is not a folder")
    settings = get_settings()
    look(settings)
    os.environ["GENRELAB_HOME"] = str(settings.home)
    # No news of JupyterLab from the network, and no question whether to get it.
    paths = [str(JUPYTER_CONFIG_DIR), os.environ.get("JUPYTER_CONFIG_PATH", "")]
    os.environ["JUPYTER_CONFIG_PATH"] = os.pathsep.join(filter(None, paths))
    command = [
        sys.executable,
        "-m",
        "jupyterlab",
        "--ip=127.0.0.1",
        f"--port={port}",
        f"--notebook-dir={folder.expanduser().resolve()}",
        *([] if browser else ["--no-browser"]),
        *(["--allow-root"] if os.geteuid() == 0 else []),  # as in a container; Jupyter refuses otherwise
    ]
    os.execv(sys.executable, command)  # nosec B606 # a list of arguments, and no shell
