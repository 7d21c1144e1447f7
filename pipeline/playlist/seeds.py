"""What a playlist starts from: tracks by id or by words, files of playlists, genres."""

from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from typing import NamedTuple

import numpy as np

from pipeline.errors import InputError
from pipeline.playlist.names import fold, matching, nearest_names
from pipeline.playlist.space import Space

MOST_NAMED = 3


def find_track(space: Space, asked: str) -> int:
    """Return the row of the track that an id, or words of artist and title, stand for.

    Raises
    ------
    InputError
        where there is none, naming the nearest; or several that are not one recording
    """
    if asked in space.places:
        return space.places[asked]
    found = matching(asked, space.folded)
    exact = [place for place in found if fold(asked) in _whole_names(space, place)]
    found = exact or found
    if not found:
        near = nearest_names(asked, space.folded)
        offered = f"; the nearest: {'; '.join(name_track(space, place) for place in near)}" if near else ""
        raise InputError(f"no track of dataset {space.dataset!r} is called {asked!r}{offered}")
    if len({space.recordings[place] for place in found}) > 1:
        shown = "; ".join(name_track(space, place) for place in found[:MOST_NAMED])
        more = f" and {len(found) - MOST_NAMED} more" if len(found) > MOST_NAMED else ""
        raise InputError(f"{asked!r} fits {len(found)} tracks: {shown}{more}; say more of its name, or give its id")
    return found[0]


def _whole_names(space: Space, place: int) -> tuple[str, str]:
    """Return a track's title, and artist and title together, folded."""
    artist, title = space.tracks[["artist", "title"]].iloc[place]
    return fold(title), fold(artist, title)


def name_track(space: Space, place: int) -> str:
    """Return artist and title of a track with its id, or its id alone."""
    row = space.tracks.iloc[place]
    name = " - ".join(text for text in (row["artist"], row["title"]) if text)
    return f"{name} ({row['track_id']})" if name else str(row["track_id"])


def named_rows(space: Space) -> dict[str, int]:
    """Return the rows of tracks whose artist and title are known, by both, folded."""
    rows = space.tracks[["artist", "title"]].itertuples(index=False)
    return {fold(artist, title): place for place, (artist, title) in enumerate(rows) if artist and title}


def genre_rows(space: Space, genre: str) -> np.ndarray:
    """Return the rows of a genre, whose case does not matter.

    Raises
    ------
    InputError
        where it has no usable track
    """
    genres = space.tracks["genre"].astype(str)
    found = np.flatnonzero(genres.map(fold) == fold(genre))
    if not len(found):
        there = ", ".join(sorted(genres.unique()))
        raise InputError(f"dataset {space.dataset!r} has no usable track of genre {genre!r}; its genres: {there}")
    return found


class Entry(NamedTuple):
    """An entry of a playlist file: the path or address, and the title above it, as a rule artist and title."""

    path: str
    title: str


def read_m3u(text: str) -> list[Entry]:
    """Return the entries of an M3U file, extended or plain."""
    entries, title = [], ""
    for line in text.lstrip("\N{BYTE ORDER MARK}").splitlines():
        line = line.strip()
        if line.startswith("#EXTINF:"):
            title = line.partition(",")[2].strip()
        elif line and not line.startswith("#"):
            entries.append(Entry(line, title))
            title = ""
    return entries


def match_entries(
    space: Space, entries: Sequence[Entry], root: Path | None = None, folder: Path | None = None
) -> list[int]:
    """Return the rows of the entries that are tracks of the dataset, each once.

    A track is known by its path, below the dataset's folder `root` or from the playlist's own `folder`; by the end of
    its path; or by artist and title. Nothing of the disk is looked at.
    """
    paths = [(place, path) for place, path in enumerate(space.tracks["path"]) if path]
    by_path = {path: place for place, path in paths}
    by_tail: dict[str, list[int]] = {}
    for row, path in paths:
        by_tail.setdefault(_tail(path), []).append(row)
    by_name = named_rows(space)

    def find(entry: Entry) -> int | None:
        path = entry.path.replace("\\", "/")
        if root is not None and folder is not None:
            whole = PurePosixPath(_normal(folder / path))
            if whole.is_relative_to(root) and (below := whole.relative_to(root).as_posix()) in by_path:
                return by_path[below]
        named = by_path.get(path.removeprefix("./"), space.places.get(entry.path))
        alike = by_tail.get(_tail(path), [])
        if named is None and len(alike) == 1:
            return alike[0]
        return by_name.get(fold(entry.title)) if named is None and entry.title else named

    return list(dict.fromkeys(place for entry in entries if (place := find(entry)) is not None))


def rows_of_file(
    space: Space, text: str, name: str, root: Path | None = None, folder: Path | None = None
) -> tuple[list[int], str]:
    """Return the rows of a playlist file's entries, as `match_entries` does, and a sentence on how many these are.

    Raises
    ------
    InputError
        where none of its entries is a track of the dataset
    """
    entries = read_m3u(text)
    rows = match_entries(space, entries, root, folder)
    if not rows:
        first = f"; the first is {entries[0].path!r}" if entries else ""
        raise InputError(
            f"none of the {len(entries)} entries of {name!r} is a track of dataset {space.dataset!r}{first}"
        )
    return rows, f"{len(rows)} of {len(entries)} entries of {name} are tracks of the dataset."


def is_playlist_file(name: str) -> bool:
    """Tell by its name whether a file is a playlist."""
    return PurePosixPath(name).suffix.casefold() in (".m3u8", ".m3u")


def _tail(path: str) -> str:
    return PurePosixPath(path).name.casefold()


def _normal(path: Path) -> str:
    """Return a path without ``..``, as it is written: links are not followed."""
    parts: list[str] = []
    for part in path.parts:
        if part == ".." and len(parts) > 1:
            parts.pop()
        elif part != ".":
            parts.append(part)
    return str(PurePosixPath(*parts))
