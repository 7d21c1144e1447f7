"""Tidy CSVs: conformed to their declaration, written so that a reader can't guess a type wrong, and read back."""

import csv
import os
import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

from pipeline.errors import GenrelabError
from pipeline.report.guess import mark_as_text, without_formula
from pipeline.report.words import with_words
from pipeline.tables import BOOLEAN, DATE, DATETIME, INTEGER, NUMBER, STRING, Column, Table

TRUTH = {True: "TRUE", False: "FALSE"}
DTYPES = {
    STRING: "string", NUMBER: "Float64", INTEGER: "Int64", BOOLEAN: "boolean",
    DATE: "datetime64[us]", DATETIME: "datetime64[us]",
}  # fmt: skip
ROWS_AT_ONCE = 5_000
DATE_FORMATS = {DATE: "%Y-%m-%d", DATETIME: "%Y-%m-%dT%H:%M:%S"}


class ExportError(GenrelabError):
    """A table does not fit its declaration."""


def conform(table: Table, frame: pd.DataFrame) -> pd.DataFrame:
    """Return `frame` with the declared columns in their order, each of the declared type.

    Ids and labels that a reader would take for numbers, dates, formulas or missing values get their column's prefix, as
    do names of columns; other text that a spreadsheet would take for a formula gets an apostrophe.

    Raises
    ------
    ExportError
        where a column is missing or not declared, a required cell is empty, or a cell is of another type or none of
        the values that are declared
    """
    frame = with_words(table, frame)
    fixed = [column for column in table.columns if not column.pattern]
    missing = [column.name for column in fixed if column.name not in frame.columns]
    found = {name: table.find_column(name) for name in frame.columns}
    declared = {name: column for name, column in found.items() if column is not None}
    unknown = [name for name in found if name not in declared]
    if missing or unknown:
        raise ExportError(f"{table.file_name}: columns missing: {missing or 'none'}; not declared: {unknown or 'none'}")
    order = {column.name: place for place, column in enumerate(table.columns)}
    names = sorted(frame.columns, key=lambda name: order[declared[name].name])
    typed = {_header(declared[name], name): _typed(table, declared[name], name, frame[name]) for name in names}
    return pd.DataFrame(typed)


def write_csv(table: Table, frame: pd.DataFrame, path: Path) -> None:
    """Write a conformed table: UTF-8, comma, LF, an empty cell for null, TRUE and FALSE, no exponents."""
    with open(path, "w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle, lineterminator="\n")
        writer.writerow(frame.columns)
        for start in range(0, len(frame), ROWS_AT_ONCE):  # all of a large table as text would not fit
            part = frame.iloc[start : start + ROWS_AT_ONCE]
            writer.writerows(zip(*(_cells(table.column(name), part[name]) for name in part.columns), strict=True))
        handle.flush()
        os.fsync(handle.fileno())


def read_csv(table: Table, path: Path) -> pd.DataFrame:
    """Read what `write_csv` has written, each column of the declared type.

    Raises
    ------
    ExportError
        where the file is no export of this version
    """
    try:
        frame = pd.read_csv(path, dtype=str, keep_default_na=False, na_values=[""], encoding="utf-8")
        for name in frame.columns:
            column = table.find_column(name)
            if column is None:
                raise ExportError(f"{path.name}: column {name!r} is not declared")
            frame[name] = _parsed(column, frame[name])
    except (OSError, ValueError) as error:
        raise ExportError(f"{path.name} can't be read: {error}") from error
    return frame


def column_safe(name: str) -> str:
    """Return `name` in lower-case letters, digits and underscores."""
    return re.sub(r"\W+", "_", name.strip().lower()).strip("_") or "_"


def _typed(table: Table, column: Column, name: str, values: pd.Series) -> pd.Series:
    try:
        typed = _cast(column, values)
    except (TypeError, ValueError) as error:
        raise ExportError(f"{table.file_name}: column {name!r} is not all {column.kind}: {error}") from error
    if column.required and typed.isna().any():
        raise ExportError(f"{table.file_name}: column {name!r} has {int(typed.isna().sum())} empty cells")
    strange = set(typed.dropna().unique()) - set(column.values) if column.values else set()
    if strange:
        raise ExportError(
            f"{table.file_name}: column {name!r} holds {sorted(strange)}, which is none of: {', '.join(column.values)}"
        )
    return typed.reset_index(drop=True)


def _cast(column: Column, values: pd.Series) -> pd.Series:
    if column.kind == NUMBER and values.dtype == np.float64:
        _refuse_infinite(values)
        return values.astype("Float64")
    typed = _with_none(values).astype(DTYPES[column.kind])
    if column.kind == NUMBER:
        _refuse_infinite(typed.dropna())
    if column.kind == STRING:
        typed = _map_distinct(typed, lambda text: _safe(column, text))
    return typed


def _with_none(values: pd.Series) -> pd.Series:
    """Return the values as objects, None where one is missing."""
    missing = values.isna()
    objects = values.astype(object)
    return objects.where(~missing, None) if missing.any() else objects


def _map_distinct(values: pd.Series, change: Callable[[str], str]) -> pd.Series:
    """Return `values` changed: each text but once, since ids and labels come again in row after row."""
    changed = {text: change(text) for text in values.dropna().unique()}
    if all(text == safe for text, safe in changed.items()):
        return values
    return values.map(changed, na_action="ignore").astype(values.dtype)


def _header(column: Column, name: str) -> str:
    return _safe(column, name) if column.pattern else name


def _safe(column: Column, text: str) -> str:
    """Return `text` as no reader takes it for anything but text."""
    plain = _plain_text(text)
    if not column.prefix:
        return without_formula(plain)
    labels = plain.split(column.joined_by) if column.joined_by else [plain]
    return column.joined_by.join(mark_as_text(label, column.prefix) for label in labels)


def _plain_text(text: str) -> str:
    """Return `text` with LF for every line break, as a bare CR ends a row for many a reader, and without NUL."""
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "\N{REPLACEMENT CHARACTER}")


def _refuse_infinite(values: pd.Series) -> None:
    if np.isinf(values.to_numpy(dtype=float)).any():
        raise ValueError("a value is infinite")


def _cells(column: Column, values: pd.Series) -> list:
    """Return the cells as the writer takes them: text, a float that it writes in the shortest way, None where empty."""
    if column.kind == NUMBER:
        return _numbers(values.to_numpy(dtype=float, na_value=np.nan))
    if column.kind == BOOLEAN:
        values = values.map(TRUTH, na_action="ignore")
    elif column.kind in DATE_FORMATS:
        values = values.dt.strftime(DATE_FORMATS[column.kind])
    return _with_none(values).tolist()


def _numbers(values: np.ndarray) -> list[float | str | None]:
    """Return doubles, written as the shortest text that reads back the same; an exponent is text to some readers."""
    size = np.abs(values)
    cells = values.tolist()
    for place in np.flatnonzero(~((size >= 1e-4) & (size < 1e16)) & (size != 0)):
        cells[place] = None if np.isnan(values[place]) else np.format_float_positional(values[place], trim="0")
    return cells


def _parsed(column: Column, values: pd.Series) -> pd.Series:
    if column.kind == BOOLEAN:
        return values.map({text: truth for truth, text in TRUTH.items()}).astype("boolean")
    if column.kind == NUMBER:
        return values.astype(object).where(values.notna(), np.nan).astype(float).astype("Float64")
    return _with_none(values).astype(DTYPES[column.kind])
