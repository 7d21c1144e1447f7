"""The folder of a run: made, and kept free of what no longer goes with the rest."""

import shutil
from collections.abc import Iterable
from pathlib import Path

from pipeline.errors import InputError
from pipeline.stages import Stage


def set_aside(stages: Iterable[Stage], folder: Path) -> None:
    """Move executed notebooks and sheets, whose numbers no longer go with others of their run, to ``earlier/``."""
    for stage in stages:
        for path in (folder / name for name in stage.files):
            if path.exists():
                make_folder(folder / "earlier")
                path.replace(folder / "earlier" / path.name)


def bring_along(stages: Iterable[Stage], source: Path, folder: Path) -> None:
    """Copy what stages left in the folder of a run into that of another, which reads their rows."""
    for stage in stages:
        make_folder(folder)
        for name in stage.files:
            shutil.copyfile(source / name, folder / name)


def make_folder(folder: Path) -> None:
    """Make the folder of a run.

    Raises
    ------
    InputError
        where that can't be
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise unwritable(folder, error) from error


def unwritable(folder: Path, error: OSError) -> InputError:
    """Return what is told where the folder of a run, or a file in it, can't be written."""
    return InputError(f"can't write to {str(folder.parent)!r}: {error.strerror or error}; set GENRELAB_RUNS")
