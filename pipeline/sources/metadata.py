"""Metadata CSV: artist, title and a predefined split, joined to tracks by file name."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from pipeline.errors import InputError
from pipeline.sources.csv_file import read_csv
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


GENRE_COLUMNS = (
    "genre", "track_genre_top", "genre_top", "label", "class", "track_genre", "genre_name", "top_genre", "main_genre",
    "primary_genre", "genres",
)  # fmt: skip

Entry = TypeVar("Entry")


@dataclass(frozen=True)
class Metadata:
    """What a metadata CSV says of each file: its name as written, and its artist, title and predefined split.

    `n_ragged` rows were left out, because they have more or fewer cells than the header. `genres` are for those whose
    folders don't tell them.
    """

    entries: list[tuple[str, dict[str, str | None]]]
    n_ragged: int = 0
    genres: list[tuple[str, str]] = field(default_factory=list)

    def join(self, track_ids: Iterable[str]) -> dict[str, dict[str, str | None]]:
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


def read_metadata(path: Path) -> Metadata:
    """Read a metadata CSV.

    Raises
    ------
    InputError
        where it can't be read, names no files, or has neither artist, title nor split
    """
    table, ragged = read_csv(path, "--metadata")
    file_column = table.pick("", FILE_COLUMNS, "--metadata")
    if file_column is None:
        raise InputError(
            f"--metadata {str(path)!r} has no column of file names (one of {', '.join(FILE_COLUMNS)}); "
            f"its columns: {table.columns()}"
        )
    wanted = {name: table.pick("", names, "--metadata") for name, names in DESCRIBED.items()}
    found = {name: table.column(column) for name, column in wanted.items() if column}
    genre_column = table.pick("", GENRE_COLUMNS, "--metadata")
    if not found and genre_column is None:
        raise InputError(
            f"--metadata {str(path)!r} has neither artist, title, split nor genre; its columns: {table.columns()}"
        )
    names = table.column(file_column)
    entries = [
        (name, {field: cells[i] or None for field, cells in found.items()}) for i, name in enumerate(names) if name
    ]
    genres = table.column(genre_column) if genre_column else []
    named = [(name, genre) for name, genre in zip(names, genres, strict=False) if name and genre]
    return Metadata(entries, len(ragged), named)
