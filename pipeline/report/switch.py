"""A new set of files takes the place of the old one, all or none.

The set is written to a hidden folder beside the old one and synced; then that folder gets the name of a complete set,
which is one step for the filesystem. From there its files are moved into place one by one, ``schema.json`` last. Killed
before that step, the old set is untouched; killed after it, `finish_switch` moves the rest: the next export and
``genrelab exports check`` call it, and in between the hashes in ``schema.json`` tell a mixed set.
"""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pipeline.errors import InputError
from pipeline.report.datapackage import FILE_NAME, package_files, read_package

COMPLETE = ".complete"
WRITING = ".writing-"


@contextmanager
def new_set(folder: Path) -> Iterator[Path]:
    """Give an empty folder; once the block has ended well, the files in it are the set in `folder`.

    Raises
    ------
    InputError
        where the folder can't be written
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with _alone(folder):
            _finish(folder)
            for left in folder.glob(f"{WRITING}*"):  # by an export that was killed
                shutil.rmtree(left)
            scratch = Path(tempfile.mkdtemp(dir=folder, prefix=WRITING))
            try:
                yield scratch
                _sync(scratch)
                os.rename(scratch, folder / COMPLETE)
            finally:
                shutil.rmtree(scratch, ignore_errors=True)
            _sync_folder(folder)
            try:
                _finish(folder)
            except BaseException:  # somebody's Ctrl-C: a set that is complete is put in place all the same
                _finish(folder)
                raise
    except OSError as error:
        raise InputError(f"can't write exports to {str(folder)!r}: {error.strerror or error}") from error


def finish_switch(folder: Path) -> bool:
    """Move the rest of a complete set into place; return whether there was one.

    Raises
    ------
    InputError
        where the folder can't be written
    """
    try:
        with _alone(folder):
            return _finish(folder)
    except OSError as error:
        raise InputError(f"can't finish the export in {str(folder)!r}: {error.strerror or error}") from error


def _finish(folder: Path) -> bool:
    complete = folder / COMPLETE
    if not complete.is_dir():
        return False
    if (complete / FILE_NAME).exists():
        left = [path.name for path in complete.iterdir() if path.name != FILE_NAME]
        for name in sorted(left):
            _move(complete / name, folder / name)
        gone = set(package_files(read_package(folder))) - set(package_files(read_package(complete)))
        for name in gone:
            (folder / Path(name).name).unlink(missing_ok=True)
        _move(complete / FILE_NAME, folder / FILE_NAME)
    complete.rmdir()
    _sync_folder(folder)
    return True


def _move(source: Path, target: Path) -> None:
    os.replace(source, target)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Wait for any other export into the same folder."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _sync(folder: Path) -> None:
    """Bring files, with the rights that the user's umask leaves them, and their names to the disk."""
    umask = os.umask(0o077)
    os.umask(umask)
    os.chmod(folder, 0o777 & ~umask)  # a temporary folder is nobody else's, whatever the umask
    for path in folder.iterdir():
        os.chmod(path, 0o666 & ~umask)
        with open(path, "rb") as handle:
            os.fsync(handle.fileno())
    _sync_folder(folder)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
