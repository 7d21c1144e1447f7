"""Metadata CSV: artist, title and a predefined split, joined to tracks by file name."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from pipeline.errors import InputError
from pipeline.sources.csv_file import read_csv
from pipeline.sources.names import matching_paths

FILE_COLUMNS = ("file", "filename", "file_name", "path", "track_id", "id")
DESCRIBED = {
    "artist": (
        "artist", "artist_name", "artists", "track_artist", "artist name", "artist name(s)", "artist(s)",
        "artist_names", "performer",
    ),
    "title": ("title", "track_name", "track_title", "name", "track name", "song name", "song_name", "song title"),
    "predefined_split": ("predefined_split", "split", "ff_split", "set", "fold"),
}  # fmt: skip
"""What may be said of a track, by its field in ``tracks``, and how a column of it may be called."""


@dataclass(frozen=True)
class Metadata:
    """What a metadata CSV says of each file: its name as written, and its artist, title and predefined split.

    `n_ragged` rows were left out, because they have more or fewer cells than the header.
    """

    entries: list[tuple[str, dict[str, str | None]]]
    n_ragged: int = 0

    def join(self, track_ids: Iterable[str]) -> dict[str, dict[str, str | None]]:
        """Return the entry of each track that has one.

        The longest end of the path that both share decides, the bare file name if need be. A name that fits several
        tracks fits none, and neither does one that has several entries saying different things.
        """
        paths = {track_id: matching_paths(track_id) for track_id in track_ids}
        n_tracks = Counter(path for ends in paths.values() for path in ends)
        found: dict[str, dict[str, str | None] | None] = {}
        for name, entry in self.entries:
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
    wanted = {field: table.pick("", names, "--metadata") for field, names in DESCRIBED.items()}
    found = {name: table.column(column) for name, column in wanted.items() if column}
    if not found:
        raise InputError(
            f"--metadata {str(path)!r} has neither artist, title nor split; its columns: {table.columns()}"
        )
    names = table.column(file_column)
    entries = [
        (name, {field: cells[i] or None for field, cells in found.items()}) for i, name in enumerate(names) if name
    ]
    return Metadata(entries, len(ragged))
