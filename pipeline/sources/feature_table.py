"""A table of features made elsewhere: any CSV with a label column and numeric features."""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from pipeline.clip import CLIP_S, SAMPLE_RATE_HZ
from pipeline.errors import InputError
from pipeline.printable import count
from pipeline.reasons import REASONS
from pipeline.sources.csv_file import CsvFile, read_csv
from pipeline.sources.feature_columns import LARGEST, choose_features
from pipeline.sources.genre_names import merge_genres, one_of_several, read_styles
from pipeline.sources.lost_genres import LostGenre, lost_genres
from pipeline.sources.metadata import Metadata, says_origin
from pipeline.sources.missing_cells import some
from pipeline.sources.records import FeatureTable, Reject, TableColumn
from pipeline.sources.sides import says_sides, settle_sides
from pipeline.sources.styles import NO_SUBLABEL, pick_styles, refuse_same_column, settle_styles
from pipeline.sources.table_columns import (
    BY_WHOM,
    DESCRIPTIONS,
    ID_COLUMNS,
    LABEL_COLUMNS,
    PLACES,
    SEGMENT_COLUMNS,
    field_names,
)
from pipeline.sources.table_rows import (
    all_genres,
    identify_rows,
    main_labels,
    names_by_content,
    say_several,
    songs_of,
    tell_labels,
)

MOST_SEGMENTS = 1_000_000


@dataclass(frozen=True)
class TableOptions:
    """Which columns mean what, and how long a row's window is; empty or zero: recognised from the table.

    ``leave_out`` names columns that are to be no features, with commas between them; ``merge_genres`` is one of
    `genre_names.MERGE`; ``genre_from`` may be metadata, though there is a label column. ``sublabel`` is the column of
    styles below genres, here or in the metadata, ``sublabel_before`` that of before, which counts where none is named
    and it is there; ``multilabel`` is one of `genre_names.MULTILABEL`.
    """

    id_column: str = ""
    label_column: str = ""
    segment_column: str = ""
    window_s: float = 0.0
    leave_out: str = ""
    merge_genres: str = "ask"
    genre_from: str = ""
    sublabel: str = ""
    sublabel_before: str = ""
    multilabel: str = "first"


