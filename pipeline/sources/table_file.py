"""The text of a table's file, whatever it is packed in and however its letters are encoded."""

import bz2
import codecs
import gzip
import io
import lzma
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
MOSTLY = ALONE = 0.8
"""In western languages so many of the letters beside ASCII stand between letters that are ASCII."""

_PACKED = {
    b"\x1f\x8b": ("gzip", gzip.decompress),
    b"BZh": ("bzip2", bz2.decompress),
    b"\xfd7zXZ\0": ("xz", lzma.decompress),
}
_BROKEN = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, OSError, ValueError, KeyError, ImportError)
_TABLES = (".csv", ".tsv", ".xlsx", ".parquet", ".arff")

_FOREIGN = {
    b"\xd0\xcf\x11\xe0": "an old workbook (.xls)", b"ARROW1": "a Feather file", b"\x89HDF": "an HDF5 file",
    b"\x80\x04\x95": "a pickle, which runs code where it is read", b"\x80\x05\x95": "a pickle, which runs code where "
    "it is read", b"\x93NUMPY": "a NumPy array", b"[{": "JSON", b"{\"": "JSON", b"<table": "a web page",
    b"<!DOCTYPE": "a web page", b"<!doctype": "a web page", b"<html": "a web page", b"%PDF": "a PDF",
    b"SQLite format 3": "a database", b"7z\xbc\xaf": "a 7-Zip archive", b"Rar!": "a RAR archive",
    b"(\xb5/\xfd": "compressed by Zstandard", b"version https://git-lfs": "a Git LFS pointer, which `git lfs pull` "
    "turns into the file",
}  # fmt: skip
"""First bytes of what is no table here, and its name."""

_NO_TEXT = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f]")
_TORN = re.compile(r"(?i)(?<=[a-z])[^\x00-\x7f\w’´`·…–—-](?=[a-z])")
"""A sign within a word, as of another encoding's letter that was taken for one of this."""

_HIDDEN = re.compile(r"(?:^|/)(?:\.|__MACOSX/)")
_BESIDE_ASCII = re.compile(r"[^\x00-\x7f]+")


def read_table_text(path: Path, option: str) -> tuple[str, list[str]]:
    """Return the text of a table, and what was decided on the way, a sentence each.

    Told by the content: gzip, bzip2, xz, a zip with one table in it, a workbook, Parquet, ARFF; UTF-8, UTF-16 or UTF-32
    with a byte-order mark, UTF-8 and UTF-16 without, else Windows-1252 where that gives words of a western language.

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
            return _as_csv(_with_index(pd.read_parquet(io.BytesIO(content))), "a Parquet file", notes)
        if content.startswith(b"PK\x03\x04"):
            return _as_csv(*_sheet(pd.read_excel(io.BytesIO(content), dtype=object, sheet_name=None)), notes)
        if foreign := next((name for start, name in _FOREIGN.items() if content.startswith(start)), None):
            raise ValueError(f"it is {foreign}: save it as a CSV")
    except _BROKEN as error:
        raise InputError(f"{option} {str(path)!r} can't be read: {error}") from error
    text = _decoded(content, f"{option} {str(path)!r}", notes)
    if is_arff(text):
        return arff_as_csv(text, f"{option} {str(path)!r}"), [*notes, "read as an ARFF file"]
    return text, notes


def _unpacked(content: bytes, notes: list[str]) -> bytes:
    """Return what a compressed file or a zip with one table holds, and anything else as it is.

    Raises
    ------
    ValueError
        where a zip holds several tables
    """
    for start, (packer, unpack) in _PACKED.items():
        if content.startswith(start):
            notes.append(f"unpacked by {packer}")
            return unpack(content)
    if content.startswith(b"PK\x03\x04"):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = [name for name in archive.namelist() if not name.endswith("/") and not _HIDDEN.search(name)]
            if "[Content_Types].xml" in names:
                return content
            if len(tables := [name for name in names if name.lower().endswith(_TABLES)]) == 1:
                names = tables  # the others tell about it
            if len(names) != 1:
                raise ValueError(f"the zip holds {len(names)} files: unpack it, and name one: {', '.join(names[:10])}")
            notes.append(f"read from the zip: {names[0]}")
            return archive.read(names[0])
    return content


def _with_index(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a table whose named index, of ids as a rule, is a column."""
    return frame.reset_index() if any(name is not None for name in frame.index.names) else frame


def _sheet(sheets: dict[str, pd.DataFrame]) -> tuple[pd.DataFrame, str]:
    """Return the sheet of a workbook that is a table, where that is one only, else the first; and what it is."""
    tables = [name for name, sheet in sheets.items() if sheet.shape[0] > 1 and sheet.shape[1] > 1]
    name = tables[0] if len(tables) == 1 else next(iter(sheets))
    what = "a workbook" if len(sheets) == 1 else f"sheet {name!r} of a workbook, of {len(sheets)} sheets"
    return sheets[name], what


def _as_csv(frame: pd.DataFrame, what: str, notes: list[str]) -> tuple[str, list[str]]:
    return frame.to_csv(index=False), [*notes, f"read from {what}"]


def _decoded(content: bytes, name: str, notes: list[str]) -> str:
    marked = next((encoding for mark, encoding in _MARKS if content.startswith(mark)), None) or _utf_16(content)
    try:
        text = content.decode(marked or "utf-8")
    except UnicodeDecodeError as error:
        if marked:
            raise InputError(f"{name} is not a CSV in {marked}: {error}; save it as UTF-8") from error
        western = _western(content)
        if western is None:
            line = content.count(b"\n", 0, error.start) + 1
            raise InputError(
                f"{name} is not a CSV in UTF-8: line {line} has byte 0x{content[error.start]:02x}, and no other "
                "encoding is sure; save it as UTF-8"
            ) from error
        text = western
        notes.append("not UTF-8: read as Windows-1252 (Latin-1)")
    else:
        if marked not in (None, "utf-8-sig"):
            notes.append(f"read as {marked.upper()}")
    return text


def _utf_16(content: bytes) -> str | None:
    """Tell UTF-16 without a mark: of what is mostly ASCII every second byte is zero."""
    head = content[:1000]
    zeros = head[::2].count(0), head[1::2].count(0)
    if len(head) < 4 or abs(zeros[0] - zeros[1]) < MOSTLY * len(head) / 2:
        return None
    return "utf-16-be" if zeros[0] > zeros[1] else "utf-16-le"


def _western(content: bytes) -> str | None:
    """Return the text of bytes in Windows-1252; None where that gives no words of a western language."""
    try:
        text = content.decode("cp1252")
    except UnicodeDecodeError:
        return None
    runs = _BESIDE_ASCII.findall(text)
    if _NO_TEXT.search(text) or _TORN.search(text) or sum(len(run) == 1 for run in runs) < ALONE * len(runs):
        return None
    return text
