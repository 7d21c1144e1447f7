"""The folder of a run: made, and kept free of what no longer goes with the rest."""

import shutil
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from pipeline.errors import InputError
from pipeline.stages import Stage


def set_aside(stages: Iterable[Stage], folder: Path) -> set[str]:
    """Move executed notebooks and sheets, whose numbers no longer go with others of their run, to ``earlier/``.

    Returns
    -------
    set of str
        names of the files that were moved
    """
    moved = {name for stage in stages for name in stage.files if (folder / name).exists()}
    for name in moved:
        make_folder(folder / "earlier")
        (folder / name).replace(folder / "earlier" / name)
    return moved


def drop_replaced(moved: set[str], stage: Stage, folder: Path) -> None:
    """Remove what `set_aside` has moved of a stage that has left its files anew."""
    for name in moved & {*stage.files}:
        (folder / "earlier" / name).unlink()
    _remove_if_empty(folder / "earlier")


def put_back(moved: set[str], stage: Stage, folder: Path) -> None:
    """Move back what `set_aside` has moved, and remove what else a stage left that was refused."""
    for name in moved:
        (folder / "earlier" / name).replace(folder / name)
    for name in {*stage.files} - moved:
        (folder / name).unlink(missing_ok=True)
    _remove_if_empty(folder / "earlier")


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


def _remove_if_empty(folder: Path) -> None:
    with suppress(OSError):
        folder.rmdir()


def unwritable(folder: Path, error: OSError) -> InputError:
    """Return what is told where the folder of a run, or a file in it, can't be written."""
    return InputError(f"can't write to {str(folder.parent)!r}: {error.strerror or error}; set GENRELAB_RUNS")
