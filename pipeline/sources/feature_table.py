"""A table of features made elsewhere: any CSV with a label column and numeric features."""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from pipeline.clip import CLIP_S, SAMPLE_RATE_HZ
from pipeline.errors import InputError
from pipeline.sources.csv_file import CsvFile, read_csv
from pipeline.sources.metadata import ARTIST_COLUMNS, TITLE_COLUMNS
from pipeline.sources.names import track_and_segment
from pipeline.sources.records import FeatureTable, Reject

ID_COLUMNS = ("filename", "file_name", "track_id", "file", "path", "id")
LABEL_COLUMNS = ("label", "genre", "Genre", "genre_y", "track_genre", "playlist_genre", "Label", "genre_x", "class")
SEGMENT_COLUMNS = ("segment", "segment_id", "segment_index", "segment_number")

RESERVED = frozenset({"_id", "run_id", "dataset", "track_id", "genre", "feature_set", "window_s", "start_s", "length"})


@dataclass(frozen=True)
class TableOptions:
    """Which columns mean what, and how long a row's window is; empty or zero: recognised from the table."""

    id_column: str = ""
    label_column: str = ""
    segment_column: str = ""
    window_s: float = 0.0


def read_feature_table(path: Path, options: TableOptions, known_sets: dict[str, tuple[str, ...]]) -> FeatureTable:
    """Read a feature table.

    A column is a feature where at least half of its filled cells are numbers (TRUE and FALSE count as 1 and 0); the
    id, label and segment columns, any other label-like column and a row counter are not. A row with a missing label, or
    with a feature cell that is not a finite number, is a reject.

    Parameters
    ----------
    path : Path
    options : TableOptions
    known_sets : dict
        names and columns of the feature sets; a table with exactly the columns of one (``length`` aside) is of that set

    Raises
    ------
    InputError
        where there is no label column, no feature, no usable row, or only one genre
    """
    table, ragged = read_csv(path, "--table")
    label_column = table.pick(options.label_column, LABEL_COLUMNS, "--label-column")
    if label_column is None:
        raise InputError(
            f"--table {table.name} has no label column (one of {', '.join(LABEL_COLUMNS)}); "
            f"name it with --label-column; its columns: {table.columns()}"
        )
    id_column = table.pick(options.id_column, [c for c in ID_COLUMNS if c != label_column], "--id-column")
    segment_column = table.pick(options.segment_column, SEGMENT_COLUMNS, "--segment-column")
    notes: list[str] = []
    values = _features(table, {label_column, id_column, segment_column}, notes)
    names = [name for name in values.columns if name != "length"]
    feature_set = next((name for name, columns in known_sets.items() if set(columns) == set(names)), "table")
    if feature_set == "table":
        values = values.rename(columns=_field_name)
        names = list(values.columns)
        values["length"] = np.nan
    else:
        names = list(known_sets[feature_set])
        values = values.reindex(columns=["length", *names])
    rows = _identify(table, id_column, label_column, segment_column)
    rows = pd.concat([rows, values], axis=1)
    rejects = [Reject(f"{table.name}:{line}", "wrong_cell_count", f"{n} cells where the header has {len(table.header)}")
               for line, n in ragged]  # fmt: skip
    rows = _without_rejects(table.name, rows, names, rejects)
    if rows["genre"].nunique() < 2:
        raise InputError(
            f"--table {table.name} leaves {len(rows)} usable rows of {rows['genre'].nunique()} genre(s) in column "
            f"{label_column!r}; a comparison needs two. {len(rejects)} rows were rejected"
            + (f", the first: {rejects[0].path}: {rejects[0].detail}" if rejects else "")
        )
    window_s = options.window_s or _window_s(rows, notes)
    notes.append(f"label column {label_column!r}, id column {id_column!r}" if id_column else
                 f"label column {label_column!r}; no id column: every row is a track of its own")  # fmt: skip
    return FeatureTable(rows.reset_index(drop=True), names, feature_set, window_s, rejects, notes)


def _features(table: CsvFile, taken: set[str | None], notes: list[str]) -> pd.DataFrame:
    """Return the numeric columns as floats, NaN where a cell is no finite number."""
    values, ignored = {}, []
    for name in table.header:
        if name in taken:
            continue
        cells = pd.Series(table.column(name), dtype=str)
        numbers = _numbers(cells)
        filled = int((cells != "").sum())
        if name in LABEL_COLUMNS or name in ID_COLUMNS or filled == 0 or numbers.notna().sum() < filled / 2:
            ignored.append(name)
        elif (not name or name.lower().startswith("unnamed")) and _is_counter(numbers):
            ignored.append(name or "(unnamed)")
        else:
            values[name or "unnamed"] = numbers.where(np.isfinite(numbers))
    if ignored:
        notes.append(f"columns that are no features: {', '.join(ignored)}")
    if not set(values) - {"length"}:
        raise InputError(f"--table {table.name} has no numeric feature column; its columns: {table.columns()}")
    return pd.DataFrame(values)


