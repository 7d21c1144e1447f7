"""An audio folder: one sub-folder a genre, tracks at any depth below it."""

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

    def closed(error: OSError) -> None:
        name = os.fsencode(Path(error.filename).relative_to(root)).decode(errors="backslashreplace")
        rejects.append(Reject(name, "unreadable", f"cannot open the folder: {error.strerror}"))

    for path in _files(root, closed):
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
    while True:
        try:
            entries = [entry for entry in folder.iterdir() if not entry.name.startswith(".")]
        except OSError as error:
            raise InputError(f"--audio {str(folder)!r} cannot be opened: {error.strerror}") from error
        if any(_is_audio(entry) for entry in entries if not entry.is_dir()):
            return folder
        folders = [entry for entry in entries if entry.is_dir() and _holds_audio(entry, beside=folder)]
        if len(folders) != 1 or not any(_holds_audio(child, folders[0]) for child in folders[0].iterdir()):
            return folder
        folder = folders[0]


def _is_audio(path: Path) -> bool:
    return path.suffix.lower() in AUDIO_SUFFIXES and not path.name.startswith(".")


def _holds_audio(folder: Path, beside: Path) -> bool:
    """Tell whether there is audio at any depth, not counting a link back to a folder that holds `beside`."""
    if not folder.is_dir() or beside.resolve().is_relative_to(folder.resolve()):
        return False
    return any(_is_audio(path) for path in _files(folder) if not _is_hidden(path.relative_to(folder)))


def _is_hidden(relative: Path) -> bool:
    return any(part.startswith(".") for part in relative.parts)


def _files(root: Path, on_closed: Callable[[OSError], None] | None = None) -> Iterator[Path]:
    """Yield files in sorted order; a folder that was seen already, as through a link, is not entered again."""
    seen = set()
    for directory, folders, files in os.walk(root, onerror=on_closed, followlinks=True):
        info = os.stat(directory)
        if (info.st_dev, info.st_ino) in seen:
            folders.clear()
            continue
        seen.add((info.st_dev, info.st_ino))
        folders.sort()
        yield from (Path(directory) / name for name in sorted(files))
