"""Texts without the places of this machine: what a run leaves for others to see names no user's home.

A path below the project is told from there, one below the user's home from ``~``; any other place, such as a mounted
disk, stays as it was given.
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

from pipeline.settings import PROJECT_DIR

PICTURES = frozenset({"image/png", "image/jpeg"})
"""Keys of what is no text, but could by chance spell a path."""

_BEFORE = r"((?:\x1b\[[\d;]*m|://)|(?<![\w./~%-]))"
"""A path begins where no other goes on; the code of a colour ends in a letter and a URL's scheme in a slash."""


def without_places(content: Any) -> Any:
    """Return a text, or what of JSON holds texts, with paths told from the project or from ``~``."""
    if isinstance(content, str):
        for spelling, pattern, plain in _patterns():
            if spelling in content:  # which is told far sooner than that a pattern is not: most texts name no place
                content = pattern.sub(plain, content)
        return content
    if isinstance(content, Mapping):
        return {name: value if name in PICTURES else without_places(value) for name, value in content.items()}
    return [without_places(value) for value in content] if isinstance(content, list) else content


@lru_cache(maxsize=1)
def _patterns() -> list[tuple[str, re.Pattern, str]]:
    """Return places, what to look for where one is named, and what to put there: the project before the home."""
    found = []
    project = [(PROJECT_DIR, "")] if len(PROJECT_DIR.parts) > 1 else []  # of / nothing can be told
    for place, short in (*project, *((home, "~") for home in _homes())):
        for spelling in dict.fromkeys((str(place), _as_a_literal(str(place)), quote(str(place), safe=""))):
            path, slash = re.escape(spelling), "(?:/|%2F)"
            if not short:
                found.append((spelling, re.compile(rf"{_BEFORE}{path}{slash}(?=[\w.~%-])"), r"\1"))
            found.append((spelling, re.compile(rf"{_BEFORE}{path}(?![\w-]|\.\w)"), rf"\1{short or '.'}"))
    return found


def _homes() -> list[Path]:
    """Return the user's home as it is named and where it lies; a home of ``/`` tells nothing."""
    try:
        home = Path.home()
    except RuntimeError:  # nobody's
        return []
    return [place for place in dict.fromkeys((home, home.resolve())) if len(place.parts) > 1]


def _as_a_literal(path: str) -> str:
    """Return a path as papermill writes it into the cell of parameters."""
    return path.encode("unicode_escape").decode().replace('"', r"\"")
