"""Read a CSV as text, row by row, with the line each row starts on."""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.errors import InputError


@dataclass(frozen=True)
class CsvFile:
    """A CSV's header and rows; `lines` holds the line number on which each row starts, the header's being 1."""

    name: str
    header: list[str]
    rows: list[list[str]]
    lines: list[int]

    def pick(self, named: str, candidates: Sequence[str], option: str) -> str | None:
        """Return the column that `named` names, else the first of `candidates` that is there, else None.

        Raises
        ------
        InputError
            where `named` is not a column; `option` is its name on the command line
        """
        if named:
            if named not in self.header:
                raise InputError(f"{option} {named!r} is not a column of {self.name}; its columns: {self.columns()}")
            return named
        return next((name for name in candidates if name in self.header), None)

    def column(self, name: str) -> list[str]:
        """Return the cells of a column, stripped."""
        index = self.header.index(name)
        return [row[index].strip() for row in self.rows]

    def columns(self) -> str:
        """Return the column names for a message."""
        shown = ", ".join(self.header[:30])
        return f"{shown}, … ({len(self.header)} in all)" if len(self.header) > 30 else shown


def read_csv(path: Path, option: str) -> tuple[CsvFile, list[tuple[int, int]]]:
    """Read a CSV in UTF-8 (with or without a byte-order mark), delimited by comma, semicolon or tab.

    Returns
    -------
    table : CsvFile
        its rows all as wide as the header; empty lines are left out
    ragged : list of (line, number of cells)
        rows that are wider or narrower than the header

    Raises
    ------
    InputError
        where the file can't be read or is no table; `option` is its name on the command line
    """
    try:
        with open(path, encoding="utf-8-sig", newline="") as handle:
            delimiter = max(",;\t", key=handle.readline().count)
            handle.seek(0)
            numbered = list(_numbered_rows(csv.reader(handle, delimiter=delimiter, strict=True)))
    except OSError as error:
        raise InputError(f"{option} {str(path)!r} can't be read: {error.strerror}") from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise InputError(f"{option} {str(path)!r} is not a CSV in UTF-8: {error}") from error
    if len(numbered) < 2:
        raise InputError(f"{option} {str(path)!r} holds no rows")
    header = [name.strip() for name in numbered[0][1]]
    repeated = sorted({name for name in header if name and header.count(name) > 1})
    if repeated:
        raise InputError(f"{option} {str(path)!r} has columns of the same name: {', '.join(repeated)}")
    good = [(line, row) for line, row in numbered[1:] if len(row) == len(header)]
    ragged = [(line, len(row)) for line, row in numbered[1:] if len(row) != len(header)]
    return CsvFile(path.name, header, [row for _, row in good], [line for line, _ in good]), ragged


def _numbered_rows(reader) -> Iterator[tuple[int, list[str]]]:
    line = 1
    for row in reader:
        if row:
            yield line, row
        line = reader.line_num + 1
