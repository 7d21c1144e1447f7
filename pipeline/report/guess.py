"""How a reader of CSVs takes a cell, so that none of ours is taken for what it is not.

Tableau looks at a column's first 1,024 rows, takes the narrowest type that fits them all, and reads later cells that do
not fit as null. A spreadsheet takes a cell for a formula by its first character, and may run it.
"""

import re

from pipeline.tables import BOOLEAN, DATE, DATETIME, INTEGER, NUMBER, STRING

MISSING_WORDS = frozenset({"", "nan", "-nan", "na", "n/a", "#n/a", "null", "none", "nil", "inf", "-inf", "-"})
"""Words that one reader or another takes for a missing value."""

_PATTERNS = (
    (BOOLEAN, re.compile(r"true|false", re.IGNORECASE)),
    (INTEGER, re.compile(r"[+-]?\d{1,18}")),
    (NUMBER, re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?", re.IGNORECASE)),
    (DATE, re.compile(r"\d{4}-\d{2}-\d{2}")),
    (DATETIME, re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?Z?")),
)
FORMULA = re.compile(r"'*(\s*[=+\-@＝＋－＠]|[\t\r\n])")
"""How a cell begins that a spreadsheet may run (OWASP, "CSV injection"; the wide signs count in East Asian locales),
and one that was such a cell before apostrophes were put before it."""


def guess_cell(text: str) -> str:
    """Return the narrowest kind that `text` can be read as."""
    return next((kind for kind, pattern in _PATTERNS if pattern.fullmatch(text)), STRING)


def reads_as_text(text: str) -> bool:
    """Whether every reader takes `text` for text: a letter in it, no number, formula or word for "missing"."""
    holds_letter = any(character.isalpha() for character in text)
    is_word = guess_cell(text) == STRING and text.strip().lower() not in MISSING_WORDS
    return holds_letter and is_word and not FORMULA.match(text)


def mark_as_text(text: str, prefix: str) -> str:
    """Put `prefix` before an id or label that could be taken for something else, or that begins so already.

    No two values become one, so rows that were joined by them still are, and others are not.
    """
    return text if reads_as_text(text) and not text.startswith(prefix) else prefix + text


def without_formula(text: str) -> str:
    """Put an apostrophe before what a spreadsheet may run, so that it can be taken away: no two texts become one."""
    return f"'{text}" if FORMULA.match(text) else text
