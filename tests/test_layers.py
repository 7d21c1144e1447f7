"""Imports go one way: a room imports only from rooms above it in the table of docs/architecture.md."""

import ast
import re
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path
from typing import NamedTuple

import pytest

from pipeline.settings import PROJECT_DIR

PACKAGE = PROJECT_DIR / "pipeline"
TABLE = PROJECT_DIR / "docs" / "architecture.md"


class Arrow(NamedTuple):
    """One module imports another; both by their full names."""

    source: str
    target: str


def rooms_in_order(page: str) -> list[str]:
    """Return the rooms that the first column of the table names, lowest first."""
    table = page.split("| room | owns | never |\n", 1)[1].split("\n\n", 1)[0]
    cells = re.findall(r"^\| (`[^|]+) \|", table, flags=re.MULTILINE)
    return [room for cell in cells for room in re.findall(r"`(\w+)/?`", cell)]


def modules_of(package: Path) -> dict[str, Path]:
    return {
        ".".join(path.relative_to(package.parent).with_suffix("").parts).removesuffix(".__init__"): path
        for path in package.rglob("*.py")
    }


def arrows_of(package: Path) -> Iterator[Arrow]:
    """Yield what imports what inside a package and out of it, at the top of a module or in the midst of a function."""
    modules = modules_of(package)
    for source, path in modules.items():
        around = source if path.name == "__init__.py" else source.rpartition(".")[0]
        for node in ast.walk(ast.parse(path.read_text())):
            for name in _imported(node, around):
                while name not in modules and "." in name and name.startswith(f"{package.name}."):
                    name = name.rpartition(".")[0]  # of a module, and none itself
                if name != source:
                    yield Arrow(source, name)


def _imported(node: ast.AST, around: str) -> list[str]:
    """Return the full names that a statement imports; a relative one counts from the package `around` it."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        above = around.split(".")[: len(around.split(".")) - node.level + 1] if node.level else []
        module = ".".join([*above, *([node.module] if node.module else [])])
        return [f"{module}.{alias.name}" for alias in node.names]
    return []


def room_of(module: str) -> str:
    """Return the room of a module: what stands below the package, whose own ``__init__`` is one too."""
    return module.split(".")[1] if "." in module else "__init__"


def against_the_order(arrows: list[Arrow], order: list[str]) -> list[Arrow]:
    place = {room: n for n, room in enumerate(order)}
    return [arrow for arrow in arrows if place[room_of(arrow.source)] < place[room_of(arrow.target)]]


@pytest.fixture(scope="module")
def order() -> list[str]:
    return rooms_in_order(TABLE.read_text())


@pytest.fixture(scope="module")
def arrows() -> list[Arrow]:
    return [arrow for arrow in arrows_of(PACKAGE) if arrow.target.split(".")[0] == PACKAGE.name]


def test_the_table_names_every_room_once_and_no_other(order):
    there = [path.stem for path in PACKAGE.iterdir() if path.suffix == ".py" or any(path.glob("*.py"))]
    assert sorted(order) == sorted(there), f"add a row to, or remove one from, {TABLE.relative_to(PROJECT_DIR)}"


def test_a_room_imports_only_from_rooms_above_it_in_the_table(order, arrows):
    assert len(arrows) > 100
    assert against_the_order(arrows, order) == []


def test_modules_of_a_room_import_each_other_in_no_circle(arrows):
    graph: dict[str, set[str]] = {}
    for source, target in arrows:
        graph.setdefault(source, set()).add(target)
    assert list(TopologicalSorter(graph).static_order())  # raises where there is one, and names it


def test_the_package_knows_nothing_of_what_is_built_around_it():
    around = {path.name for path in PROJECT_DIR.iterdir() if path.is_dir()} - {PACKAGE.name}
    assert [arrow for arrow in arrows_of(PACKAGE) if arrow.target.split(".")[0] in around] == []


@pytest.mark.parametrize(
    "statement",
    [
        "import made.high",
        "import made.high.deep as d",
        "from made import high",
        "from made.high import thing",
        "from made.high.deep import thing",
        "from .. import high",
        "from ..high.deep import thing",
        "def late():\n    from made.high import thing",
        "if True:\n    import os, made.high",
    ],
)
def test_an_import_the_wrong_way_is_seen_however_it_is_written(tmp_path, statement):
    for name in ("__init__", "low/__init__", "low/inner", "high/__init__", "high/deep"):
        (tmp_path / "made" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "made" / f"{name}.py").touch()
    (tmp_path / "made" / "low" / "inner.py").write_text(statement)
    arrows = [arrow for arrow in arrows_of(tmp_path / "made") if arrow.target.split(".")[0] == "made"]
    [wrong] = against_the_order(arrows, ["__init__", "low", "high"])
    assert (wrong.source, room_of(wrong.target)) == ("made.low.inner", "high")
    assert against_the_order(arrows, ["__init__", "high", "low"]) == []
