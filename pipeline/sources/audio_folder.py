"""An audio folder: one sub-folder a genre, tracks at any depth below it."""

import errno
import stat
import unicodedata
from pathlib import Path

from pipeline.errors import InputError
from pipeline.sources.genre_root import genre_root
from pipeline.sources.names import AUDIO_SUFFIXES
from pipeline.sources.records import AudioListing, Reject, TrackFile
from pipeline.sources.split_folders import read_split_folders
from pipeline.sources.walk import PassedBy, Walk, is_hidden, readable


def list_audio(folder: Path, kept_root: Path | None = None, *, by_folder: bool = True) -> AudioListing:
    """List the tracks of an audio folder without opening a file.

    The genre is the first folder below the root (`genre_root`). The relative path, in Unicode normal form C, is the
    track id. Links are followed; a folder listed already is a reject.

    Parameters
    ----------
    folder : Path
    kept_root : Path or None
        the root of an earlier listing: it stands as long as all audio of `folder` is still below it
    by_folder : bool
        False: something else tells the genres, so that files may lie anywhere

    Raises
    ------
    InputError
        where the folder does not exist, can't be opened, has a name that is not UTF-8, or holds no audio below a genre
        folder
    """
    try:
        if not stat.S_ISDIR(folder.stat().st_mode):
            raise InputError(f"--audio {readable(folder)!r} is not a folder")
    except FileNotFoundError:
        raise InputError(f"--audio {readable(folder)!r} is not a folder: there is nothing of that name") from None
    except OSError as error:
        raise InputError(f"--audio {readable(folder)!r} cannot be opened: {error.strerror}") from error
    root = genre_root(folder, kept_root) if by_folder else folder
    if not _is_utf8(str(root)):
        raise InputError(f"--audio {readable(root)!r} has a name that is not valid UTF-8; rename the folder")
    tracks: list[TrackFile] = []
    rejects: list[Reject] = []
    n_hidden = n_not_audio = 0
    walk = Walk(root)
    for path in walk:
        relative = path.relative_to(root)
        if is_hidden(relative):
            n_hidden += 1
        elif path.suffix.lower() not in AUDIO_SUFFIXES:
            n_not_audio += 1
        else:
            found = _track_file(path, relative, by_folder=by_folder)
            if isinstance(found, TrackFile):
                tracks.append(found)
            else:
                rejects.append(found)
    tracks, same_name = _unique(tracks)
    passed_by = [passed for passed in walk.passed_by if not is_hidden(passed.path.relative_to(root))]
    if not tracks:
        raise InputError(_say_no_audio(folder, passed_by, by_folder=by_folder))
    unread = {reject.path: reject.detail for reject in rejects if reject.reason == "unreadable"}
    unread |= {_name(passed.path.relative_to(root)): passed.detail for passed in passed_by
               if passed.reason == "unreadable"}  # fmt: skip
    rejects += same_name
    rejects += [Reject(readable(p.path.relative_to(root)), p.reason, p.detail) for p in passed_by]
    mounts = [_name(mount.relative_to(root)) for mount in walk.mounts]
    tracks, note = read_split_folders(tracks)
    return AudioListing(tracks, rejects, n_hidden, n_not_audio, root, unread, mounts, [note] if note else [])


def audio_root(folder: Path) -> Path:
    """Return the folder that the relative paths of `list_audio` start from."""
    return genre_root(folder)


def _say_no_audio(folder: Path, passed_by: list[PassedBy], *, by_folder: bool) -> str:
    closed = next((passed for passed in passed_by if passed.reason == "unreadable"), None)
    if closed:
        return f"no audio that can be read in {readable(folder)!r}: {readable(closed.path)!r}: {closed.detail}"
    expected = "one sub-folder a genre with audio in it" if by_folder else "audio at any depth"
    return (
        f"no audio in {readable(folder)!r}: expected {expected}, like aiff, au, flac, m4a, mp3, ogg, opus, wav, wma, wv"
    )


def _name(relative: Path) -> str:
    """Return a path as track ids are written."""
    return unicodedata.normalize("NFC", relative.as_posix())


def _track_file(path: Path, relative: Path, *, by_folder: bool) -> TrackFile | Reject:
    name = _name(relative)
    if not _is_utf8(name):
        return Reject(readable(relative), "bad_name", "the name is not valid UTF-8; rename the file")
    if len(relative.parts) == 1 and by_folder:
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


def _is_utf8(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True
