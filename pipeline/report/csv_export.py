"""Tidy CSVs: checked against their declaration, then written so that a reader never meets half a file."""

import os
import re
import tempfile
from pathlib import Path

import pandas as pd

from pipeline.errors import GenrelabError, InputError
from pipeline.report.tables import BOOLEAN, BY_NAME, INTEGER, NUMBER, STRING, Column, Table

TRUTH = {True: "TRUE", False: "FALSE"}


class ExportError(GenrelabError):
    """A table does not fit its declaration."""


def conform(table: Table, frame: pd.DataFrame) -> pd.DataFrame:
    """Return `frame` with the declared columns in their order, each of the declared type.

    Raises
    ------
    ExportError
        where a column is missing or not declared, a required cell is empty, or a cell is of another type
    """
    fixed = [column for column in table.columns if not column.pattern]
    missing = [column.name for column in fixed if column.name not in frame.columns]
    declared = {name: _declaration(table, name) for name in frame.columns}
    unknown = [name for name, column in declared.items() if column is None]
    if missing or unknown:
        raise ExportError(f"{table.file_name}: columns missing: {missing or 'none'}; not declared: {unknown or 'none'}")
    order = {column.name: place for place, column in enumerate(table.columns)}
    names = sorted(frame.columns, key=lambda name: order[declared[name].name])
    typed = {name: _typed(table, declared[name], name, frame[name]) for name in names}
    return pd.DataFrame(typed, columns=names)


def write_exports(frames: dict[str, pd.DataFrame], folder: Path) -> list[Path]:
    """Write all tables, or none: each goes to a temporary file first, and all are moved into place at the end.

    Raises
    ------
    ExportError
        where a table does not fit its declaration; nothing is written then
    InputError
        where the folder can't be written
    """
    conformed = {name: conform(BY_NAME[name], frame) for name, frame in frames.items()}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder, prefix=".writing-") as scratch:
            for name, frame in conformed.items():
                _write(frame, Path(scratch) / BY_NAME[name].file_name)
            paths = [folder / BY_NAME[name].file_name for name in conformed]
            for path in paths:
                os.replace(Path(scratch) / path.name, path)
    except OSError as error:
        raise InputError(f"can't write exports to {str(folder)!r}: {error.strerror or error}") from error
    return paths


def column_safe(name: str) -> str:
    """Return `name` in lower-case letters, digits and underscores."""
    return re.sub(r"\W+", "_", name.strip().lower()).strip("_") or "_"


def _write(frame: pd.DataFrame, path: Path) -> None:
    written = frame.copy()
    for name in written.columns[written.dtypes == "boolean"]:
        written[name] = written[name].map(TRUTH)
    with open(path, "w", encoding="utf-8", newline="") as handle:
        written.to_csv(handle, index=False, lineterminator="\n")
        handle.flush()
        os.fsync(handle.fileno())


def _declaration(table: Table, name: str) -> Column | None:
    exact = (column for column in table.columns if column.name == name)
    return next(exact, None) or next((column for column in table.columns if column.covers(name)), None)


def _typed(table: Table, column: Column, name: str, values: pd.Series) -> pd.Series:
    dtypes = {STRING: "string", NUMBER: "Float64", INTEGER: "Int64", BOOLEAN: "boolean"}
    try:
        typed = values.astype(object).where(values.notna(), None).astype(dtypes[column.kind])
    except (TypeError, ValueError) as error:
        raise ExportError(f"{table.file_name}: column {name!r} is not all {column.kind}: {error}") from error
    if column.required and typed.isna().any():
        raise ExportError(f"{table.file_name}: column {name!r} has {int(typed.isna().sum())} empty cells")
    return typed.reset_index(drop=True)
