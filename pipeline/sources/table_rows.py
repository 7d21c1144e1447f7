"""Which track and segment each row of a table is, and which genre it counts for."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from pipeline.errors import InputError
from pipeline.printable import count
from pipeline.sources.counters import Piece, recognise_pieces, say_unsure
from pipeline.sources.csv_file import CsvFile
from pipeline.sources.metadata import ORIGIN, Metadata, read_origin
from pipeline.sources.names import track_and_segment
from pipeline.sources.table_columns import BY_WHOM, LABEL_COLUMNS
from pipeline.title_keys import same_titles

HASH_DIGITS = 16
MOST_WORDS = 3


@dataclass(frozen=True)
class Labels:
    """The genre of each row, empty where nothing tells it; `source`, what does, and `lacking`, what is wrong with each
    row if not; `notes`, what is worth saying of it.
    """

    genres: list[str]
    source: str
    lacking: list[str]
    notes: tuple[str, ...] = ()


def tell_labels(table: CsvFile, label_column: str | None, id_column: str | None, metadata: Metadata | None) -> Labels:
    """Tell the genre of each row by its label column, or by the metadata where there is none.

    Raises
    ------
    InputError
        where neither tells it
    """
    if label_column:
        return _of_column(table, label_column)
    if metadata is None or not metadata.genres:
        raise InputError(
            f"--table {table.name} has no label column, like {LABEL_COLUMNS[0]} or {LABEL_COLUMNS[1]}; name it with "
            "--label-column, or give --metadata with a column of genres, like genre_top; its columns: "
            f"{table.columns()}"
        )
    if id_column is None:
        raise InputError(
            f"--table {table.name} has no column of ids by which the metadata could tell genres; name it with "
            f"--id-column; its columns: {table.columns()}"
        )
    names = table.column(id_column)
    tracks = [track_and_segment(name)[0] for name in names]
    of_name, of_track = metadata.join_genres(filter(None, names)), metadata.join_genres(filter(None, tracks))
    genres = [of_name.get(name) or of_track.get(track, "") for name, track in zip(names, tracks, strict=True)]
    if not any(genres):
        raise InputError(
            f"--metadata name no genre for any id of --table {table.name}, like {names[0]!r}: give those of the same "
            "tracks, or name another --id-column"
        )
    return Labels(genres, "genres of the metadata", ["the metadata name no genre for it"] * len(genres))


def _of_column(table: CsvFile, column: str) -> Labels:
    """Tell the genres that a column names; a word that counts for no value is told as it is written."""
    genres, written = table.column(column), table.written(column)
    words = Counter(cell for cell, genre in zip(written, genres, strict=True) if cell and not genre)
    said = ", ".join(f"{word!r} ({count(n, 'row')})" for word, n in words.most_common(MOST_WORDS))
    more = f" and {len(words) - MOST_WORDS} other spellings" if len(words) > MOST_WORDS else ""
    return Labels(
        genres,
        f"label column {column!r}",
        [f"{cell!r} counts as missing" if cell else "the label cell is empty" for cell in written],
        (f"label column {column!r} says {said}{more}, which counts as missing; spell a genre of that name otherwise",)
        if words
        else (),
    )


def identify_rows(
    table: CsvFile,
    id_column: str | None,
    labels: Sequence[str],
    segment_column: str | None,
    described: dict[str, str | None],
    notes: list[str],
) -> pd.DataFrame:
    """Return line, track, segment, genre and description of each row, and the stem that its name shares."""
    no_cells = [""] * len(table.rows)
    names = table.column(id_column) if id_column else no_cells
    named = [track_and_segment(name) for name in names]
    stems: list[str | None] = [None] * len(names)
    if id_column and not segment_column and all(segment is None for _, segment in named):
        pieces = recognise_pieces(names, labels)
        named_by = {field: table.column(column) for field, column in described.items() if column and field in BY_WHOM}
        if _are_tracks(pieces, named_by):
            pieces = [None] * len(names)
        sure = [piece for piece in pieces if piece and piece.sure]
        if sure:
            notes.append(
                f"{len(sure)} names are those of pieces of {len({p.stem for p in sure})} tracks: segments of these"
            )
        notes += say_unsure(pieces)
        named = [(p.stem, p.counter) if p and p.sure else name for p, name in zip(pieces, named, strict=True)]
        stems = [piece.stem if piece and not piece.sure else None for piece in pieces]
    if id_column and not segment_column:
        notes += _say_shared(named)
    segments = pd.Series([segment for _, segment in named], dtype=float)
    if id_column and segment_column:
        cells = pd.Series(table.column(segment_column), dtype=object)
        segments = pd.to_numeric(cells, errors="coerce").astype(float)
    rows = pd.DataFrame({"line": table.lines, "genre": list(labels), "segment": segments})
    rows["stem"] = pd.Series(stems, dtype=object)
    rows["named"] = [bool(track) for track, _ in named]
    rows["track_id"] = [track or f"row-{line}" for (track, _), line in zip(named, table.lines, strict=True)]
    for field, column in described.items():
        cells = table.column(column) if column else no_cells
        said = [read_origin(field, cell) if field in ORIGIN else cell or None for cell in cells]
        rows[field] = pd.Series(said, dtype=object)
    return rows


def _say_shared(named: Iterable[tuple[str, float | None]]) -> list[str]:
    """Count the rows that have the id of another row and no number of a segment; nothing where there are none."""
    times = Counter(track for track, segment in named if track and segment is None)
    shared = {name: n for name, n in times.items() if n > 1}
    if not shared:
        return []
    return [
        f"{count(sum(shared.values()), 'row')} share {count(len(shared), 'id')}, {next(iter(shared))!r} the first: the "
        "rows of an id are taken as pieces of one track"
    ]


def _are_tracks(pieces: list[Piece | None], said: dict[str, list[str]]) -> bool:
    """Tell whether names that look like those of pieces are tracks: stems stand for artists, or titles differ."""
    stems = pd.Series([piece.stem if piece else None for piece in pieces], dtype=object)
    for field, cells in said.items():
        known = pd.Series(cells, dtype=object)[stems.notna()]
        known = known[known != ""]
        if known.empty:
            continue
        n_stems = stems[known.index].groupby(known).nunique()
        n_said = known.groupby(stems[known.index]).nunique()
        if (n_said.median() > 1) if field == "title" else (n_said.max() == 1 and n_stems.max() == 1):
            return True
    return False


def names_by_content(rows: pd.DataFrame, features: list[str]) -> pd.Series:
    """Return the ids of the tracks; of a row that has none, one made of its values, and counted where they repeat."""
    unnamed = rows[~rows["named"]]
    values = unnamed[sorted(features)].to_numpy(dtype=np.float64) + 0.0  # with 0.0 the two zeros are one
    hashed = [f"row-{hashlib.sha256(row.tobytes()).hexdigest()[:HASH_DIGITS]}" for row in values]
    given = pd.Series(hashed, index=unnamed.index, dtype=object)
    number = given.groupby(given).cumcount() + 1
    counted = given.where(number == 1, given + "-" + number.astype(str))
    return rows["track_id"].where(rows["named"], counted.reindex(rows.index))


def songs_of(rows: pd.DataFrame) -> pd.Series:
    """Return what rows of one song share: artist and title, where its track has both, else the track.

    Parameters
    ----------
    rows : pd.DataFrame
        ``track_id``, ``artist``, ``title``
    """
    named = rows[["track_id", "artist", "title"]].drop_duplicates()
    keys = pd.Series(same_titles(named).to_numpy(), index=named["track_id"]).dropna()
    of_track = keys[~keys.index.duplicated()]
    titled = rows["track_id"].map(of_track.to_dict())
    return titled.astype(object).where(titled.notna(), "\0" + rows["track_id"])


def all_genres(rows: pd.DataFrame) -> dict[str, list[str]]:
    """Return the genres of each track whose song's rows name several, that of most rows first [by track]."""
    known = rows[rows["genre"] != ""]
    counts = known.groupby(["song_key", "genre"]).size().rename("n").reset_index()
    several = counts[counts["song_key"].duplicated(keep=False)].sort_values(["n", "genre"], ascending=[False, True])
    genres = several.groupby("song_key")["genre"].agg(list)
    tracks = rows.drop_duplicates("track_id").set_index("track_id")["song_key"]
    return tracks[tracks.isin(genres.index)].map(genres).to_dict()


