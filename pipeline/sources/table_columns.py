"""Which columns of a table are features, and what the others are."""

import re
from collections.abc import Iterable
from itertools import count

import numpy as np
import pandas as pd

from pipeline.errors import InputError
from pipeline.sources.csv_file import CsvFile
from pipeline.sources.metadata import DESCRIBED
from pipeline.store.schema import fields

ID_COLUMNS = (
    "filename", "file_name", "track_id", "file", "path", "id", "song_id", "uri", "track_uri", "spotify_id", "isrc",
)  # fmt: skip
LABEL_COLUMNS = ("label", "genre", "Genre", "genre_y", "track_genre", "playlist_genre", "Label", "genre_x", "class")
SEGMENT_COLUMNS = ("segment", "segment_id", "segment_index", "segment_number")
DESCRIPTIONS = {field: DESCRIBED[field] for field in ("artist", "title")}
"""What a table of features may say of a track beside its label: a split comes from metadata alone."""

IDENTITY = ("line", "track_id", "genre", "segment", *DESCRIPTIONS)
"""What each row of a table is known by, beside its features."""

ENOUGH_TO_TELL = 5
"""With this many rows of each genre, a column that is constant within every genre repeats the label."""

_DECIMAL_COMMA = re.compile(r"^([+-]?\d*),(\d+(?:[eE][+-]?\d+)?)$")


def feature_values(table: CsvFile, taken: set[str | None], notes: list[str]) -> pd.DataFrame:
    """Return the numeric columns as floats, NaN where a cell is no finite number."""
    values, ignored = {}, []
    for name in table.header:
        if name in taken:
            continue
        cells = pd.Series(table.column(name), dtype=object)
        numbers = parse_numbers(cells, decimal_comma=table.delimiter != ",")
        filled = int((cells != "").sum())
        is_label_or_id = name.casefold() in {known.casefold() for known in (*LABEL_COLUMNS, *ID_COLUMNS)}
        if is_label_or_id or filled == 0 or numbers.notna().sum() < filled / 2 or _is_counter(name, numbers):
            ignored.append(name)
        else:
            values[name] = numbers.where(np.isfinite(numbers))
    if ignored:
        notes.append(f"columns that are no features: {', '.join(ignored)}")
    if not set(values) - {"length"}:
        raise InputError(f"--table {table.name} has no numeric feature column; its columns: {table.columns()}")
    return pd.DataFrame(values)


def parse_numbers(cells: pd.Series, *, decimal_comma: bool) -> pd.Series:
    """Return cells as floats, NaN where one holds none; TRUE and FALSE are 1 and 0."""
    if decimal_comma:
        cells = cells.str.replace(_DECIMAL_COMMA, r"\1.\2", regex=True)
    truth = cells.str.lower().map({"true": "1", "false": "0"})
    return pd.to_numeric(truth.fillna(cells), errors="coerce").astype(float)


def _is_counter(name: str, numbers: pd.Series) -> bool:
    """Tell whether a column is the row index that pandas and R write: unnamed, or called index, and whole numbers."""
    name = name.casefold()
    whole = bool((numbers.dropna() % 1 == 0).all())
    return whole and (name.startswith("unnamed") or (name == "index" and numbers.is_unique))


def reserved_names() -> set[str]:
    """Return the names that no feature may have: a segment, a table's row or an export has something else there."""
    return {*fields("segments"), *IDENTITY, "run_id"}


def field_names(names: Iterable[str]) -> list[str]:
    """Return names that MongoDB takes as fields, each for one column only."""
    reserved, given = reserved_names(), []
    for name in names:
        safe = name.replace(".", "_").replace("\0", "")
        safe = f"feature_{safe.lstrip('$')}" if safe in reserved or safe.startswith("$") or not safe else safe
        numbered = (f"{safe}_{n}" for n in count(2))
        given.append(safe if safe not in given else next(name for name in numbered if name not in given))
    return given


def without_label_copies(rows: pd.DataFrame, features: list[str], notes: list[str]) -> tuple[pd.DataFrame, list[str]]:
    """Drop columns that tell the genre outright, like a numbered label; without them there must be others."""
    genres = rows.groupby("genre")
    if genres.size().min() < ENOUGH_TO_TELL:
        return rows, features
    constant_within = (genres[features].nunique() == 1).all()
    copies = [name for name in features if constant_within[name] and rows[name].nunique() > 1]
    if not copies or len(copies) == len(features):
        return rows, features
    notes.append(f"columns that repeat the label are no features: {', '.join(copies)}")
    return rows.drop(columns=copies), [name for name in features if name not in copies]
