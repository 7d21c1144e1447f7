"""``genrelab lab``: JupyterLab on the notebooks."""

import os
import shutil
import sys
from pathlib import Path
from typing import Annotated

import typer

from pipeline.errors import InputError
from pipeline.printable import say
from pipeline.settings import CHECKOUT, NOTEBOOKS_DIR, PACKAGE_DIR, PROJECT_DIR, get_settings
from pipeline.store.connection import look

JUPYTER_CONFIG_DIR = PACKAGE_DIR / "jupyter"


def lab(
    folder: Annotated[
        Path | None, typer.Option(help="Folder of notebooks to open; by default notebooks/.", metavar="DIR")
    ] = None,
    port: Annotated[int, typer.Option(help="Port on this machine.", metavar="N")] = 8888,
    browser: Annotated[bool, typer.Option(help="Open a browser.")] = True,
) -> None:
    """Open JupyterLab on notebooks/, wired to the same database."""
    if folder is None:
        folder = NOTEBOOKS_DIR if CHECKOUT else _own_copies(PROJECT_DIR / "notebooks")
    elif not folder.expanduser().is_dir():
        raise InputError(f"--folder {str(folder)!r} does not exist, or is not a folder")
    settings = get_settings()
    look(settings)
    os.environ |= settings.environment()
    # No news of JupyterLab from the network, and no question whether to get it.
    paths = [str(JUPYTER_CONFIG_DIR), os.environ.get("JUPYTER_CONFIG_PATH", "")]
    os.environ["JUPYTER_CONFIG_PATH"] = os.pathsep.join(filter(None, paths))
    command = [
        sys.executable,
        "-P",  # else -m looks first into the working directory, whatever lies there
        "-m",
        "jupyterlab",
        "--ip=127.0.0.1",
        f"--port={port}",
        f"--notebook-dir={folder.expanduser().resolve()}",
        *([] if browser else ["--no-browser"]),
        *(["--allow-root"] if os.geteuid() == 0 else []),  # as in a container; Jupyter refuses otherwise
    ]
    os.execv(sys.executable, command)  # nosec B606 # a list of arguments, and no shell


def _own_copies(folder: Path) -> Path:
    """Copy the notebooks of an installed package to where their reader may write; what is there already stays."""
    missing = [path for path in sorted(NOTEBOOKS_DIR.glob("*.ipynb")) if not (folder / path.name).exists()]
    try:
        folder.mkdir(exist_ok=True)
        for path in missing:
            shutil.copyfile(path, folder / path.name)
    except OSError as error:
        raise InputError(
            f"can't copy the notebooks to {str(folder)!r}: {error.strerror}; start in a folder that you can write to"
        ) from error
    if missing:
        say(f"copied {len(missing)} notebooks to {folder}; they are yours to change", err=True)
    return folder
