"""Weka's attribute-relation files, as the CSV that they hold."""

import csv
import io
import re

from pipeline.errors import InputError

_RELATION = re.compile(r"(?:\s*(?:%[^\n]*)?\n)*\s*@relation\b", re.I)
_ATTRIBUTE = re.compile(r"@attribute\s+(?:'((?:[^'\\]|\\.)*)'|\"([^\"]*)\"|(\S+))\s+\S", re.I)


def is_arff(text: str) -> bool:
    """Tell whether a text begins as such a file does."""
    return _RELATION.match(text) is not None


def arff_as_csv(text: str, name: str) -> str:
    """Return a CSV whose rows stand on the lines that they had; a question mark is an empty cell.

    Raises
    ------
    InputError
        where there are no attributes or data, or only non-zero values are written; `name` is the file's
    """
    columns: list[str] = []
    lines, in_data = [], False
    for line in text.splitlines():
        stripped = line.strip()
        if in_data and stripped.startswith("{"):
            raise InputError(f"{name} writes only the values that are not 0: save it with all of them, or as CSV")
        if in_data and stripped and not stripped.startswith("%"):
            cells = next(csv.reader([stripped], quotechar="'", escapechar="\\", skipinitialspace=True))
            lines.append(_row("" if cell.strip() == "?" else cell for cell in cells))
            continue
        attribute = _ATTRIBUTE.match(stripped)
        if attribute and not in_data:
            columns.append(next(part for part in attribute.groups() if part is not None))
        in_data = in_data or stripped.lower() == "@data"
        lines.append(_row(columns) if stripped.lower() == "@data" else "")
    if not columns or not in_data:
        raise InputError(f"{name} begins as an ARFF file and has no @attribute, or no @data")
    return "\n".join(lines) + "\n"


def _row(cells) -> str:
    written = io.StringIO()
    csv.writer(written, lineterminator="").writerow(cells)
    return written.getvalue()