def read_feature_table(
    path: Path,
    options: TableOptions,
    known_sets: dict[str, tuple[str, ...]],
    kept_window_s: float = 0.0,
    metadata: Metadata | None = None,
) -> FeatureTable:
    """Read a feature table.

    A column is a feature where at least half of its filled cells are numbers (TRUE and FALSE count as 1 and 0; a
    decimal comma is read where the delimiter is no comma); the id, label, segment, artist and title columns, any other
    id- or label-like column, dates, and what counts, names or repeats the label (`column_roles`) are not, nor is a
    column that lacks numbers in so many rows that few would be left. A row without an id is a track of its own, named
    by its values, so that it is known again wherever it stands; ids that differ by a counter alone are pieces of tracks
    (`counters`). A song's genre, of one id or of one artist and title, is that of most of its rows: the others are
    rejects, and all of them where two genres have as many. Rows of a track without a segment number that have the same
    values are one row. A row with a missing label, or with a feature cell that is not a finite number, or too large a
    one, is a reject.

    Parameters
    ----------
    path : Path
    options : TableOptions
    known_sets : dict
        names and columns of the feature sets; a table with exactly the columns of one (``length`` aside) is of that set
    kept_window_s : float
        what a row of this table stood for before, in seconds; stands where fewer rows a track would say a longer one
    metadata : Metadata or None
        tell the genres of a table that has no label column, by its ids

    Raises
    ------
    InputError
        where nothing tells the labels, there is no feature, no usable row, or only one genre; where a column to leave
        out is not there
    """
    if not (np.isfinite(options.window_s) and options.window_s >= 0):
        raise InputError(f"--table-window {options.window_s:g} must be a length in seconds, or 0: told from the table")
    table, ragged = read_csv(path, "--table")
    sublabel = options.sublabel or (options.sublabel_before if options.sublabel_before in table.header else "")
    label_column = None
    if options.genre_from != "metadata":
        usual = [name for name in LABEL_COLUMNS if name != sublabel]
        label_column = table.pick(options.label_column, usual, "--label-column")
    id_column = table.pick(options.id_column, [c for c in ID_COLUMNS if c != label_column], "--id-column")
    segment_column = table.pick(options.segment_column, SEGMENT_COLUMNS, "--segment-column")
    others = {"labels": label_column, "ids": id_column, "segments": segment_column}
    gives_way = not options.sublabel and sublabel in others.values()
    style_column = pick_styles(table, "" if gives_way else sublabel, metadata)
    notes = list(table.notes)
    if options.sublabel_before and not options.sublabel and style_column is None and not (metadata and metadata.styled):
        notes.append(
            f"column {options.sublabel_before!r}, which had the styles before, is not there or something else now: no "
            "track has a style (--sublabel names another column)"
        )
    refuse_same_column(style_column, others)
    if style_column and not options.sublabel:
        notes.append(f"styles are those of column {style_column!r}, as before (--sublabel {NO_SUBLABEL} for none)")
    described = {field: _pick_description(table, field) for field in DESCRIPTIONS}
    roles = {"the segment": segment_column, "the style": style_column}
    roles |= {f"the {what.replace('_', ' ')}": column for what, column in described.items()}
    roles |= {"the id": id_column, "the label": label_column}
    taken = _taken(table, roles, options.leave_out, notes)
    labels = tell_labels(table, label_column, id_column, metadata)
    rows = identify_rows(table, id_column, labels.genres, segment_column, described, notes)
    written = rows["genre"]
    rows["genre"], several = one_of_several(written.tolist(), options.multilabel)
    names_several = written.ne("") & rows["genre"].eq("")
    names_of, merged = merge_genres(rows["genre"].tolist(), options.merge_genres)
    rows["genre"] = [names_of.get(genre, "") for genre in rows["genre"]]
    rows["style"] = None
    of_styles: list[str] = []
    if style_column:
        rows["style"], of_styles = read_styles(table.column(style_column), options.merge_genres, options.multilabel)
    rows["song_key"] = songs_of(rows)
    own_genre = rows["song_key"].map(main_labels(rows))
    of_several = all_genres(rows)
    tracks = pd.DataFrame({"track_id": rows["track_id"], "genre": rows["genre"].where(rows["genre"] == own_genre, "")})
    known = {name for columns in known_sets.values() for name in columns}
    chosen = choose_features(table, taken, tracks, known, notes)
    values = chosen.values
    names = [name for name in values.columns if name != "length"]
    feature_set = next((name for name, columns in known_sets.items() if set(columns) == set(names)), "table")
    if feature_set == "table":
        fields = dict(zip(values.columns, field_names(values.columns), strict=True))
        values = values.rename(columns=fields)
        names = list(values.columns)
        values["length"] = np.nan
    else:
        names = list(known_sets[feature_set])
        fields = {name: name for name in names}
        values = values[names].assign(length=chosen.length)
    rows = pd.concat([rows, values], axis=1)
    rejects = [Reject(f"{table.name}:{line}", "wrong_cell_count", f"{n} cells where the header has {len(table.header)}")
               for line, n in ragged]  # fmt: skip
    said = {field: column for column, field in fields.items()}
    rows, lost = _without_rejects(table.name, rows, said, labels.lacking, names_several, rejects, notes)
    commonest = _say_commonest(rejects, len(table.rows) + len(ragged))
    if rows["genre"].nunique() < 2:
        raise InputError(
            f"--table {table.name} leaves {count(len(rows), 'usable row')} of "
            f"{count(rows['genre'].nunique(), 'genre')} in {labels.source}; a comparison needs two. "
            f"{len(rejects)} rows were rejected"
            + (f", the first: {rejects[0].path}: {rejects[0].detail}; {commonest}" if rejects else "")
        )
    rows["track_id"] = names_by_content(rows, names)
    rows["predefined_split"] = settle_sides(
        rows, described["predefined_split"], notes, told_better=bool(metadata and metadata.names_sides)
    )
    window_s = options.window_s or _window_s(rows, notes, kept_window_s)
    about_ids = (
        f", id column {id_column!r}" if id_column else "; no id column: every row is a track, named by its values"
    )
    notes.append(f"{labels.source}{about_ids}")
    notes += [*labels.notes, *several, *merged, *of_styles, *([commonest] if rejects else [])]
    columns = [TableColumn(name, fields.get(name), chosen.left_out.get(name)) for name in table.header]
    return FeatureTable(
        rows.reset_index(drop=True), names, feature_set, window_s, rejects, notes, columns, lost, of_several
    )


def _pick_description(table: CsvFile, field: str) -> str | None:
    """Return the column that says `field` of a track; a measure that is only called so is none."""
    column = table.pick("", DESCRIPTIONS[field], "--table")
    if column is None or field in BY_WHOM:
        return column
    cells = table.column(column)
    return column if (says_origin(field, cells) if field in PLACES else says_sides(cells)) else None


def _taken(table: CsvFile, roles: dict[str, str | None], leave_out: str, notes: list[str]) -> dict[str, str]:
    """Return the columns that are something else than features, and what; `roles` has what each tells."""
    taken = dict.fromkeys(_left_out(table, leave_out, notes), "are left out, as asked for")
    return taken | {column: f"tell {role}" for role, column in roles.items() if column}


def _say_commonest(rejects: list[Reject], n_rows: int) -> str:
    """Say how many rows are rejected, and for what most of them."""
    if not rejects:
        return ""
    causes = Counter((reject.reason, _without_values(reject)) for reject in rejects)
    (reason, detail), n = causes.most_common(1)[0]
    if len(rejects) == 1:
        return f"1 of {n_rows} rows was rejected as {reason}: {detail}"
    most = "all of them" if n == len(rejects) else f"{n} of them"
    return f"{len(rejects)} of {n_rows} rows were rejected, {most} as {reason}: {detail}"


