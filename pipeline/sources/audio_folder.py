"""An audio folder: one sub-folder a genre, tracks at any depth below it."""

import os
import unicodedata
from collections.abc import Iterator
from pathlib import Path

from pipeline.errors import InputError
from pipeline.sources.names import AUDIO_SUFFIXES
from pipeline.sources.records import AudioListing, Reject, TrackFile


def list_audio(folder: Path) -> AudioListing:
    """List the tracks of an audio folder without opening a file.

    The genre is the first folder below the root; a root that holds nothing but one folder of folders is stepped into.
    The relative path, in Unicode normal form C, is the track id. Links to folders are followed once.

    Raises
    ------
    InputError
        where the folder does not exist, or holds no audio below a genre folder
    """
    if not folder.is_dir():
        raise InputError(f"--audio {str(folder)!r} is not a folder")
    root = _genre_root(folder)
    tracks, rejects, n_hidden, n_not_audio = [], [], 0, 0
    for path in _files(root):
        relative = path.relative_to(root)
        if any(part.startswith(".") for part in relative.parts):
            n_hidden += 1
        elif path.suffix.lower() not in AUDIO_SUFFIXES:
            n_not_audio += 1
        else:
            found = _track_file(path, relative)
            (tracks if isinstance(found, TrackFile) else rejects).append(found)
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
    try:
        name.encode()
    except UnicodeEncodeError:
        readable = os.fsencode(relative.as_posix()).decode(errors="backslashreplace")
        return Reject(readable, "bad_name", "the name is not valid UTF-8; rename the file")
    if len(relative.parts) == 1:
        return Reject(name, "no_genre", "the file lies beside the genre folders, not in one")
    try:
        info = path.stat()
    except OSError as error:
        return Reject(name, "unreadable", f"cannot read the file: {error.strerror}")
    return TrackFile(name, unicodedata.normalize("NFC", relative.parts[0]), name, info.st_size, info.st_mtime_ns)


def _genre_root(folder: Path) -> Path:
    """Step into the only folder of a folder that holds no audio itself, as long as that one holds folders."""
    while True:
        entries = [entry for entry in folder.iterdir() if not entry.name.startswith(".")]
        folders = [entry for entry in entries if entry.is_dir()]
        has_audio = any(entry.suffix.lower() in AUDIO_SUFFIXES for entry in entries if not entry.is_dir())
        if len(folders) != 1 or has_audio or not any(child.is_dir() for child in folders[0].iterdir()):
            return folder
        folder = folders[0]


def _files(root: Path) -> Iterator[Path]:
    """Yield files in sorted order; a folder that was seen already, as through a link, is not entered again."""
    seen = set()
    for directory, folders, files in os.walk(root, followlinks=True):
        info = os.stat(directory)
        if (info.st_dev, info.st_ino) in seen:
            folders.clear()
            continue
        seen.add((info.st_dev, info.st_ino))
        folders.sort()
        yield from (Path(directory) / name for name in sorted(files))
