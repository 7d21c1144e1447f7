"""At which level the genres of an audio folder begin."""

import errno
import os
import stat
from pathlib import Path

from pipeline.errors import InputError
from pipeline.sources.walk import Walk, is_audio, is_hidden, readable


def genre_root(folder: Path, kept: Path | None = None) -> Path:
    """Return the folder whose sub-folders are the genres.

    That is `folder` itself; but where all audio lies in one folder of it, and that one holds folders with audio, it is
    stepped into, and so on.

    Parameters
    ----------
    folder : Path
    kept : Path or None
        what was decided before: it stands as long as all audio of `folder` is still below it

    Raises
    ------
    InputError
        where a folder can't be opened, and what is in it would decide
    """
    kept = kept and kept.resolve()
    try:
        while folder.resolve() != kept and (inner := _inner(folder, kept)):
            folder = inner
    except OSError as error:
        raise InputError(f"--audio {readable(folder)!r} cannot be opened: {error.strerror}") from error
    return folder


def _inner(folder: Path, kept: Path | None) -> Path | None:
    """Return the one folder to step into, None where the genres begin here."""
    entries = [entry for entry in folder.iterdir() if not entry.name.startswith(".")]
    if any(is_audio(entry) for entry in entries if not os.path.isdir(entry)):
        return None
    found = {entry: _holds_audio(entry, beside=folder) for entry in entries}
    full = [entry for entry, holds in found.items() if holds]
    if len(full) != 1:
        return None
    [inner] = full
    if kept and kept.is_relative_to(inner.resolve()):
        return inner
    of_inner = {_holds_audio(child, beside=inner) for child in inner.iterdir()}
    if of_inner <= {False}:
        return None
    unseen = [entry for entry, holds in found.items() if holds is None] or ([] if True in of_inner else [inner])
    if unseen:
        raise InputError(
            f"--audio {readable(folder)!r}: not all of {readable(unseen[0])!r} can be read, so nobody can tell whether "
            f"the genres are the folders of {readable(folder)!r} or of {readable(inner)!r}; mend that, or give --audio "
            "the folder of the genres"
        )
    return inner


def _holds_audio(folder: Path, beside: Path) -> bool | None:
    """Tell whether there is audio at any depth; None: not in what can be read, and that is not all.

    A link back to a folder that holds `beside` does not count.
    """
    try:
        is_folder = stat.S_ISDIR(folder.stat().st_mode)
    except OSError as error:
        return False if error.errno == errno.ELOOP or is_audio(folder) else None
    if not is_folder or beside.resolve().is_relative_to(folder.resolve()):
        return False
    walk = Walk(folder)
    if any(is_audio(path) for path in walk if not is_hidden(path.relative_to(folder))):
        return True
    passed_by = (passed for passed in walk.passed_by if not is_hidden(passed.path.relative_to(folder)))
    return None if any(passed.reason == "unreadable" for passed in passed_by) else False