def main_labels(rows: pd.DataFrame, label: str = "genre", by: str = "song_key") -> pd.Series:
    """Return the label of most rows of each song, or track, None where two have as many [by song, or track]."""
    known = rows[rows[label] != ""]
    counts = known.groupby([by, label]).size().rename("n").reset_index()
    most = counts[counts["n"] == counts.groupby(by)["n"].transform("max")]
    is_tied = most[by].duplicated(keep=False)
    return most[~is_tied].set_index(by)[label]


def say_several(rows: pd.DataFrame) -> list[str]:
    """Say how many tracks, and songs of several ids, have rows of several genres, and how that is settled."""
    known = rows[rows["genre"] != ""]
    notes = []
    by_track, by_song = (known.groupby(by)["genre"].nunique() for by in ("track_id", "song_key"))
    several = by_track.index[by_track > 1]
    if len(several):
        settled = len(several.intersection(main_labels(rows, by="track_id").index))
        notes.append(
            f"{len(several)} tracks have rows of several genres: {settled} count for the genre of most of their rows, "
            f"{len(several) - settled} with as many rows of two genres are left out"
        )
    n_ids = known.groupby("song_key")["track_id"].nunique()
    songs = by_song.index[(by_song > 1) & (n_ids > 1)]
    if len(songs):
        settled = len(songs.intersection(main_labels(rows).index))
        notes.append(
            f"{count(len(songs), 'song')} of one artist and title under several ids and genres: {settled} count for "
            f"the genre of most of their rows, {len(songs) - settled} with as many rows of two genres are left out"
        )
    return notes