def _without_values(reject: Reject) -> str:
    return reject.detail if reject.reason in ("not_a_number", "too_large") else REASONS[reject.reason].meaning


def _left_out(table: CsvFile, names: str, notes: list[str]) -> list[str]:
    """Return the columns to leave out, as the header spells them."""
    wanted = [name.strip() for name in names.split(",") if name.strip()]
    found = [table.pick(name, (), "--leave-out") or "" for name in wanted]
    if found:
        notes.append(f"columns left out, as asked for: {', '.join(found)}")
    return found


def _without_rejects(
    name: str,
    rows: pd.DataFrame,
    said: dict[str, str],
    lacking: list[str],
    names_several: pd.Series,
    rejects: list[Reject],
    notes: list[str],
) -> tuple[pd.DataFrame, list[LostGenre]]:
    """Drop rows that can't be used, adding a reject for each; settle the styles of tracks, and number their segments.

    `said` has the name that each feature has in the file, `lacking` what is wrong with each row if it has no genre;
    `names_several` is true of rows that have none because they name several.
    """
    features = list(said)
    bad_cells = rows[features].isna().rename(columns=said)
    large_cells = (rows[features].abs() > LARGEST).rename(columns=said)
    n_bad = bad_cells.sum(axis=1)
    own_genre = rows["song_key"].map(main_labels(rows))
    conflict = rows["genre"] != own_genre
    keyed = rows["segment"].notna()
    repeated = keyed & rows.duplicated(["track_id", "segment"])
    reasons = [
        ("several_labels", names_several, lambda i: "the label cell names several genres"),
        ("missing_label", rows["genre"] == "", lambda i: lacking[i]),
        ("not_a_number", n_bad > 0, lambda i: f"no finite number in {some(bad_cells.columns[bad_cells.loc[i]])}"),
        (
            "too_large",
            large_cells.any(axis=1),
            lambda i: f"a number beyond {LARGEST:.1e} in {some(large_cells.columns[large_cells.loc[i]])}",
        ),
        (
            "label_conflict",
            conflict,
            lambda i: f"{rows.at[i, 'genre']!r}, but {_say_rows(own_genre[i])}",
        ),
        ("repeated_segment", repeated, lambda i: "an earlier row has the same track and segment"),
    ]
    dropped = pd.Series(False, index=rows.index)
    why = pd.Series("", index=rows.index)
    for reason, mask, detail in reasons:
        for index in rows.index[mask & ~dropped]:
            rejects.append(Reject(f"{name}:{rows.at[index, 'line']}", reason, detail(index)))
            why[index] = reason
        dropped |= mask
    notes += say_several(rows)
    lost = lost_genres(rows["genre"].tolist(), why)
    rows = rows[~dropped]
    if rows["style"].notna().any():
        rows = rows.assign(style=settle_styles(rows, notes))
    again = rows["segment"].isna() & rows.duplicated(["track_id", *features])
    for line in rows["line"][again]:
        rejects.append(Reject(f"{name}:{line}", "repeated_segment", "an earlier row of this track has the same values"))
    return _number_segments(rows[~again].copy()), lost


def _say_rows(genre: str | float) -> str:
    if isinstance(genre, str):
        return f"most rows of this song say {genre!r}"
    return "as many rows of this song say another genre"


def _number_segments(rows: pd.DataFrame) -> pd.DataFrame:
    """Count segments from 0; where not all of a track's have whole numbers, in the order of its rows."""
    first = rows["segment"].min()
    numbered = rows["segment"] - (0 if np.isnan(first) else min(first, 1))
    usable = (numbered % 1 == 0) & numbered.between(0, MOST_SEGMENTS)
    numbered = numbered.where(usable.groupby(rows["track_id"]).transform("all"))
    rows["segment"] = numbered.fillna(rows.groupby("track_id").cumcount()).astype(int)
    return rows


def _window_s(rows: pd.DataFrame, notes: list[str], kept_s: float) -> float:
    """Tell the nominal window: from ``length`` in samples, else a 30-second clip shared by a track's usual rows."""
    if rows["length"].notna().any():
        length_s = rows["length"].median() / SAMPLE_RATE_HZ
        return float(round(length_s)) if abs(length_s - round(length_s)) < 0.05 * length_s else round(length_s, 2)
    usual = Counter(rows.groupby("track_id").size()).most_common(1)[0][0]
    window_s = round(CLIP_S / usual, 2)
    if 0 < kept_s < window_s:
        notes.append(
            f"a track has {count(usual, 'row')} as a rule, fewer than before: still counted as windows of {kept_s:g} s"
        )
        return kept_s
    notes.append(
        f"a track has {count(usual, 'row')} as a rule: counted as windows of {window_s:g} s of a 30-second clip "
        "(--table-window says otherwise)"
    )
    return window_s
