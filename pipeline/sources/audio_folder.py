"""An audio folder: one sub-folder a genre, tracks at any depth below it."""

import errno
import os
import stat
import unicodedata
from collections.abc import Callable, Iterator
from pathlib import Path

from pipeline.errors import InputError
from pipeline.sources.names import AUDIO_SUFFIXES
from pipeline.sources.records import AudioListing, Reject, TrackFile


def list_audio(folder: Path) -> AudioListing:
    """List the tracks of an audio folder without opening a file.

    The genre is the first folder below the root; a root whose audio lies in one folder of folders only is stepped into.
    The relative path, in Unicode normal form C, is the track id. Links are followed; a folder listed already is a
    reject.

    Raises
    ------
    InputError
        where the folder does not exist, can't be opened, has a name that is not UTF-8, or holds no audio below a genre
        folder
    """
    if not folder.is_dir():
        raise InputError(f"--audio {str(folder)!r} is not a folder")
    root = _genre_root(folder)
    if not _is_utf8(str(root)):
        raise InputError(f"--audio {_readable(root)!r} has a name that is not valid UTF-8; rename the folder")
    tracks, rejects, n_hidden, n_not_audio = [], [], 0, 0

    def passed_by(path: Path, reason: str, detail: str) -> None:
        if not _is_hidden(path.relative_to(root)):
            rejects.append(Reject(_readable(path.relative_to(root)), reason, detail))

    for path in _files(root, passed_by):
        relative = path.relative_to(root)
        if _is_hidden(relative):
            n_hidden += 1
        elif path.suffix.lower() not in AUDIO_SUFFIXES:
            n_not_audio += 1
        else:
            found = _track_file(path, relative)
            (tracks if isinstance(found, TrackFile) else rejects).append(found)
    tracks, same_name = _unique(tracks)
    rejects += same_name
    if not tracks:
        raise InputError(
            f"no audio in {str(folder)!r}: expected one sub-folder a genre with "
            f"{', '.join(sorted(suffix[1:] for suffix in AUDIO_SUFFIXES))} files"
        )
    return AudioListing(tracks, rejects, n_hidden, n_not_audio)


def audio_root(folder: Path) -> Path:
    """Return the folder that the relative paths of `list_audio` start from."""
    return _genre_root(folder)


def _track_file(path: Path, relative: Path) -> TrackFile | Reject:
    name = unicodedata.normalize("NFC", relative.as_posix())
    if not _is_utf8(name):
        return Reject(_readable(relative), "bad_name", "the name is not valid UTF-8; rename the file")
    if len(relative.parts) == 1:
        return Reject(name, "no_genre", "the file lies beside the genre folders, not in one")
    try:
        info = path.stat()
    except OSError as error:
        if error.errno == errno.ELOOP:
            return Reject(name, "link_loop", "the link leads back to itself")
        return Reject(name, "unreadable", f"cannot read the file: {error.strerror}")
    if not stat.S_ISREG(info.st_mode):
        return Reject(name, "not_a_file", "the name is that of a pipe, socket or device")
    genre = unicodedata.normalize("NFC", relative.parts[0])
    return TrackFile(name, genre, relative.as_posix(), info.st_size, info.st_mtime_ns)


def _unique(tracks: list[TrackFile]) -> tuple[list[TrackFile], list[Reject]]:
    """Keep one file a track id; names may differ only in how their accents are encoded."""
    kept: dict[str, TrackFile] = {}
    rejects = []
    for track in tracks:
        if kept.setdefault(track.track_id, track) is not track:
            detail = "another file's name differs only in how its accents are encoded; rename one"
            rejects.append(Reject(track.path, "same_name", detail))
    return list(kept.values()), rejects


def _genre_root(folder: Path) -> Path:
    """Step into the only folder with audio in it, as long as that one holds folders with audio and none lies beside."""
    try:
        while (inner := _only_folder(folder)) and any(_holds_audio(child, inner) for child in inner.iterdir()):
            folder = inner
    except OSError as error:
        raise InputError(f"--audio {_readable(folder)!r} cannot be opened: {error.strerror}") from error
    return folder


def _only_folder(folder: Path) -> Path | None:
    entries = [entry for entry in folder.iterdir() if not entry.name.startswith(".")]
    if any(_is_audio(entry) for entry in entries if not entry.is_dir()):
        return None
    folders = [entry for entry in entries if entry.is_dir() and _holds_audio(entry, beside=folder)]
    return folders[0] if len(folders) == 1 else None


def _is_audio(path: Path) -> bool:
    return path.suffix.lower() in AUDIO_SUFFIXES and not path.name.startswith(".")


def _holds_audio(folder: Path, beside: Path) -> bool:
    """Tell whether there is audio at any depth, not counting a link back to a folder that holds `beside`."""
    if not folder.is_dir() or beside.resolve().is_relative_to(folder.resolve()):
        return False
    return any(_is_audio(path) for path in _files(folder, lambda *_: None) if not _is_hidden(path.relative_to(folder)))


def _is_hidden(relative: Path) -> bool:
    return any(part.startswith(".") for part in relative.parts)


def _is_utf8(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def _readable(path: Path) -> str:
    """Return a path in letters that can be stored and shown, whatever its bytes."""
    return os.fsencode(path).decode(errors="backslashreplace")


def _files(root: Path, passed_by: Callable[[Path, str, str], None]) -> Iterator[Path]:
    """Yield files in sorted order; tell of a folder that can't be opened, or was seen already, as through a link."""
    seen: dict[tuple[int, int], Path] = {}

    def closed(error: OSError) -> None:
        passed_by(Path(error.filename), "unreadable", f"cannot open the folder: {error.strerror}")

    for directory, folders, files in os.walk(root, onerror=closed, followlinks=True):
        here = Path(directory)
        try:
            info = here.stat()
        except OSError as error:  # gone by now
            closed(error)
            folders.clear()
            continue
        before = seen.setdefault((info.st_dev, info.st_ino), here)
        if before is not here:
            folders.clear()
            if here.is_relative_to(before):
                passed_by(here, "link_loop", "the link leads back to a folder above it")
            else:
                passed_by(here, "same_folder", f"listed already as {_readable(before.relative_to(root))!r}")
            continue
        folders.sort()
        yield from (here / name for name in sorted(files))
