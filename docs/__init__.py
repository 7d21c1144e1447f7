"""Pages and validators that follow from what the code declares: ``make docs`` writes them, a test compares them."""

from pathlib import Path

from docs.dictionary import dictionary
from docs.validators import validators

PROJECT = Path(__file__).resolve().parents[1]


def written(project: Path = PROJECT) -> dict[Path, str]:
    """Return every file that follows from a declaration, each with what it should hold."""
    return {project / "exports" / "README.md": dictionary(), **validators(project / "mongo" / "schema")}
