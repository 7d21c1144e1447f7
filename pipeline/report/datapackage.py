"""``schema.json``: the exports as a Frictionless data package, made from their declaration.

It also says which files are one set: it is written last, with the SHA-256 of every file that is not meant to change.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from pipeline.features import feature_unit
from pipeline.tables import BOOLEAN, BY_NAME, Column, Table

FILE_NAME = "schema.json"
MEDIA_TYPES = {
    ".hyper": "application/octet-stream",
    ".twb": "application/twb",
    ".twbx": "application/twbx",
    ".html": "text/html",
}
TEXT_RULE = (
    "No text begins as a formula does: blanks or none, then = + - @ or their wide forms; or a tab or line break. "
    "Where one would, an id or label has its column's prefix, as one that looks like a number has, and any other text "
    "an apostrophe. To have that back, take one apostrophe from each text that begins with apostrophes and then so."
)
SAMPLED = "features"
"""The table that may hold a sample."""

REBOUND = ".twb"
"""A workbook is bound to another folder where the folder moves (``genrelab exports relocate``), so it has no hash."""


def write_package(
    folder: Path, frames: Mapping[str, pd.DataFrame], others: Iterable[Path], *, run_id: str, samples: Mapping[str, str]
) -> Path:
    """Write ``schema.json`` for the files that lie in `folder`.

    Parameters
    ----------
    folder : Path
    frames : mapping
        conformed tables by name, as their CSVs hold them
    others : iterable of Path
        the other files of the set
    run_id : str
        the run that wrote the set
    samples : mapping
        by run: which sample of its segments ``features.csv`` holds; empty or missing where it holds all
    """
    tables = [_table_resource(BY_NAME[name], frame, folder) for name, frame in frames.items()]
    sampled = {run: sample for run, sample in samples.items() if sample}
    for table in tables:
        if table["name"] == SAMPLED and sampled:
            table["description"] += "".join(f"; of run {run} {sample}" for run, sample in sampled.items())
            table["samples"] = sampled
    package = {
        "profile": "data-package",
        "name": "genrelab-exports",
        "title": "genrelab: music-genre models compared",
        "description": TEXT_RULE,
        "id": run_id,
        "resources": [*tables, *(_file_resource(path) for path in others)],
    }
    path = folder / FILE_NAME
    path.write_text(json.dumps(package, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return path


def read_package(folder: Path) -> dict[str, Any] | None:
    """Return the package of the set in `folder`; None where there is none that can be read."""
    try:
        package = json.loads((folder / FILE_NAME).read_text(encoding="utf-8"))
        return package if isinstance(package["resources"], list) else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def read_samples(package: Mapping[str, Any] | None) -> dict[str, str]:
    """Return which runs of a set are there with a sample of their segments, and which sample."""
    resources = package["resources"] if package else []
    return next((dict(one.get("samples", {})) for one in resources if one.get("name") == SAMPLED), {})


def package_files(package: Mapping[str, Any] | None) -> list[str]:
    """Return the names of the set's files, ``schema.json`` last."""
    return [*(resource["path"] for resource in package["resources"]), FILE_NAME] if package else []


def changed_files(folder: Path, package: Mapping[str, Any]) -> list[str]:
    """Return the files of the set that are missing, or not as they were written."""
    changed = []
    for resource in package["resources"]:
        path = folder / resource["path"]
        if not path.is_file() or ("hash" in resource and resource["hash"] != _hash(path)):
            changed.append(resource["path"])
    return changed


def _table_resource(table: Table, frame: pd.DataFrame, folder: Path) -> dict[str, Any]:
    schema: dict[str, Any] = {
        "fields": [_field(table.column(name), frame[name]) for name in frame.columns],
        "missingValues": [""],
    }
    if table.key:
        schema["primaryKey"] = list(table.key)
    references = [("runs", ["run_id"], ["run_id"])] if table.name != "runs" else []
    references += [(reference.table, list(reference.fields), list(reference.to)) for reference in table.references]
    if references:
        schema["foreignKeys"] = [
            {"fields": fields, "reference": {"resource": name, "fields": to}} for name, fields, to in references
        ]
    return {
        "name": table.name,
        "profile": "tabular-data-resource",
        "title": table.name.replace("_", " "),
        "description": f"one row per {table.grain}",
        "path": table.file_name,
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "dialect": {"delimiter": ",", "lineTerminator": "\n", "quoteChar": '"', "doubleQuote": True, "header": True},
        **_identity(folder / table.file_name),
        "schema": schema,
    }


def _field(column: Column, cells: pd.Series) -> dict[str, Any]:
    name = cells.name
    unit = column.unit or (feature_unit(name) if column.name == "*" else "")
    field: dict[str, Any] = {"name": name, "type": column.kind, "description": column.meaning}
    if unit:
        field["unit"] = unit
    if column.kind == BOOLEAN:
        field |= {"trueValues": ["TRUE"], "falseValues": ["FALSE"]}
    constraints = _constraints(column, cells)
    return field | {"constraints": constraints} if constraints else field


def _constraints(column: Column, cells: pd.Series) -> dict[str, Any]:
    """Return what holds for every cell; one that is kept from before the column was there is empty all the same."""
    constraints: dict[str, Any] = {}
    if column.required and cells.notna().all():
        constraints["required"] = True
    if column.values:
        constraints["enum"] = list(column.values)
    if column.minimum is not None:
        constraints["minimum"] = column.minimum
    return constraints


def _file_resource(path: Path) -> dict[str, Any]:
    resource = {
        "name": path.name.replace(".", "-"),
        "path": path.name,
        "format": path.suffix[1:],
        "mediatype": MEDIA_TYPES[path.suffix],
        "profile": "data-resource",
    }
    return resource if path.suffix == REBOUND else resource | _identity(path)


def _identity(path: Path) -> dict[str, Any]:
    return {"bytes": path.stat().st_size, "hash": _hash(path)}


def _hash(path: Path) -> str:
    with open(path, "rb") as handle:
        return f"sha256:{hashlib.file_digest(handle, 'sha256').hexdigest()}"
