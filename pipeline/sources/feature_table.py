"""A table of features made elsewhere: any CSV with a label column and numeric features."""

import hashlib
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from pipeline.clip import CLIP_S, SAMPLE_RATE_HZ
from pipeline.errors import InputError
from pipeline.sources.csv_file import CsvFile, read_csv
from pipeline.sources.names import track_and_segment
from pipeline.sources.records import FeatureTable, Reject
from pipeline.sources.table_columns import (
    DESCRIPTIONS,
    ID_COLUMNS,
    LABEL_COLUMNS,
    SEGMENT_COLUMNS,
    feature_values,
    field_names,
    without_label_copies,
)

MOST_SEGMENTS = 1_000_000
HASH_DIGITS = 16


@dataclass(frozen=True)
class TableOptions:
    """Which columns mean what, and how long a row's window is; empty or zero: recognised from the table.

    ``leave_out`` names columns that are to be no features, with commas between them.
    """

    id_column: str = ""
    label_column: str = ""
    segment_column: str = ""
    window_s: float = 0.0
    leave_out: str = ""


def read_feature_table(
    path: Path, options: TableOptions, known_sets: dict[str, tuple[str, ...]], kept_window_s: float = 0.0
) -> FeatureTable:
    """Read a feature table.

    A column is a feature where at least half of its filled cells are numbers (TRUE and FALSE count as 1 and 0; a
    decimal comma is read where the delimiter is no comma); the id, label, segment, artist and title columns, any other
    id- or label-like column, a row counter and a column that repeats the label in other words are not. A row without
    an id is a track of its own, named by its values, so that it is known again wherever it stands. A track's genre is
    that of most of its rows: the others are rejects, and all of them where two genres have as many. Rows of a track
    without a segment number that have the same values are one row. A row with a missing label, or with a feature cell
    that is not a finite number, is a reject.

    Parameters
    ----------
    path : Path
    options : TableOptions
    known_sets : dict
        names and columns of the feature sets; a table with exactly the columns of one (``length`` aside) is of that set
    kept_window_s : float
        what a row of this table stood for before, in seconds; stands where fewer rows a track would say a longer one

    Raises
    ------
    InputError
        where there is no label column, no feature, no usable row, or only one genre; where a column to leave out is
        not there
    """
    if not (np.isfinite(options.window_s) and options.window_s >= 0):
        raise InputError(f"--table-window {options.window_s:g} must be a length in seconds, or 0: told from the table")
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
    described = {field: table.pick("", names, "--table") for field, names in DESCRIPTIONS.items()}
    left_out = _left_out(table, options.leave_out, notes)
    taken = {label_column, id_column, segment_column, *described.values(), *left_out}
    values = feature_values(table, taken, notes)
    names = [name for name in values.columns if name != "length"]
    feature_set = next((name for name, columns in known_sets.items() if set(columns) == set(names)), "table")
    if feature_set == "table":
        values = values.set_axis(field_names(values.columns), axis=1)
        names = list(values.columns)
        values["length"] = np.nan
    else:
        names = list(known_sets[feature_set])
        values = values.reindex(columns=["length", *names])
    rows = _identify(table, id_column, label_column, segment_column, described)
    rows = pd.concat([rows, values], axis=1)
    rejects = [Reject(f"{table.name}:{line}", "wrong_cell_count", f"{n} cells where the header has {len(table.header)}")
               for line, n in ragged]  # fmt: skip
    rows = _without_rejects(table.name, rows, names, rejects, notes)
    if rows["genre"].nunique() < 2:
        raise InputError(
            f"--table {table.name} leaves {len(rows)} usable rows of {rows['genre'].nunique()} genre(s) in column "
            f"{label_column!r}; a comparison needs two. {len(rejects)} rows were rejected"
            + (f", the first: {rejects[0].path}: {rejects[0].detail}" if rejects else "")
        )
    if feature_set == "table":
        rows, names = without_label_copies(rows, names, notes)
    rows["track_id"] = _names_by_content(rows, names)
    window_s = options.window_s or _window_s(rows, notes, kept_window_s)
    about_ids = (
        f", id column {id_column!r}" if id_column else "; no id column: every row is a track, named by its values"
    )
    notes.append(f"label column {label_column!r}{about_ids}")
    return FeatureTable(rows.reset_index(drop=True), names, feature_set, window_s, rejects, notes)


def _left_out(table: CsvFile, names: str, notes: list[str]) -> list[str]:
    """Return the columns to leave out, as the header spells them."""
    wanted = [name.strip() for name in names.split(",") if name.strip()]
    found = [table.pick(name, (), "--leave-out") or "" for name in wanted]
    if found:
        notes.append(f"columns left out, as asked for: {', '.join(found)}")
    return found


def _identify(
    table: CsvFile,
    id_column: str | None,
    label_column: str,
    segment_column: str | None,
    described: dict[str, str | None],
) -> pd.DataFrame:
    """Return line, track, segment, genre, artist and title of each row."""
    no_cells = [""] * len(table.rows)
    named = [track_and_segment(name) for name in (table.column(id_column) if id_column else no_cells)]
    segments = pd.Series([segment for _, segment in named], dtype=float)
    if id_column and segment_column:
        cells = pd.Series(table.column(segment_column), dtype=object)
        segments = pd.to_numeric(cells, errors="coerce").astype(float)
    rows = pd.DataFrame({"line": table.lines, "genre": table.column(label_column), "segment": segments})
    rows["named"] = [bool(track) for track, _ in named]
    rows["track_id"] = [track or f"row-{line}" for (track, _), line in zip(named, table.lines, strict=True)]
    for field, column in described.items():
        cells = table.column(column) if column else no_cells
        rows[field] = pd.Series([cell or None for cell in cells], dtype=object)
    return rows


