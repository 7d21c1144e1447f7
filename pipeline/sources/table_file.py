"""The text of a table's file, whatever it is packed in and however its letters are encoded."""

import codecs
import gzip
import io
import re
import zipfile
import zlib
from pathlib import Path

import pandas as pd

from pipeline.errors import InputError
from pipeline.sources.arff import arff_as_csv, is_arff

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
ALONE = 0.8
"""In western languages so many of the letters beside ASCII stand between letters that are ASCII."""

_NO_TEXT = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f]")
_BESIDE_ASCII = re.compile(r"[^\x00-\x7f]+")


def read_table_text(path: Path, option: str) -> tuple[str, list[str]]:
    """Return the text of a table, and what was decided on the way, a sentence each.

    Told by the content: gzip, a zip of one file, a workbook, Parquet, ARFF; UTF-8, UTF-16 or UTF-32 with a byte-order
    mark, UTF-8 without, else Windows-1252 where that gives words of a western language.

    Raises
    ------
    InputError
        where the file can't be read or unpacked, or nobody can tell its encoding; `option` is its name on the command
        line
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise InputError(f"{option} {str(path)!r} can't be read: {error.strerror}") from error
    notes: list[str] = []
    try:
        for _ in range(2):  # an archive may hold a compressed table
            content = _unpacked(content, notes)
        if content.startswith(b"PAR1"):
            return _as_csv(pd.read_parquet(io.BytesIO(content)), "a Parquet file", notes)
        if content.startswith(b"PK\x03\x04"):
            return _as_csv(pd.read_excel(io.BytesIO(content), dtype=object), "the first sheet of a workbook", notes)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, KeyError, ImportError) as error:
        raise InputError(f"{option} {str(path)!r} can't be unpacked: {error}") from error
    text = _decoded(content, f"{option} {str(path)!r}", notes)
    if is_arff(text):
        return arff_as_csv(text, f"{option} {str(path)!r}"), [*notes, "read as an ARFF file"]
    return text, notes


def _unpacked(content: bytes, notes: list[str]) -> bytes:
    """Return what a gzip file or a zip of one file holds, and anything else as it is.

    Raises
    ------
    ValueError
        where a zip holds several files
    """
    if content.startswith(b"\x1f\x8b"):
        notes.append("unpacked by gzip")
        return gzip.decompress(content)
    if content.startswith(b"PK\x03\x04"):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = [name for name in archive.namelist() if not name.endswith("/") and not name.startswith("__MACOSX")]
            if "[Content_Types].xml" in names:
                return content
            if len(names) != 1:
                raise ValueError(f"the zip holds {len(names)} files: unpack it, and name one: {', '.join(names[:10])}")
            notes.append(f"read from the zip: {names[0]}")
            return archive.read(names[0])
    return content


def _as_csv(frame: pd.DataFrame, what: str, notes: list[str]) -> tuple[str, list[str]]:
    return frame.to_csv(index=False), [*notes, f"read from {what}"]


def _decoded(content: bytes, name: str, notes: list[str]) -> str:
    marked = next((encoding for mark, encoding in _MARKS if content.startswith(mark)), None)
    try:
        text = content.decode(marked or "utf-8")
    except UnicodeDecodeError as error:
        if marked:
            raise InputError(f"{name} is not a CSV in {marked}: {error}; save it as UTF-8") from error
        western = _western(content)
        if western is None:
            raise InputError(f"{name} is not a CSV in UTF-8: {error}; save it as UTF-8") from error
        text = western
        notes.append("not UTF-8: read as Windows-1252 (Latin-1)")
    else:
        if marked not in (None, "utf-8-sig"):
            notes.append(f"read as {marked.upper()}")
    return text


def _western(content: bytes) -> str | None:
    """Return the text of bytes in Windows-1252; None where that gives no words of a western language."""
    try:
        text = content.decode("cp1252")
    except UnicodeDecodeError:
        return None
    runs = _BESIDE_ASCII.findall(text)
    if _NO_TEXT.search(text) or sum(len(run) == 1 for run in runs) < ALONE * len(runs):
        return None
    return text