def _numbers(cells: pd.Series) -> pd.Series:
    truth = cells.str.lower().map({"true": "1", "false": "0"})
    return pd.to_numeric(truth.fillna(cells), errors="coerce").astype(float)


def _is_counter(numbers: pd.Series) -> bool:
    return bool((numbers.diff().iloc[1:] == 1).all())


def _field_name(name: str) -> str:
    """Return a name that MongoDB takes as a field and that no other column has."""
    safe = name.replace(".", "_").replace("\0", "")
    return f"feature_{safe.lstrip('$')}" if safe in RESERVED or safe.startswith("$") else safe


def _identify(table: CsvFile, id_column: str | None, label_column: str, segment_column: str | None) -> pd.DataFrame:
    """Return line, track, segment, genre, artist and title of each row."""
    n_rows = len(table.rows)
    rows = pd.DataFrame({"line": table.lines, "genre": table.column(label_column)})
    if id_column is None:
        rows["track_id"], rows["segment"] = [f"row-{line}" for line in table.lines], None
    elif segment_column is not None:
        rows["track_id"] = [track_and_segment(name)[0] for name in table.column(id_column)]
        rows["segment"] = pd.to_numeric(pd.Series(table.column(segment_column), dtype=str), errors="coerce")
    else:
        parsed = [track_and_segment(name) for name in table.column(id_column)]
        rows["track_id"], rows["segment"] = [track for track, _ in parsed], [segment for _, segment in parsed]
    for field, candidates in (("artist", ARTIST_COLUMNS), ("title", TITLE_COLUMNS)):
        column = table.pick("", candidates, "--table")
        rows[field] = [cell or None for cell in table.column(column)] if column else [None] * n_rows
    rows["segment"] = rows["segment"].astype(float)
    return rows


def _without_rejects(name: str, rows: pd.DataFrame, features: list[str], rejects: list[Reject]) -> pd.DataFrame:
    """Drop rows that can't be used, adding a reject for each; number the segments of a track from 0."""
    bad_cells = rows[features].isna()
    n_bad = bad_cells.sum(axis=1)
    first_genre = rows[rows["genre"] != ""].groupby("track_id")["genre"].first()
    conflict = rows["genre"] != rows["track_id"].map(first_genre)
    keyed = rows["segment"].notna()
    repeated = keyed & rows.duplicated(["track_id", "segment"])
    reasons = [
        ("no_id", rows["track_id"] == "", lambda i: "the id cell is empty"),
        ("missing_label", rows["genre"] == "", lambda i: "the label cell is empty"),
        ("not_a_number", n_bad > 0, lambda i: f"no finite number in {_some(bad_cells.columns[bad_cells.loc[i]])}"),
        (
            "label_conflict",
            conflict,
            lambda i: (
                f"{rows.at[i, 'genre']!r}, but an earlier row of this track says "
                f"{first_genre[rows.at[i, 'track_id']]!r}"
            ),
        ),
        ("repeated_segment", repeated, lambda i: "an earlier row has the same track and segment"),
    ]
    dropped = pd.Series(False, index=rows.index)
    for reason, mask, detail in reasons:
        for index in rows.index[mask & ~dropped]:
            rejects.append(Reject(f"{name}:{rows.at[index, 'line']}", reason, detail(index)))
        dropped |= mask
    rows = rows[~dropped].copy()
    first = rows["segment"].min() if rows["segment"].notna().any() else 0
    in_order = rows.groupby("track_id").cumcount()
    rows["segment"] = (rows["segment"] - min(first, 1)).fillna(in_order).astype(int)
    return rows


def _some(names) -> str:
    shown = ", ".join(repr(name) for name in names[:3])
    return f"{shown} and {len(names) - 3} more" if len(names) > 3 else shown


def _window_s(rows: pd.DataFrame, notes: list[str]) -> float:
    """Tell the nominal window: from ``length`` in samples, else a 30-second clip shared by a track's usual rows."""
    if rows["length"].notna().any():
        return float(round(rows["length"].median() / SAMPLE_RATE_HZ)) or CLIP_S
    usual = Counter(rows.groupby("track_id").size()).most_common(1)[0][0]
    window_s = round(CLIP_S / usual, 2)
    notes.append(
        f"a track has {usual} row(s) as a rule: counted as windows of {window_s:g} s of a 30-second clip "
        "(--table-window says otherwise)"
    )
    return window_s