def _names_by_content(rows: pd.DataFrame, features: list[str]) -> pd.Series:
    """Return the ids of the tracks; of a row that has none, one made of its values, and counted where they repeat."""
    unnamed = rows[~rows["named"]]
    values = unnamed[sorted(features)].to_numpy(dtype=np.float64) + 0.0  # with 0.0 the two zeros are one
    hashed = [f"row-{hashlib.sha256(row.tobytes()).hexdigest()[:HASH_DIGITS]}" for row in values]
    given = pd.Series(hashed, index=unnamed.index, dtype=object)
    number = given.groupby(given).cumcount() + 1
    counted = given.where(number == 1, given + "-" + number.astype(str))
    return rows["track_id"].where(rows["named"], counted.reindex(rows.index))


def _main_genres(rows: pd.DataFrame) -> pd.Series:
    """Return the genre of most rows of each track, None where two have as many [by track]."""
    known = rows[rows["genre"] != ""]
    counts = known.groupby(["track_id", "genre"]).size().rename("n").reset_index()
    most = counts[counts["n"] == counts.groupby("track_id")["n"].transform("max")]
    is_tied = most["track_id"].duplicated(keep=False)
    return most[~is_tied].set_index("track_id")["genre"]


def _without_rejects(
    name: str, rows: pd.DataFrame, features: list[str], rejects: list[Reject], notes: list[str]
) -> pd.DataFrame:
    """Drop rows that can't be used, adding a reject for each; number the segments of a track from 0."""
    bad_cells = rows[features].isna()
    n_bad = bad_cells.sum(axis=1)
    own_genre = rows["track_id"].map(_main_genres(rows))
    conflict = rows["genre"] != own_genre
    keyed = rows["segment"].notna()
    repeated = keyed & rows.duplicated(["track_id", "segment"])
    reasons = [
        ("missing_label", rows["genre"] == "", lambda i: "the label cell is empty"),
        ("not_a_number", n_bad > 0, lambda i: f"no finite number in {_some(bad_cells.columns[bad_cells.loc[i]])}"),
        (
            "label_conflict",
            conflict,
            lambda i: f"{rows.at[i, 'genre']!r}, but {_say_rows(own_genre[i])}",
        ),
        ("repeated_segment", repeated, lambda i: "an earlier row has the same track and segment"),
    ]
    dropped = pd.Series(False, index=rows.index)
    for reason, mask, detail in reasons:
        for index in rows.index[mask & ~dropped]:
            rejects.append(Reject(f"{name}:{rows.at[index, 'line']}", reason, detail(index)))
        dropped |= mask
    several = rows["genre"].ne("") & conflict
    if several.any():
        tied = rows["track_id"][several & own_genre.isna()].nunique()
        settled = rows["track_id"][several].nunique() - tied
        notes.append(
            f"{settled + tied} tracks have rows of several genres: {settled} count for the genre of most of their "
            f"rows, {tied} with as many rows of two genres are left out"
        )
    rows = rows[~dropped]
    again = rows["segment"].isna() & rows.duplicated(["track_id", *features])
    for line in rows["line"][again]:
        rejects.append(Reject(f"{name}:{line}", "repeated_segment", "an earlier row of this track has the same values"))
    return _number_segments(rows[~again].copy())


def _say_rows(genre: str | float) -> str:
    if isinstance(genre, str):
        return f"most rows of this track say {genre!r}"
    return "as many rows of this track say another genre"


def _number_segments(rows: pd.DataFrame) -> pd.DataFrame:
    """Count segments from 0; where not all of a track's have whole numbers, in the order of its rows."""
    first = rows["segment"].min()
    numbered = rows["segment"] - (0 if np.isnan(first) else min(first, 1))
    usable = (numbered % 1 == 0) & numbered.between(0, MOST_SEGMENTS)
    numbered = numbered.where(usable.groupby(rows["track_id"]).transform("all"))
    rows["segment"] = numbered.fillna(rows.groupby("track_id").cumcount()).astype(int)
    return rows


def _some(names) -> str:
    shown = ", ".join(repr(name) for name in names[:3])
    return f"{shown} and {len(names) - 3} more" if len(names) > 3 else shown


def _window_s(rows: pd.DataFrame, notes: list[str], kept_s: float) -> float:
    """Tell the nominal window: from ``length`` in samples, else a 30-second clip shared by a track's usual rows."""
    if rows["length"].notna().any():
        length_s = rows["length"].median() / SAMPLE_RATE_HZ
        return float(round(length_s)) if abs(length_s - round(length_s)) < 0.05 * length_s else round(length_s, 2)
    usual = Counter(rows.groupby("track_id").size()).most_common(1)[0][0]
    window_s = round(CLIP_S / usual, 2)
    if 0 < kept_s < window_s:
        notes.append(
            f"a track has {usual} row(s) as a rule, fewer than before: still counted as windows of {kept_s:g} s"
        )
        return kept_s
    notes.append(
        f"a track has {usual} row(s) as a rule: counted as windows of {window_s:g} s of a 30-second clip "
        "(--table-window says otherwise)"
    )
    return window_s
