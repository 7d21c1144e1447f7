"""Folders called train and test: the sides of a split, above the genres or within each of them."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import PurePosixPath

from pipeline.sources.records import TrackFile
from pipeline.sources.sides import predefined_side


def read_split_folders(tracks: Sequence[TrackFile]) -> tuple[list[TrackFile], str]:
    """Take genre and side of each track from its folders, where all of them are sorted by sides.

    Returns
    -------
    list of TrackFile
        as they are, where there are no such folders
    str
        a sentence that says it; empty where there are none
    """
    parts = [PurePosixPath(track.track_id).parts for track in tracks]
    for level, genre_level in ((0, 1), (1, 0)):
        sides = [folders[level] if len(folders) > 2 else "" for folders in parts]
        if all(map(predefined_side, sides)) and len(set(map(predefined_side, sides))) > 1:
            named = ", ".join(f"{side} {sides.count(side)}" for side in sorted(set(sides)))
            where = "in them" if level == 0 else "around them"
            note = f"the folders {named} are sides of a split, and those {where} genres: --split predefined uses it"
            return [
                replace(track, genre=folders[genre_level], predefined_split=side)
                for track, folders, side in zip(tracks, parts, sides, strict=True)
            ], note
    return list(tracks), ""
