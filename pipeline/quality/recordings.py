"""Checks of what repeats a recording: tracks of the same artist and title."""

import pandas as pd

from pipeline.quality.check import Check, named
from pipeline.splits import same_titles


def check_titles(tracks: pd.DataFrame) -> Check:
    """Name the tracks that share artist and title, spellings folded.

    Parameters
    ----------
    tracks : pd.DataFrame
        ``track_id``, ``artist``, ``title``
    """
    keys = same_titles(tracks)
    if keys.isna().all():
        return Check("same_title", "ok", 0, "no track has both artist and title, so titles can't be compared")
    known = tracks[keys.notna()]
    groups = [" = ".join(same["track_id"]) for _, same in known.groupby(keys.dropna()) if len(same) > 1]
    return Check.counted("same_title", len(groups), named(groups) or "no two tracks have the same artist and title")
