"""The files below a folder, whatever the folder does meanwhile."""

import errno
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.sources.names import AUDIO_SUFFIXES


@dataclass(frozen=True)
class PassedBy:
    """A folder, or a link, whose files are not listed; `reason` is one of `pipeline.reasons`."""

    path: Path
    reason: str
    detail: str


@dataclass
class Walk:
    """Give the files below a folder in sorted order, those that lie in it before those of its sub-folders.

    Links are followed, but no folder is entered twice. What can't be opened is passed by and told of: a folder without
    rights, on a disk that fails, or gone since its name was read; a link that leads nowhere.

    Attributes
    ----------
    root : Path
    passed_by : list of PassedBy
        what the walk has not entered, as far as it has come
    mounts : list of Path
        folders that lie on another disk than the one above them
    """

    root: Path
    passed_by: list[PassedBy] = field(default_factory=list)
    mounts: list[Path] = field(default_factory=list)

    def __iter__(self) -> Iterator[Path]:
        seen: dict[tuple[int, int], Path] = {}
        ahead: list[tuple[Path, int | None]] = [(self.root, None)]
        while ahead:
            here, disk_above = ahead.pop()
            try:
                info = here.stat()
                before = seen.setdefault((info.st_dev, info.st_ino), here)
                if before is not here:
                    self._pass_by_known(here, before)
                    continue
                folders, files = self._entries(here)
            except OSError as error:
                self._pass_by(here, "unreadable", f"cannot open the folder: {error.strerror}")
                continue
            if disk_above not in (None, info.st_dev):
                self.mounts.append(here)
            ahead += [(here / name, info.st_dev) for name in sorted(folders, reverse=True)]
            yield from (here / name for name in sorted(files))

    def _entries(self, folder: Path) -> tuple[list[str], list[str]]:
        """Return the names of sub-folders and of files; all of them, or an error."""
        folders: list[str] = []
        files: list[str] = []
        with os.scandir(folder) as entries:
            for entry in entries:
                try:
                    is_folder = entry.is_dir()
                    if entry.is_symlink():
                        entry.stat()
                except OSError as error:
                    is_folder = False
                    if not is_audio(Path(entry.name)):  # which may have been a folder; who opens a file says more of it
                        self._pass_by_broken(folder / entry.name, error)
                        continue
                (folders if is_folder else files).append(entry.name)
        return folders, files

    def _pass_by(self, path: Path, reason: str, detail: str) -> None:
        self.passed_by.append(PassedBy(path, reason, detail))

    def _pass_by_broken(self, path: Path, error: OSError) -> None:
        if error.errno == errno.ELOOP:
            self._pass_by(path, "link_loop", "the link leads back to itself")
        else:
            self._pass_by(path, "unreadable", f"cannot follow the link: {error.strerror}")

    def _pass_by_known(self, here: Path, before: Path) -> None:
        if here.is_relative_to(before):
            self._pass_by(here, "link_loop", "the link leads back to a folder above it")
        else:
            self._pass_by(here, "same_folder", f"listed already as {readable(before.relative_to(self.root))!r}")


def is_audio(path: Path) -> bool:
    """Tell by its name whether a file is audio; a hidden one is not."""
    return path.suffix.lower() in AUDIO_SUFFIXES and not path.name.startswith(".")


def is_hidden(relative: Path) -> bool:
    """Tell whether a file, or a folder on the way to it, is hidden."""
    return any(part.startswith(".") for part in relative.parts)


def readable(path: Path) -> str:
    """Return a path in letters that can be stored and shown, whatever its bytes."""
    return os.fsencode(path).decode(errors="backslashreplace")
