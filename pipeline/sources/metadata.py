"""Metadata CSV: artist, title, a predefined split, where music is from and when, joined to tracks by file name."""

import math
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from pipeline.errors import InputError
from pipeline.sources.csv_file import read_csv
from pipeline.sources.genre_names import read_styles
from pipeline.sources.names import matching_paths

FILE_COLUMNS = (
    "file", "filename", "file_name", "path", "track_id", "id", "file_path", "audio_path", "audio_file", "clip_id",
    "song_id", "uri", "track_uri", "spotify_id",
)  # fmt: skip
DESCRIBED = {
    "artist": (
        "artist", "artist_name", "artists", "track_artist", "artist_names", "artist_name(s)", "artist_name_s_",
        "artist(s)", "performer", "main_artist", "primary_artist", "album_artist", "singer", "band", "artista",
        "interpret", "creator",
    ),
    "title": ("title", "track_name", "track_title", "name", "song_name", "song_title"),
    "predefined_split": ("predefined_split", "split", "ff_split", "set", "fold", "set_split"),
}  # fmt: skip
"""What may be said of a track, by its field in ``tracks``, and how a column of it may be called."""

ORIGIN = {
    "country": ("country", "nation", "artist_country", "track_country", "country_of_origin", "country_name"),
    "region": ("region", "continent", "world_region", "artist_region"),
    "culture": ("culture", "ethnic_group", "tradition"),
    "latitude": ("latitude", "lat", "artist_latitude", "track_latitude"),
    "longitude": ("longitude", "lon", "lng", "artist_longitude", "track_longitude"),
    "year": ("year", "release_year", "album_year", "track_year", "recording_year", "date", "release_date",
             "track_date_recorded", "album_date_released"),
}  # fmt: skip
"""Where and when a track is from, in the same way."""

_FURTHEST = 180.0
_DEGREES = ("latitude", "longitude")
_NUMBERS = ("year", *_DEGREES)
_YEAR = re.compile(r"[12]\d{3}(?!\d)")


GENRE_COLUMNS = (
    "genre", "track_genre_top", "genre_top", "label", "class", "track_genre", "genre_name", "top_genre", "main_genre",
    "primary_genre", "genres",
)  # fmt: skip

Cell = str | float | int | None
Entry = TypeVar("Entry")


def says_origin(field: str, cells: Iterable[str]) -> bool:
    """Tell whether a column says what it is called after: words of a country, say, and no measure of countryness."""
    filled = [cell for cell in cells if cell]
    said = [read_origin(field, cell) is not None and (field in _NUMBERS or not _is_number(cell)) for cell in filled]
    return 2 * sum(said) > len(filled)


def read_origin(field: str, cell: str) -> Cell:
    """Return what a cell says of where or when a track is from, None where it says nothing that can be.

    Parameters
    ----------
    field : str
        of `ORIGIN`
    cell : str

    Returns
    -------
    str, float, int or None
        degrees, of either kind up to 180, so that a check can see which were swapped; the year of a date; other words
        as they are written
    """
    if field == "year":
        found = _YEAR.match(cell)
        return int(found[0]) if found else None
    if field not in _DEGREES:
        return cell or None
    degrees = float(cell) if _is_number(cell) else math.inf
    return degrees if abs(degrees) <= _FURTHEST else None


def _is_number(cell: str) -> bool:
    try:
        return not math.isnan(float(cell))
    except ValueError:
        return False


@dataclass(frozen=True)
class Metadata:
    """What a metadata CSV says of each file: its name as written, its artist, title and predefined split, its origin.

    `n_ragged` rows were left out, because they have more or fewer cells than the header. `genres` are for those whose
    folders don't tell them. `styled` tells whether entries have the style below the genre.
    """

    entries: list[tuple[str, dict[str, Cell]]]
    n_ragged: int = 0
    genres: list[tuple[str, str]] = field(default_factory=list)
    styled: bool = False

    @property
    def names_sides(self) -> bool:
        """Whether any entry has a side of a predefined split."""
        return any(entry.get("predefined_split") for _, entry in self.entries)

    def join(self, track_ids: Iterable[str]) -> dict[str, dict[str, Cell]]:
        """Return the entry of each track that has one.

        The longest end of the path that both share decides, the bare file name if need be. A name that fits several
        tracks fits none, and neither does one that has several entries saying different things.
        """
        return _join(self.entries, track_ids)

    def join_genres(self, track_ids: Iterable[str]) -> dict[str, str]:
        """Return the genre of each track that has one, joined in the same way."""
        return _join(self.genres, track_ids)


def _join(entries: Iterable[tuple[str, Entry]], track_ids: Iterable[str]) -> dict[str, Entry]:
    paths = {track_id: matching_paths(track_id) for track_id in track_ids}
    n_tracks = Counter(path for ends in paths.values() for path in ends)
    found: dict[str, Entry | None] = {}
    for name, entry in entries:
        for path in matching_paths(name):
            found[path] = entry if found.get(path, entry) == entry else None
    joined = {
        track_id: next((found[path] for path in ends if n_tracks[path] == 1 and found.get(path)), None)
        for track_id, ends in paths.items()
    }
    return {track_id: entry for track_id, entry in joined.items() if entry}


def read_metadata(path: Path, sublabel: str = "", merge: str = "ask", multilabel: str = "first") -> Metadata:
    """Read a metadata CSV; `sublabel` names its column of styles below genres, if it has one.

    `merge` and `multilabel` are how spellings of styles, and cells that name several, are read (`genre_names`).

    Raises
    ------
    InputError
        where it can't be read, names no files, or says nothing of tracks
    """
    table, ragged = read_csv(path, "--metadata")
    file_column = table.pick("", FILE_COLUMNS, "--metadata")
    if file_column is None:
        raise InputError(
            f"--metadata {str(path)!r} has no column of file names (one of {', '.join(FILE_COLUMNS)}); "
            f"its columns: {table.columns()}"
        )
    wanted = {name: table.pick("", names, "--metadata") for name, names in {**DESCRIBED, **ORIGIN}.items()}
    written = {name: table.column(column) for name, column in wanted.items() if column}
    found: dict[str, list[Cell]] = {
        name: [read_origin(name, cell) if name in ORIGIN else cell or None for cell in cells]
        for name, cells in written.items()
        if name in DESCRIBED or says_origin(name, cells)
    }
    usual = [name for name in GENRE_COLUMNS if name != sublabel]
    genre_column = table.pick("", usual, "--metadata")
    styled = sublabel in table.header
    if styled:
        found["style"] = [style or None for style in read_styles(table.column(sublabel), merge, multilabel)[0]]
    if not found and genre_column is None:
        raise InputError(
            f"--metadata {str(path)!r} says nothing of tracks: neither artist, title, split, genre, place nor year; "
            f"its columns: {table.columns()}"
        )
    names = table.column(file_column)
    entries = [(name, {field: cells[i] for field, cells in found.items()}) for i, name in enumerate(names) if name]
    genres = table.column(genre_column) if genre_column else []
    named = [(name, genre) for name, genre in zip(names, genres, strict=False) if name and genre]
    return Metadata(entries, len(ragged), named, styled)
