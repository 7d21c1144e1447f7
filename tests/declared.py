"""Rows that fit their declaration, whatever columns it has."""

from datetime import datetime
from typing import Any

import pandas as pd

from pipeline.tables import BOOLEAN, DATE, DATETIME, INTEGER, NUMBER, STRING, Column, Table

DAY = datetime(2026, 1, 2)
VALUES = {STRING: "text", NUMBER: 0.5, INTEGER: 4, BOOLEAN: True, DATE: DAY, DATETIME: DAY.replace(hour=3)}


def value_of(column: Column) -> Any:
    """Return a value that the column may have."""
    return column.values[0] if column.values else VALUES[column.kind]


def row_of(table: Table, **named: Any) -> dict[str, Any]:
    """Return a row as a stage hands it over to be stored, with those of its values that are `named`."""
    values = {name: value_of(table.column(name)) for name in table.stored_names}
    assert named.keys() <= values.keys()
    return values | named


def filled(table: Table, frame: pd.DataFrame) -> pd.DataFrame:
    """Return `frame` with every column that is declared; one that it lacks holds the same value in all rows."""
    lacking = [name for name in table.names if name not in frame]
    return frame.assign(**{name: value_of(table.column(name)) for name in lacking})
