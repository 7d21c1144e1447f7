"""Folders that are this user's alone."""

import os
import stat
from pathlib import Path

from pipeline.errors import StoreError

MEND = "set GENRELAB_HOME to a directory of your own"
SHORT_MEND = "remove it, or set GENRELAB_HOME to a shorter path, so that the folder is not needed"


def make_own(path: Path, *, private: bool = False) -> None:
    """Make a directory, if `private` one that only its owner may enter; refuse one that belongs to somebody else.

    Raises
    ------
    StoreError
        where that can't be
    """
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        info = path.stat()
        if info.st_uid != os.getuid():
            raise StoreError(f"{path} belongs to another user; {MEND}")
        if private and stat.S_IMODE(info.st_mode) != 0o700:
            path.chmod(0o700)
    except OSError as error:
        raise StoreError(f"can't use the directory {path}: {error.strerror}; {MEND}") from error


def make_own_among_others(path: Path) -> None:
    """Make a private directory where anybody may make one, as in ``/tmp``; follow no link that somebody put there.

    Raises
    ------
    StoreError
        where what is there is not such a directory of this user's, or others could put something in its place
    """
    try:
        parent = path.parent.stat()
        others_may_move_it = parent.st_mode & 0o022 and not parent.st_mode & stat.S_ISVTX
        if others_may_move_it or parent.st_uid not in (0, os.getuid()):
            raise StoreError(f"in {path.parent} another user can replace what is yours; {SHORT_MEND}")
        try:
            path.mkdir(mode=0o700)
        except FileExistsError:
            fault = _fault_of(path)
            if fault:
                raise StoreError(f"{path}, which the socket should lie in, {fault}; {SHORT_MEND}") from None
    except OSError as error:
        raise StoreError(f"can't use the directory {path}: {error.strerror}; {MEND}") from error


def is_own_among_others(path: Path) -> bool:
    """Tell whether a directory is as `make_own_among_others` makes it."""
    try:
        return _fault_of(path) is None
    except OSError:
        return False


def _fault_of(path: Path) -> str | None:
    info = path.lstat()
    if stat.S_ISLNK(info.st_mode):
        return "is a link"
    if not stat.S_ISDIR(info.st_mode):
        return "is not a directory"
    if info.st_uid != os.getuid():
        return "belongs to another user"
    if stat.S_IMODE(info.st_mode) & 0o077:
        return "may be entered by other users"
    return None
