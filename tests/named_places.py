"""Which places of this machine a file names, wherever in it, and however they are spelled."""

import io
import zipfile
from pathlib import Path
from urllib.parse import quote


def named_in(path: Path, *places: Path) -> list[str]:
    """Return the places, as spelled, that the file names; a packed file is looked into."""
    return sorted({found for content in _contents(path.read_bytes()) for found in _found(content, places)})


def _contents(content: bytes) -> list[bytes]:
    if not zipfile.is_zipfile(io.BytesIO(content)):
        return [content]
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        return [content, *(inner for name in packed.namelist() for inner in _contents(packed.read(name)))]


def _found(content: bytes, places: tuple[Path, ...]) -> list[str]:
    spellings = {spelled for place in places for spelled in (str(place), quote(str(place)), quote(str(place), safe=""))}
    ends = ('"', "'", "/", "\\", "%2F", "<", "&", "\n", " ", ",", ")", "`")
    return [spelled for spelled in spellings if any(f"{spelled}{end}".encode() in content for end in ends)]
