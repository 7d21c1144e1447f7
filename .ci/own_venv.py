"""Say why an environment is not the one of this checkout, as where both were copied or moved; silent where it is.

Asked by make, of the environment's own Python: ``.venv/bin/python -I .ci/own_venv.py``.
"""

import re
import sys
from importlib.util import find_spec
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
STAMP = ".installed"
"""The file by which make knows that the installation is complete."""

INTERPRETER = re.compile(rb"(?:#!|''')(?:exec' )?[\"']?(/[^\n]*)/python[\d.]*[\"' \n]")
"""The folder of the Python that a script is for; pip writes a path that is long, or has a space in it, for a shell."""


def why_not_own(environment: Path, project: Path) -> str:
    """Return in a few words why an environment is not the project's; empty where it is, or nothing is installed yet."""
    for name in ("pip", "genrelab"):
        script = environment / "bin" / name
        found = INTERPRETER.match(script.read_bytes().replace(b"#!/bin/sh\n", b"")) if script.is_file() else None
        if found and not _same(Path(found[1].decode()), environment / "bin"):
            return f"its programs are those of {found[1].decode()}"
    package = find_spec("pipeline")
    if package is None:
        return "nothing is installed for its Python" if (environment / STAMP).exists() else ""
    home = Path(package.origin).parent.parent
    return "" if _same(home, project) else f"it runs the project in {home}"


def _same(one: Path, other: Path) -> bool:
    return one.exists() and one.samefile(other)


if __name__ == "__main__":
    print(why_not_own(Path(sys.prefix), PROJECT), end="")
