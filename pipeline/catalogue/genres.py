"""Which genre each file is of, where its folder does not say so: the metadata do, or its own tags."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from pipeline.decoders import MISSING, is_installed, read_tags
from pipeline.errors import InputError
from pipeline.sources import Metadata, Reject, TrackFile

SOURCES = ("folder", "metadata", "tags")
"""What may tell the genre of a file."""

_PARTS = re.compile(r"\s*[;\0|]\s*")
_ARCHIVE_FOLDER, _ARCHIVE_FILE = re.compile(r"\d{3}"), re.compile(r"\d{6}")


@dataclass(frozen=True)
class Told:
    """Files with their genres, those of which nothing tells it, and sentences for a person."""

    tracks: list[TrackFile]
    rejects: list[Reject]
    notes: list[str]


def check_source(genre_from: str) -> str:
    """Return what tells the genres as it is.

    Raises
    ------
    InputError
        where it is none of `SOURCES`, or can't be read here
    """
    if genre_from and genre_from not in SOURCES:
        raise InputError(f"--genre-from {genre_from!r} is none of {', '.join(SOURCES)}")
    if genre_from == "tags" and not is_installed():
        raise InputError(f"--genre-from tags needs {MISSING}")
    return genre_from


def check_table_source(genre_from: str, metadata: Metadata | None) -> str:
    """Return what tells the genres of a table as it is: the metadata, or nothing, for its label column if it has one.

    Raises
    ------
    InputError
        where it is what only audio has, or the metadata are not there
    """
    if genre_from not in ("", "metadata"):
        raise InputError(f"--genre-from {genre_from!r} is for --audio: of a table, --label-column or metadata tell it")
    if genre_from:
        _check_genres(metadata)
    return genre_from


def usual_source(tracks: Sequence[TrackFile], metadata: Metadata | None) -> str:
    """Return what tells the genres: the folders, but of the Free Music Archive the metadata.

    Raises
    ------
    InputError
        where the folders are the archive's and there are no metadata: they are numbers, and no genres
    """
    if not _is_archive(tracks):
        return "folder"
    if metadata and metadata.genres:
        return "metadata"
    raise InputError(
        f"the folders are numbers, like {tracks[0].genre!r}, as the Free Music Archive's are, and no genres: give its "
        "table by --metadata tracks.csv, or, if they are genres, --genre-from folder"
    )


def tell_genres(
    files: Sequence[TrackFile], root: Path, genre_from: str, metadata: Metadata | None, multilabel: str = "first"
) -> Told:
    """Give each file its genre; of one whose tags or metadata name several, the first, or none, as `multilabel` has it.

    Raises
    ------
    InputError
        where no file gets one
    """
    if genre_from == "folder":
        return Told(list(files), [], [])
    if genre_from == "metadata":
        known = _check_genres(metadata).join_genres(file.track_id for file in files)
        by_track = {name: {"genre": genre} for name, genre in known.items()}
        missing = "the metadata name no genre for it"
    else:
        by_track, missing = {file.track_id: _tags_of(root / file.path) for file in files}, "its tags name no genre"
    tracks, rejects, several = [], [], 0
    for file in files:
        about = by_track.get(file.track_id, {})
        genres = [part for part in _PARTS.split(about.get("genre", "")) if part]
        several += len(genres) > 1
        if len(genres) > 1 and multilabel == "drop":
            rejects.append(Reject(file.track_id, "several_labels", f"its {genre_from} name several: {genres}"))
        elif genres:
            tracks.append(replace(file, genre=genres[0], artist=about.get("artist"), title=about.get("title")))
        else:
            rejects.append(Reject(file.track_id, "no_genre", missing))
    if not tracks:
        raise InputError(f"--genre-from {genre_from}: none of the {len(files)} files has a genre there")
    counted = Counter(track.genre for track in tracks)
    notes = [f"genres are those of the {genre_from}: {len(counted)} for {len(tracks)} of {len(files)} files"]
    if several:
        rule = "the first of each counts" if multilabel == "first" else "they are left out (--multilabel drop)"
        notes.append(f"{several} files have several genres; {rule}")
    return Told(tracks, rejects, notes)


def _check_genres(metadata: Metadata | None) -> Metadata:
    if metadata is None or not metadata.genres:
        raise InputError("--genre-from metadata needs --metadata with a column of genres, like genre or genre_top")
    return metadata


def _tags_of(path: Path) -> dict[str, str]:
    try:
        return read_tags(path)
    except OSError:  # the extraction would tell of it
        return {}


def _is_archive(tracks: Sequence[TrackFile]) -> bool:
    """Tell whether all files are numbered and sorted as the archive's: ``000/000002.mp3``."""
    return all(
        _ARCHIVE_FOLDER.fullmatch(track.genre)
        and _ARCHIVE_FILE.fullmatch(PurePosixPath(track.path).stem)
        and PurePosixPath(track.path).stem.startswith(track.genre)
        for track in tracks
    )
