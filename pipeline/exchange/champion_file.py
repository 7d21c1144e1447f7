"""The file: a ZIP archive of a manifest and its members, each with its checksum.

Conventions
-----------
- ``genrelab.json``, the manifest, says what the file is, of which version, and the length and SHA-256 of each member.
  The archive's comment has the manifest's own. So every byte that is believed is checked.
- Rows are BSON, one document behind the other, as ``mongodump`` writes them: numbers come out to the last bit. Models
  are skops files. Nothing in it is code.
"""

import hashlib
import io
import json
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.errors import InputError
from pipeline.exchange.manifest import say_wrong

FORMAT, VERSION = "genrelab champion", 2
READABLE = (1, VERSION)
"""In the first, each cell of a confusion is a document."""
MANIFEST = "genrelab.json"

LARGEST_MANIFEST = 2**24
LARGEST_CONTENT = 2**31
"""Bytes that all members together may have unpacked, whatever they say of themselves."""


class BrokenFileError(InputError):
    """A file that is no champion of ours, or no whole one."""

    def __init__(self, path: Path, why: str):
        super().__init__(f"{str(path)!r} {why}")


@dataclass(frozen=True)
class ChampionFile:
    """What such a file holds.

    Attributes
    ----------
    about : mapping
        of the manifest: what its writer told of it
    members : mapping of bytes
        by name
    sha256 : str
        of the manifest, and so of all
    """

    about: Mapping[str, Any]
    members: Mapping[str, bytes]
    sha256: str = ""


def write_champion_file(file: ChampionFile, path: Path) -> None:
    """Write it to a path, as it is."""
    listed = {
        name: {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
        for name, content in file.members.items()
    }
    about = {"format": FORMAT, "version": VERSION, **file.about, "members": listed}
    manifest = json.dumps(about, indent=1, ensure_ascii=False).encode()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.comment = hashlib.sha256(manifest).hexdigest().encode()
        archive.writestr(MANIFEST, manifest)
        for name, content in file.members.items():
            archive.writestr(name, content)


def read_champion_file(path: Path) -> ChampionFile:
    """Read and check a file, whole, before anything is made of it.

    Raises
    ------
    BrokenFileError
        where it can't be read, is none, is of a newer version, or is damaged
    """
    try:
        with zipfile.ZipFile(path) as archive:
            return _read(archive, path)
    except OSError as error:
        raise BrokenFileError(path, f"can't be read: {error.strerror or error}") from error
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, KeyError) as error:
        raise BrokenFileError(path, "is no champion that `genrelab models export` wrote, or a damaged one") from error


def _read(archive: zipfile.ZipFile, path: Path) -> ChampionFile:
    if MANIFEST not in archive.namelist():
        raise BrokenFileError(path, "is a ZIP archive, and no champion that `genrelab models export` wrote")
    manifest = _content(archive, MANIFEST, LARGEST_MANIFEST, path)
    about = json.loads(manifest)
    if not isinstance(about, dict) or about.get("format") != FORMAT:
        raise BrokenFileError(path, "is no champion that `genrelab models export` wrote")
    if about.get("version") not in READABLE:
        raise BrokenFileError(
            path,
            f"was written by another version of genrelab ({about.get('genrelab')}, format {about.get('version')}; this "
            f"one reads formats up to {VERSION}): update genrelab on the machine with the lower one",
        )
    sha256 = hashlib.sha256(manifest).hexdigest()
    if archive.comment.decode("ascii", "replace") != sha256:
        raise BrokenFileError(path, f"is damaged: the checksum of {MANIFEST!r} is not the one that it was written with")
    if wrong := say_wrong(about):
        raise BrokenFileError(path, f"says in {MANIFEST!r} what no champion's file says: {wrong}")
    listed = about.pop("members")
    if sum(each["bytes"] for each in listed.values()) > LARGEST_CONTENT:
        raise BrokenFileError(path, f"claims to hold more than {LARGEST_CONTENT // 2**30} GiB")
    members = {}
    for name, each in listed.items():
        content = _content(archive, name, each["bytes"], path)
        if len(content) != each["bytes"] or hashlib.sha256(content).hexdigest() != each["sha256"]:
            raise BrokenFileError(path, f"is damaged: the checksum of {name!r} is not the one that it was written with")
        if name.endswith(".skops"):
            _check_model(content, name, path)
        members[name] = content
    return ChampionFile(about, members, sha256)


def _content(archive: zipfile.ZipFile, name: str, most: int, path: Path) -> bytes:
    """Unpack a member, and no more of it than it may have."""
    if archive.getinfo(name).compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):  # unpacked without limit
        raise BrokenFileError(path, f"holds {name!r} packed in a way that `genrelab models export` does not use")
    with archive.open(name) as member:
        content = member.read(most + 1)
    if len(content) > most:
        raise BrokenFileError(path, f"is damaged: {name!r} is longer than it was written")
    return content


def _check_model(content: bytes, name: str, path: Path) -> None:
    """See that a model, an archive itself, unpacks to no more than its own length: skops packs without compressing."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            inner = archive.infolist()
    except zipfile.BadZipFile:  # whoever loads it says so
        return
    is_stored = all(each.compress_type == zipfile.ZIP_STORED for each in inner)
    if not is_stored or sum(each.file_size for each in inner) > len(content):
        raise BrokenFileError(path, f"holds {name!r}, which would unpack to more than its length")
