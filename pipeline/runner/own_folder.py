"""Private folders in the system's folder for what passes; those of processes that are gone are removed by later ones.

Whose process lives holds a lock on a file in it. A lock ends with its process, however that ends, and is nobody else's
where a number of a process comes again.
"""

import fcntl
import os
import shutil
import tempfile
from pathlib import Path

OWNER = "owner"
"""The file that is locked; it has this name only once it is."""


class OwnFolder:
    """A folder that is this object's alone, and gone when it is cleaned up.

    Parameters
    ----------
    prefix : str
        how its name begins

    Raises
    ------
    OSError
        where it can't be made
    """

    def __init__(self, prefix: str) -> None:
        self._made = tempfile.TemporaryDirectory(prefix=prefix, ignore_cleanup_errors=True)
        self.path = Path(self._made.name)
        fresh = self.path / f"{OWNER}-to-be"
        self._owned = fresh.open("w", encoding="utf-8")
        fcntl.flock(self._owned, fcntl.LOCK_EX)
        fresh.rename(self.path / OWNER)

    def cleanup(self) -> None:
        """Remove it with all that is in it."""
        self._made.cleanup()
        self._owned.close()


def remove_abandoned(prefix: str) -> None:
    """Remove the folders of this user whose names begin so and whose owners are gone, as after ``kill -9``."""
    for folder in Path(tempfile.gettempdir()).glob(f"{prefix}*"):
        try:
            if folder.is_symlink() or folder.stat().st_uid != os.getuid():
                continue
            with (folder / OWNER).open(encoding="utf-8") as owned:
                fcntl.flock(owned, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(folder, ignore_errors=True)
        except OSError:  # its owner lives, or somebody else was first
            continue
