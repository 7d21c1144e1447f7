"""Read a CSV as text, row by row, with the line each row starts on."""

import csv
import io
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from pipeline.errors import InputError
from pipeline.sources.header_rows import is_number, merge_header_rows
from pipeline.sources.table_file import read_table_text

DELIMITERS = ",;\t|"
ROWS_TO_TELL_BY = 50
_SEPARATOR = re.compile(r'"?sep=([,;\t|])"?[ \t]*(?:\r\n|\r|\n)', re.I)

_BETWEEN_WORDS = re.compile(r"(?<=[^\W_])[\s_.\-]+(?=[^\W_])")

MISSING = frozenset({"", "nan", "-nan", "na", "n/a", "#n/a", "<na>", "null", "none"})
"""What programs write, in any case, where there is no value."""


@dataclass(frozen=True)
class CsvFile:
    """A CSV's header and rows; `lines` holds the line number on which each row starts, the first line's being 1.

    `notes` says how the file was read, where that is not as ever.
    """

    name: str
    header: list[str]
    rows: list[list[str]]
    lines: list[int]
    delimiter: str = ","
    notes: tuple[str, ...] = ()

    def pick(self, named: str, candidates: Sequence[str], option: str) -> str | None:
        """Return the column that `named` names, else the first of `candidates` that is there, else None.

        A candidate in another case, or with blanks for its underscores, counts where none is there as written.

        Raises
        ------
        InputError
            where `named` is not a column; `option` is its name on the command line
        """
        if named:
            if named not in self.header:
                raise InputError(f"{option} {named!r} is not a column of {self.name}; its columns: {self.columns()}")
            return named
        folded = {folded_name(name): name for name in reversed(self.header)}
        exact = (name for name in candidates if name in self.header)
        return next(exact, None) or next(filter(None, (folded.get(folded_name(name)) for name in candidates)), None)

    def column(self, name: str) -> list[str]:
        """Return the cells of a column, stripped, empty where a value is `MISSING`."""
        cells = self.written(name)
        return ["" if cell.casefold() in MISSING else unicodedata.normalize("NFC", cell) for cell in cells]

    def written(self, name: str) -> list[str]:
        """Return the cells of a column as they are written, stripped."""
        index = self.header.index(name)
        return [row[index].strip() for row in self.rows]

    def columns(self) -> str:
        """Return the column names for a message."""
        shown = ", ".join(self.header[:30])
        return f"{shown}, … ({len(self.header)} in all)" if len(self.header) > 30 else shown


def folded_name(column: str) -> str:
    """Return what spellings of a column's name share: ``Artist Name(s)`` is ``artist_name(s)``.

    Examples
    --------
    >>> folded_name("Artist Name(s)") == folded_name("artist_name(s)")
    True
    """
    return _BETWEEN_WORDS.sub("", column.casefold())


def read_csv(path: Path, option: str) -> tuple[CsvFile, list[tuple[int, int]]]:
    """Read a CSV delimited by comma, semicolon, tab, bar or blanks, in any file that `read_table_text` knows.

    A first line ``sep=;`` names the delimiter, as Excel writes it. Titles and comments before the header are left out.
    A column without a name is called ``unnamed`` and its number, from 0; a line break in a name is a blank.

    Returns
    -------
    table : CsvFile
        its rows all as wide as the header; blank lines are left out
    ragged : list of (line, number of cells)
        rows that are wider or narrower than the header

    Raises
    ------
    InputError
        where the file can't be read or is no table; `option` is its name on the command line
    """
    text, notes = read_table_text(path, option)
    named = _SEPARATOR.match(text)
    # text in bytes: a StringIO takes four times as much, and public tables have a gigabyte
    handle = io.TextIOWrapper(io.BytesIO(text.encode("utf-8", "surrogatepass")), "utf-8", "surrogatepass", newline="")
    del text
    try:
        delimiter = named[1] if named else _delimiter(handle)
        numbered = _without_comments(list(_numbered_rows(handle, delimiter))[1 if named else 0 :])
        numbered = merge_header_rows(numbered)
    except csv.Error as error:
        raise InputError(f"{option} {str(path)!r} is not a CSV in UTF-8: {error}") from error
    if len(numbered) < 2:
        raise InputError(f"{option} {str(path)!r} holds no rows")
    names = [_one_line(name) for name in numbered[0][1]]
    names[0] = names[0].lstrip("#").strip() or names[0]  # as NumPy writes it
    header = [name or f"unnamed {i}" for i, name in enumerate(names)]
    repeated = sorted({name for name in header if header.count(name) > 1})
    if repeated:
        raise InputError(f"{option} {str(path)!r} has columns of the same name: {', '.join(repeated)}")
    good = [(line, row) for line, row in numbered[1:] if len(row) == len(header)]
    ragged = [(line, len(row)) for line, row in numbered[1:] if len(row) != len(header)]
    if not good:
        line, width = ragged[0]
        raise InputError(
            f"{option} {str(path)!r} has no row with as many cells as its header, which has {len(header)}: "
            f"line {line} has {width}"
        )
    rows, lines = [row for _, row in good], [line for line, _ in good]
    return CsvFile(path.name, header, rows, lines, delimiter, tuple(notes)), ragged


def _without_comments(numbered: list[tuple[int, list[str]]]) -> list[tuple[int, list[str]]]:
    """Leave out the lines before the header that are remarks: they begin as such, or are a title's only cell."""
    if not numbered:
        return numbered
    usual = Counter(len(row) for _, row in numbered[:ROWS_TO_TELL_BY]).most_common(1)[0][0]

    def is_remark(row: list[str]) -> bool:
        is_title = usual > 2 and bool(row[0].strip()) and not any(cell.strip() for cell in row[1:])
        return is_title or (row[0].startswith(("#", "%", "//")) and len(row) != usual)

    first = next((i for i, (_, row) in enumerate(numbered) if not is_remark(row)), 0)
    return numbered if any(map(is_number, numbered[first][1])) else numbered[first:]


def _one_line(name: str) -> str:
    """Return a column's name as it can be told: spreadsheets let people break the lines of a header's cell."""
    return " ".join(name.strip().splitlines())


def _delimiter(handle) -> str:
    """Tell the delimiter: the one under which most of the first rows are as wide as the header, and then widest."""

    def fit(delimiter: str) -> tuple[bool, float, int]:
        try:
            rows = [row for _, row in islice(_numbered_rows(handle, delimiter), ROWS_TO_TELL_BY)]
        except csv.Error:
            return False, 0.0, 0
        width = len(rows[0]) if rows else 0
        return width > 1, sum(len(row) == width for row in rows) / max(len(rows), 1), width

    best = max(DELIMITERS, key=fit)
    if fit(best)[0]:
        return best
    is_spaced, share, width = fit(" ")
    return " " if is_spaced and share == 1 and width > 2 else ","


def _numbered_rows(handle, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Yield each row from the start of the file, with the number of the line it starts on."""
    handle.seek(0)
    reader = csv.reader(handle, delimiter=delimiter, strict=True, skipinitialspace=True)
    line = 1
    try:
        for row in reader:
            if len(row) > 1 or (row and row[0].strip()):
                yield line, row
            line = reader.line_num + 1
    except csv.Error as error:
        raise csv.Error(
            f"{error}: see the quotes of the row that begins in line {line}, and close or double them"
        ) from None
