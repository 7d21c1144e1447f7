"""What each row belongs to: its track, its recording, its artist, its side of a predefined split."""

import numpy as np
import pandas as pd

from pipeline.splits import artist_key, join, read_known, recordings

_OF_TRACK = ["holdout", "track", "group", "artist", "artist_known", "predefined"]


def number_tracks(tracks: pd.DataFrame) -> pd.DataFrame:
    """Add to tracks what `Samples.rows` tells of them.

    Parameters
    ----------
    tracks : pd.DataFrame
        by ``track_id``: ``same_recording_as``, ``duplicate_of``, ``artist``, ``predefined_split``

    Returns
    -------
    pd.DataFrame
        with numbers ``track``, ``group`` and ``artist``, and ``artist_known``, ``predefined``
    """
    groups = recordings(tracks.assign(track_id=tracks.index))
    artists = tracks["artist"].map(artist_key)
    known = read_known(tracks)
    numbers = {"track": np.arange(len(tracks)), "group": join(groups), "artist": join(groups, artists)}
    return known.assign(predefined=known["predefined"].astype("category"), **numbers)


def number_rows(segments: pd.DataFrame, tracks: pd.DataFrame) -> pd.DataFrame:
    """Return `Samples.rows`, where names are numbers of a list that all share.

    Parameters
    ----------
    segments : pd.DataFrame [shape=(n, …)]
        ``track_id``, ``start_s``; of known tracks only
    tracks : pd.DataFrame
        what `number_tracks` returns, with ``holdout``
    """
    track = tracks.index.get_indexer(segments["track_id"])
    columns = {name: tracks[name].array[track] for name in _OF_TRACK}
    names = pd.Categorical.from_codes(track, categories=tracks.index)
    return segments[["start_s"]].assign(track_id=names, **columns)[["track_id", "start_s", *columns]]
