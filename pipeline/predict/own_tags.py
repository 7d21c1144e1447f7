"""The genre in a file's own tags: read and written by mutagen, each file replaced whole or not at all.

mutagen is under the GPL, and so an extra (`tags`) of its own: nothing else needs it.
"""

import os
import re
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path
from pkgutil import resolve_name
from typing import TYPE_CHECKING, Any

from pipeline.decoders.content import look
from pipeline.errors import GenrelabError, InputError
from pipeline.settings import how_to_install

if TYPE_CHECKING:
    from mutagen import FileType

KEYS = {"MP4Tags": "\xa9gen", "ASFTags": "WM/Genre", "APEv2": "Genre"}
"""Where kinds of tags have the genre; the others are Vorbis comments, or ID3 with a frame of its own."""

MP3 = "mutagen.mp3:MP3"
KINDS = (
    (b"fLaC", "mutagen.flac:FLAC"),
    (rb"OggS.*\x01vorbis", "mutagen.oggvorbis:OggVorbis"),
    (rb"OggS.*OpusHead", "mutagen.oggopus:OggOpus"),
    (rb"OggS.*\x7fFLAC", "mutagen.oggflac:OggFLAC"),
    (rb"OggS.*Speex   ", "mutagen.oggspeex:OggSpeex"),
    (rb"RIFF....WAVE", "mutagen.wave:WAVE"),
    (rb"FORM....AIF[FC]", "mutagen.aiff:AIFF"),
    (rb"....ftyp", "mutagen.mp4:MP4"),
    (rb"\x30\x26\xb2\x75\x8e\x66\xcf\x11", "mutagen.asf:ASF"),
    (rb"wvpk", "mutagen.wavpack:WavPack"),
    (rb"MAC ", "mutagen.monkeysaudio:MonkeysAudio"),
    (rb"MPCK|MP\+", "mutagen.musepack:Musepack"),
    (rb"TTA", "mutagen.trueaudio:TrueAudio"),
    (rb"\xff[\xe2-\xe7\xf2-\xf7\xfa-\xff]", MP3),
)
"""How a file begins, behind tags in front of it, and what writes its tags."""

FIRST_BYTES = 128

MARK = ".genrelab-tags"
"""In the hidden name of the copy beside a file, which becomes the file. One that a killed process left is replaced."""


class TagError(GenrelabError):
    """The tags of a file can't be read or written; the file is as it was."""


def check_mutagen() -> None:
    """Make sure that tags can be written.

    Raises
    ------
    InputError
        with what to install
    """
    if find_spec("mutagen") is None:
        raise InputError(f"writing tags needs the package mutagen, which is not installed: {how_to_install('tags')}")


def read_genres(path: Path) -> list[str]:
    """Return the genres that a file's own tags name.

    Raises
    ------
    TagError
        where its tags can't be read, or its format has none that can be written
    """
    with _told(path, "read"):
        return _genres(_open(path))


def write_genres(path: Path, genres: Sequence[str], *, size_bytes: int, modified_ns: int) -> os.stat_result:
    """Put genres in the place of those in a file's own tags; none: take them out.

    A copy is written beside the file, synced to the disk, and takes its place in one step. Whatever happens, the file
    is the old one or the new one. Permissions, owner and all other tags are kept, and the audio is the same.

    Parameters
    ----------
    path : Path
    genres : sequence of str
    size_bytes, modified_ns : int
        of the file as it was heard

    Returns
    -------
    os.stat_result
        of the new file

    Raises
    ------
    TagError
        where it is a link, has changed, or can't be written
    """
    beside = path.with_name(f".{path.stem}{MARK}{path.suffix}")
    with _told(path, "written"):
        _check(path, size_bytes, modified_ns)
        beside.unlink(missing_ok=True)
        try:
            shutil.copy2(path, beside)
            status = path.stat()
            with suppress(PermissionError):
                os.chown(beside, status.st_uid, status.st_gid)
            audio = _open(beside)
            _set_genres(audio, list(genres))
            if _genres(_open(beside)) != list(genres):
                raise TagError("its format does not keep the genre as it is")
            with beside.open("rb+") as file:
                os.fsync(file.fileno())
            _check(path, size_bytes, modified_ns)
            beside.replace(path)
        finally:
            beside.unlink(missing_ok=True)
        _sync(path.parent)
        return path.stat()


def _check(path: Path, size_bytes: int, modified_ns: int) -> None:
    status = path.lstat()
    if path.is_symlink():
        raise TagError("it is a symbolic link, and the file that it leads to is another one")
    if status.st_nlink > 1:
        raise TagError(f"it has {status.st_nlink} hard links, which would part")
    if (status.st_size, status.st_mtime_ns) != (size_bytes, modified_ns):
        raise TagError("it has changed since it was heard")


@contextmanager
def _told(path: Path, done: str) -> Iterator[None]:
    """Turn whatever goes wrong into one line: tags are foreign bytes, and their reader has many ways to fail."""
    try:
        yield
    except TagError as error:
        raise TagError(f"{path.name}: {error}") from error
    except OSError as error:
        raise TagError(f"{path.name}: its tags can't be {done}: {error.strerror or error}") from error
    except Exception as error:
        raise TagError(f"{path.name}: its tags can't be {done}: {type(error).__name__}: {error}") from error


def _open(path: Path) -> "FileType":
    """Open a file as what its content is, whatever it is called: mutagen would go by the name too."""
    with path.open("rb") as file:
        file.seek(offset := look(path).offset)
        first = file.read(FIRST_BYTES)
    kind = next((kind for mark, kind in KINDS if re.match(mark, first, re.DOTALL)), None)
    if kind is None or (offset and kind != MP3):
        raise TagError("its format has no tags that can be written")
    return resolve_name(kind)(path)


def _genres(audio: Any) -> list[str]:
    if audio.tags is None:
        return []
    kind = _kind(audio)
    if kind == "ID3":
        return [genre for frame in audio.tags.getall("TCON") for genre in frame.genres if genre]
    return [str(genre) for genre in audio.tags.get(KEYS.get(kind, "genre")) or () if str(genre).strip()]


def _set_genres(audio: Any, genres: list[str]) -> None:
    if audio.tags is None:
        audio.add_tags()
    kind = _kind(audio)
    if kind == "ID3":
        from mutagen.id3 import TCON

        audio.tags.delall("TCON")
        if genres:
            audio.tags.add(TCON(encoding=3 if audio.tags.version >= (2, 4, 0) else 1, text=genres))
        _save_id3(audio)
        return
    key = KEYS.get(kind, "genre")
    if genres:
        audio.tags[key] = genres
    elif key in audio.tags:
        del audio.tags[key]
    audio.save()


def _save_id3(audio: Any) -> None:
    """Save in the version that the tags are in: older players don't know 2.4."""
    if audio.tags.version[:2] in ((2, 2), (2, 3)):
        audio.tags.update_to_v23()
        audio.save(v2_version=3)
    else:
        audio.save()


def _kind(audio: Any) -> str:
    from mutagen.id3 import ID3

    return "ID3" if isinstance(audio.tags, ID3) else type(audio.tags).__name__


def _sync(folder: Path) -> None:
    with suppress(OSError):  # not all file systems let a folder be synced
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
