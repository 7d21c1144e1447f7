"""The data dictionary, ``exports/README.md``: prose around what tables, reasons, checks and policies declare."""

from collections.abc import Iterable
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from pipeline.quality import MEANINGS
from pipeline.reasons import REASONS
from pipeline.splits import POLICIES
from pipeline.tables import BESIDE, POLICY, TABLES, Column

TEMPLATE = "dictionary.md.jinja"
ON_THE_PAGE = {
    POLICY.meaning: "how rows are divided into training and test: one of the [split policies](#split-policies)"
}
"""Meanings that would make many tables wide, and what stands there instead."""


def dictionary() -> str:
    """Return the page."""
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=False,  # nosec B701 # Markdown of our own, not HTML of others
        undefined=StrictUndefined,
        trim_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {"cell": _cell, "meaning": _meaning, "names": _names}
    page = environment.get_template(TEMPLATE)
    return page.render(tables=TABLES, beside=BESIDE, reasons=REASONS, checks=MEANINGS, policies=POLICIES)


def _cell(text: str) -> str:
    """Return `text` as it stands in a cell of a table."""
    return text.replace("|", r"\|")


def _meaning(column: Column) -> str:
    return _cell(ON_THE_PAGE.get(column.meaning, column.meaning))


def _names(columns: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in columns)
