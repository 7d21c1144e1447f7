"""A playlist as a file that players open: extended M3U in UTF-8, with relative paths."""

import os
from functools import partial
from pathlib import Path

import pandas as pd

from pipeline.errors import InputError
from pipeline.playlist import is_listable, shown_names
from pipeline.report.predictions import write_in_place


def write_m3u(tracks: pd.DataFrame, root: Path, path: Path) -> Path:
    """Write tracks as an M3U8 file, their paths counted from its folder.

    Parameters
    ----------
    tracks : pd.DataFrame
        ``path, artist, title, track_id`` in order
    root : Path
        the folder that their paths start from
    path : Path

    Raises
    ------
    InputError
        where they are no files, or it can't be written there
    """
    if tracks["path"].isna().all():
        raise InputError("these tracks came in a table and are no files: an .m3u8 needs a dataset of audio")
    return write_in_place(path, partial(_write, m3u_text(tracks, root, path.parent.resolve())))


def m3u_text(tracks: pd.DataFrame, root: Path, folder: Path | None = None) -> str:
    """Return an M3U file's text; the paths start from `folder`, or where that is None, from `root` itself."""
    lines = ["#EXTM3U"]
    names = shown_names(tracks["artist"], tracks["title"], tracks["track_id"])
    for row, name in zip(tracks.itertuples(), names, strict=True):
        if not row.path or not is_listable(row.path):
            continue
        place = row.path if folder is None else os.path.relpath(root / row.path, folder)
        lines += [f"#EXTINF:-1,{' '.join(name.split())}", f"./{place}" if place.startswith("#") else place]
    return "\n".join([*lines, ""])


def _write(text: str, path: Path) -> None:
    path.write_text(text, encoding="utf-8")
