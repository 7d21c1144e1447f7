"""Metadata CSV: artist, title and a predefined split, joined to tracks by file name."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from pipeline.errors import InputError
from pipeline.sources.csv_file import read_csv
from pipeline.sources.names import matching_key

FILE_COLUMNS = ("file", "filename", "file_name", "path", "track_id", "id")
ARTIST_COLUMNS = ("artist", "artist_name", "artists", "track_artist")
TITLE_COLUMNS = ("title", "track_name", "track_title", "name")
SPLIT_COLUMNS = ("predefined_split", "split", "ff_split", "set", "fold")


@dataclass(frozen=True)
class Metadata:
    """What a metadata CSV says, by `matching_key` of the file's name."""

    entries: dict[str, dict[str, str | None]]

    def join(self, track_ids: Iterable[str]) -> dict[str, dict[str, str | None]]:
        """Return the entry of each track that has one; a name that fits several tracks fits none."""
        track_ids = list(track_ids)
        keys = Counter(matching_key(track_id) for track_id in track_ids)
        return {
            track_id: self.entries[key]
            for track_id in track_ids
            if (key := matching_key(track_id)) in self.entries and keys[key] == 1
        }


def read_metadata(path: Path) -> Metadata:
    """Read a metadata CSV.

    Raises
    ------
    InputError
        where it can't be read, names no files, or has neither artist, title nor split
    """
    table, _ = read_csv(path, "--metadata")
    file_column = table.pick("", FILE_COLUMNS, "--metadata")
    if file_column is None:
        raise InputError(
            f"--metadata {str(path)!r} has no column of file names (one of {', '.join(FILE_COLUMNS)}); "
            f"its columns: {table.columns()}"
        )
    wanted = {
        "artist": table.pick("", ARTIST_COLUMNS, "--metadata"),
        "title": table.pick("", TITLE_COLUMNS, "--metadata"),
        "predefined_split": table.pick("", SPLIT_COLUMNS, "--metadata"),
    }
    found = {name: table.column(column) for name, column in wanted.items() if column}
    if not found:
        raise InputError(
            f"--metadata {str(path)!r} has neither artist, title nor split; its columns: {table.columns()}"
        )
    keys = [matching_key(name) for name in table.column(file_column)]
    return Metadata({key: {name: cells[i] or None for name, cells in found.items()} for i, key in enumerate(keys)})
