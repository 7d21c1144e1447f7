"""Bind a workbook to the folder it lies in: Tableau writes the absolute directory of each CSV."""

import os
import re
from pathlib import Path
from xml.parsers import expat
from xml.sax.saxutils import escape  # nosec B406 # writes, and parses nothing

from pipeline.errors import InputError

DIRECTORY = re.compile(rb"""(\sdirectory\s*=\s*)("[^"]*"|'[^']*')""")


def relocate(folder: Path) -> list[Path]:
    """Point the text connections of every ``.twb`` in `folder` at `folder`, and change no other byte.

    Only connections whose CSV lies there are changed. Doing it twice changes nothing more.

    Returns
    -------
    list of Path
        the workbooks, whether they needed it or not

    Raises
    ------
    InputError
        where there is no workbook, or one can't be read or written, or uses none of the folder's CSVs
    """
    workbooks = sorted(folder.glob("*.twb"))
    if not workbooks:
        raise InputError(
            f"there is no workbook (.twb) in {str(folder)!r}; give the folder that `genrelab run` wrote to"
        )
    for path in workbooks:
        try:
            before = path.read_bytes()
            after = rebind(before, folder.resolve(), path.name)
            if after != before:
                _replace(path, after)
        except OSError as error:
            raise InputError(f"can't rebind {str(path)!r}: {error.strerror or error}") from error
    return workbooks


def rebind(workbook: bytes, folder: Path, name: str) -> bytes:
    """Return the bytes of `workbook` with the connections whose CSV lies in `folder` pointing there."""
    tags = [
        (start, end) for start, end, file_name in _text_connections(workbook, name) if (folder / file_name).is_file()
    ]
    if not tags:
        raise InputError(f"{name} uses none of the CSVs in {str(folder)!r}; put it beside those it was made for")
    quoted = b"'" + escape(str(folder), {"'": "&apos;", "\n": "&#10;", "\t": "&#9;"}).encode("utf-8") + b"'"
    for start, end in reversed(tags):
        tag = DIRECTORY.sub(lambda found: found.group(1) + quoted, workbook[start:end], count=1)
        workbook = workbook[:start] + tag + workbook[end:]
    return workbook


def _text_connections(workbook: bytes, name: str) -> list[tuple[int, int, str]]:
    """Return where each text connection's tag begins and ends, in bytes, and its file name."""
    found = []
    parser = expat.ParserCreate()

    def start(tag: str, attributes: dict[str, str]) -> None:
        if tag == "connection" and attributes.get("class") == "textscan" and "directory" in attributes:
            begin = parser.CurrentByteIndex
            found.append((begin, _tag_end(workbook, begin), Path(attributes.get("filename", "")).name))

    parser.StartElementHandler = start
    try:
        parser.Parse(workbook, True)
    except expat.ExpatError as error:
        raise InputError(f"{name} is no workbook: {error}; export it anew") from error
    return found


def _tag_end(workbook: bytes, begin: int) -> int:
    """Return the place of the ``>`` that ends a tag; one inside quotes does not."""
    end = re.compile(rb"""<(?:[^>"']|"[^"]*"|'[^']*')*""").match(workbook, begin)
    assert end is not None  # nosec B101 # a tag begins there, and the pattern takes what follows however it goes on
    return end.end()


def _replace(path: Path, content: bytes) -> None:
    scratch = path.with_name(f".{path.name}.writing")
    scratch.write_bytes(content)
    scratch.chmod(path.stat().st_mode)
    os.replace(scratch, path)
