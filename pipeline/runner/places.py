"""Executed notebooks say where things are without saying whose machine it was: they are sent to others."""

import re
from pathlib import Path
from typing import Any

from nbformat import NotebookNode

from pipeline.settings import PROJECT_DIR


def hide_places(notebook: NotebookNode) -> NotebookNode:
    """Return a notebook in which paths are relative to the project, or to ``~``: sources, outputs and metadata."""
    return NotebookNode(_hidden(notebook, _patterns(PROJECT_DIR, Path.home())))


def _patterns(project: Path, home: Path) -> list[tuple[re.Pattern, str]]:
    begins, ends = r"(?<![\w.-])", r"(?![\w-]|\.\w)"
    found = [(begins + re.escape(f"{project}/"), ""), (begins + re.escape(str(project)) + ends, ".")]
    if home != Path(home.anchor):  # as of users of containers that have none
        found += [(begins + re.escape(str(place)) + ends, "~") for place in {home, home.resolve()}]
    return [(re.compile(pattern), instead) for pattern, instead in found]


def _hidden(value: Any, patterns: list[tuple[re.Pattern, str]]) -> Any:
    if isinstance(value, dict):
        return type(value)(
            {name: item if name.startswith("image/") else _hidden(item, patterns) for name, item in value.items()}
        )
    if isinstance(value, list):
        return [_hidden(item, patterns) for item in value]
    if isinstance(value, str):
        for pattern, instead in patterns:
            value = pattern.sub(instead, value)
    return value
