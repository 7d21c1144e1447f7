"""Playlists that people made, joined to the tracks of a dataset."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from pipeline.errors import InputError
from pipeline.playlist.names import fold, nearest_names
from pipeline.playlist.seeds import named_rows
from pipeline.playlist.space import Space
from pipeline.printable import count
from pipeline.sources.csv_file import CsvFile, read_csv
from pipeline.sources.metadata import DESCRIBED
from pipeline.sources.table_columns import ID_COLUMNS

PLAYLIST_IDS, PLAYLIST_NAMES = ("playlist_id", "playlist_uri", "pid"), ("playlist", "playlist_name", "name")
TRACKS = ("track", *ID_COLUMNS)


@dataclass(frozen=True)
class Gathered:
    """Playlists as rows of a space.

    Attributes
    ----------
    names : list of str
        one a playlist, as people call it
    rows : list of np.ndarray of int
        of each its tracks, once each; of copies of a recording, the first one
    notes : list of str
        what was joined, and what was not
    """

    names: list[str]
    rows: list[np.ndarray]
    notes: list[str]

    def find(self, name: str) -> np.ndarray:
        """Return the tracks of a playlist, by its name in any case; of several of that name, of all of them.

        Raises
        ------
        InputError
            where there is none, naming the nearest
        """
        found = [rows for known, rows in zip(self.names, self.rows, strict=True) if fold(known) == fold(name)]
        if not found:
            near = [self.names[i] for i in nearest_names(name, [fold(known) for known in self.names])]
            offered = f"; the nearest: {', '.join(map(repr, near))}" if near else ""
            raise InputError(f"no playlist is called {name!r}{offered}")
        return np.unique(np.concatenate(found))


def read_playlists(path: Path, space: Space) -> Gathered:
    """Read a table of a row a track in a playlist, and join it to a dataset.

    A track is known by its id, else by its artist and title where the table has both.

    Raises
    ------
    InputError
        where it can't be read, has no such columns, or none of its tracks is one of the dataset
    """
    table, _ = read_csv(path, "--playlists")
    by_id = table.pick("", PLAYLIST_IDS, "--playlists")
    named = table.pick("", PLAYLIST_NAMES, "--playlists")
    track = table.pick("", TRACKS, "--playlists")
    of_list = by_id or named
    if not of_list or not track:
        raise InputError(
            f"--playlists {table.name} needs a column of playlists, like playlist, and one of tracks, like track or "
            f"track_id; its columns: {table.columns()}"
        )
    keys = table.column(of_list)
    called = dict(zip(keys, table.column(named), strict=True)) if named else {}
    rows_of: dict[str, dict[int, None]] = {}
    joined: Counter[str] = Counter()
    missing: set[str] = set()
    for key, name, place in zip(keys, table.column(track), _places(space, table, track), strict=True):
        if not key or place is None:
            joined["not in the dataset" if key else "without a playlist"] += 1
            missing.add(name)
            continue
        rows_of.setdefault(key, {})[int(space.firsts[place])] = None
        joined["in"] += 1
    if not rows_of:
        raise InputError(
            f"--playlists {table.name}: none of its {len(keys)} rows names a track of dataset {space.dataset!r} in "
            f"column {track!r}, as {table.column(track)[0]!r}"
        )
    of_several = Counter(row for rows in rows_of.values() for row in rows)
    n_several = sum(n > 1 for n in of_several.values())
    notes = [
        f"{count(len(rows_of), 'playlist')} of {count(len(of_several), 'track')} of the dataset; "
        f"{n_several} tracks are in several playlists"
    ]
    if missing:
        lost = joined["not in the dataset"] + joined["without a playlist"]
        notes.append(
            f"{lost} of {len(keys)} rows are of no track of the dataset, or of no playlist: {len(missing)} tracks"
        )
    return Gathered(
        [called.get(key) or key for key in rows_of], [np.array(sorted(rows)) for rows in rows_of.values()], notes
    )


def _places(space: Space, table: CsvFile, track: str) -> Iterator[int | None]:
    described = {field: table.pick("", DESCRIBED[field], "--playlists") for field in ("artist", "title")}
    by_name = named_rows(space)
    if all(described.values()):
        artists, titles = (table.column(str(column)) for column in described.values())
        keys = [fold(artist, title) if artist and title else "" for artist, title in zip(artists, titles, strict=True)]
    else:
        keys = [""] * len(table.rows)
    for name, words in zip(table.column(track), keys, strict=True):
        place = space.places.get(name)
        yield place if place is not None else by_name.get(words)
