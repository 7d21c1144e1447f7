"""Checks of what reading the source left out: columns, whole genres, and genres that may be one."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

import pandas as pd

from pipeline.quality.check import Check, named
from pipeline.sources.genre_names import say_twins
from pipeline.sources.lost_genres import LostGenre, lost_genres, rejected_for, say_lost

TAKEN = ("tell ", "are left out", "hold ids")
"""Reasons why a column is no feature that nobody would have taken it for one."""

UNLABELLED = ("missing_label", "no_genre")
"""Reasons of rejects of which nothing tells the genre."""

MOST_UNLABELLED = 0.1
"""Where a larger share has no label, the rest may be another choice of music."""


def check_labels(reasons: pd.Series, n_used: int, *, is_audio: bool) -> Check:
    """Count the files, or rows of a table, that have no label, among those and the `n_used` that can be used."""
    n, n_all = int(reasons.isin(UNLABELLED).sum()), n_used + len(reasons)
    what = "files" if is_audio else "rows"
    detail = f"{n} of {n_all} {what} have no label and are left out: no score says anything about them"
    return Check.warning_if(n > MOST_UNLABELLED * n_all, "no_label", n, detail if n else f"all {what} have a label")


def check_columns(found: dict[str, Any]) -> Check:
    """Name the columns of a table that look like features and are none.

    Parameters
    ----------
    found : dict
        the document of ``datasets``
    """
    columns = found.get("columns") or []
    left_out = [column for column in columns if column["left_out"] and not column["left_out"].startswith(TAKEN)]
    listed = [f"{column['column']} ({column['left_out']})" for column in left_out]
    return Check.counted(
        "columns_left_out",
        len(listed),
        named(listed) or "no column of numbers was taken for something else than a feature",
    )


def check_genres(found: dict[str, Any], tracks: pd.DataFrame, why: Mapping[str, str]) -> list[Check]:
    """Name the genres that lose most of their files or rows, and those that may be one.

    Parameters
    ----------
    found : dict
        the document of ``datasets``
    tracks : pd.DataFrame
        ``track_id``, ``genre``, ``status`` of every track, rejected ones too
    why : mapping of str
        the reason of each reject, by track
    """
    lost = {genre["genre"]: LostGenre(**genre) for genre in found.get("lost_genres") or []}
    reasons = rejected_for(tracks, why)
    lost |= {genre.genre: genre for genre in lost_genres(tracks["genre"].tolist(), reasons) if genre.genre not in lost}
    sentences = [say_lost(genre.genre, genre.n, genre.n_lost, genre.reason) for genre in lost.values()]
    told = f"{named(sentences)}; no score says anything about what is lost"
    twins = say_twins(Counter(tracks["genre"][tracks["status"].ne("rejected")]))
    return [
        Check.counted("lost_genres", len(lost), told if lost else "no genre loses most of its files or rows"),
        Check.counted("genre_twins", len(twins), named(twins) or "no two genres differ in spelling alone"),
    ]
