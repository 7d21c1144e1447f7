"""What readers make of the CSVs: the type that a column is taken for, and the text before an apostrophe was added."""

from collections.abc import Iterable

from pipeline.report.guess import FORMULA, guess_cell
from pipeline.tables import BOOLEAN, DATE, DATETIME, INTEGER, NUMBER, STRING

ROWS_LOOKED_AT = 1024
"""By Tableau."""

_WIDER = {(INTEGER, NUMBER): NUMBER, (DATE, DATETIME): DATETIME}


def guess_column(cells: Iterable[str]) -> str | None:
    """Return the kind that a reader takes a column for, of its first cells as text; None where all are empty."""
    kinds = {guess_cell(cell) for _, cell in zip(range(ROWS_LOOKED_AT), cells, strict=False) if cell}
    if len(kinds) == 2:
        return _WIDER.get(tuple(sorted(kinds, key=[INTEGER, NUMBER, DATE, DATETIME, BOOLEAN, STRING].index)), STRING)
    return next(iter(kinds)) if len(kinds) == 1 else STRING if kinds else None


def with_formula(text: str) -> str:
    """Return the text that `without_formula` was given, as exports/README.md says."""
    return text[1:] if text.startswith("'") and FORMULA.match(text) else text
