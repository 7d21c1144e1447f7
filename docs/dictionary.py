"""The data dictionary, ``exports/README.md``: prose around what tables, reasons, checks and policies declare."""

from collections.abc import Iterable
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from pipeline.quality import MEANINGS
from pipeline.reasons import REASONS
from pipeline.splits import POLICIES
from pipeline.tables import TABLES

TEMPLATE = "dictionary.md.jinja"
SEE = {"split_policy": " ([all policies](#split-policies))"}
"""By column: where the page says more of its values."""


def dictionary() -> str:
    """Return the page."""
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=False,  # nosec B701 # Markdown of our own, not HTML of others
        undefined=StrictUndefined,
        trim_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["cell"] = _cell
    page = environment.get_template(TEMPLATE)
    return page.render(tables=TABLES, names=_names, reasons=REASONS, checks=MEANINGS, policies=POLICIES, see=SEE)


def _cell(text: str) -> str:
    """Return `text` as it stands in a cell of a table."""
    return text.replace("|", r"\|")


def _names(columns: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in columns)
