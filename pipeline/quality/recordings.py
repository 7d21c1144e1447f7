"""Checks of what repeats a recording: groups of copies, and tracks of the same artist and title."""

import pandas as pd

from pipeline.extract.recordings import HANDFUL
from pipeline.quality.check import Check, named
from pipeline.splits import join, recordings, same_titles


def check_recordings(tracks: pd.DataFrame) -> list[Check]:
    """Count the groups of tracks that hold one recording, say how they were found, and name large ones.

    Parameters
    ----------
    tracks : pd.DataFrame
        ``track_id``, ``same_recording_as``, ``same_recording_by``, ``duplicate_of``; sorted by ``track_id``
    """
    first = recordings(tracks)
    several = first[first.duplicated(keep=False)]
    groups = [same for _, same in tracks.loc[several.index].groupby(several)]
    listed = [f"{' = '.join(same['track_id'].head(3))}{_more(same)} (by {_reasons(same)})" for same in groups]
    large = [f"{same['track_id'].iloc[0]} and {len(same) - 1} more (by {_reasons(same)})" for same in groups
             if len(same) > HANDFUL]  # fmt: skip
    return [
        Check.counted("same_recording", len(groups), named(listed) or "no two tracks hold the same recording"),
        Check.counted("large_groups", len(large), named(large) or f"no recording has more than {HANDFUL} tracks"),
    ]


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
    several = keys.dropna()[lambda known: known.duplicated(keep=False)]
    groups = [" = ".join(same["track_id"]) for _, same in tracks.loc[several.index].groupby(several)]
    return Check.counted("same_title", len(groups), named(groups) or "no two tracks have the same artist and title")


def check_across_genres(tracks: pd.DataFrame) -> Check:
    """Count the recordings that several tracks hold under different genres: no answer can be right for all of them.

    Parameters
    ----------
    tracks : pd.DataFrame
        as `check_recordings` takes them, with ``genre``, ``artist``, ``title``
    """
    groups = join(recordings(tracks).to_numpy(), same_titles(tracks).to_numpy())
    n_genres = tracks["genre"].groupby(groups).nunique()
    torn = tracks[pd.Series(groups, index=tracks.index).isin(n_genres.index[n_genres > 1])]
    listed = [
        " = ".join(f"{track.track_id} ({track.genre})" for track in same.head(3).itertuples()) + _more(same)
        for _, same in torn.groupby(groups[torn.index])
    ]
    detail = f"tracks of one recording are kept together, though not under one genre: {named(listed)}"
    return Check.counted("recordings_across_genres", len(listed), detail if listed else "no recording has two genres")


def _more(same: pd.DataFrame) -> str:
    return f" and {len(same) - 3} more" if len(same) > 3 else ""


def _reasons(same: pd.DataFrame) -> str:
    found = {reason for listed in same["same_recording_by"].dropna() for reason in listed.split(",")}
    return " and ".join(sorted(found)) or "content"
