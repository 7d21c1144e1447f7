"""Genres whose held-out tracks are all by one artist: a score on them is about that artist."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from pipeline.printable import count
from pipeline.splits import artist_key

MOST_NAMED = 8
"""Genres that a sentence names."""


def one_artist_genres(held: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the genres whose tracks are all by one artist, as far as artists are known.

    Parameters
    ----------
    held : pd.DataFrame
        a row a held-out track: ``genre``, ``artist`` as it is written

    Returns
    -------
    list of dict
        ``genre, artist, n`` of each such genre, by name; a genre with a track of an unknown artist is none
    """
    found = []
    for genre, artists in held.groupby("genre")["artist"]:
        keys = artists.map(artist_key)
        if keys.notna().all() and keys.nunique() == 1:
            found.append({"genre": str(genre), "artist": str(artists.min()), "n": len(artists)})
    return found


def say_one_artist(genres: Sequence[Mapping[str, Any]]) -> str:
    """Say which genres these are and whose tracks; empty of none."""
    if not genres:
        return ""
    named = [f"{each['genre']} ({each['artist']}, {count(each['n'], 'track')})" for each in genres[:MOST_NAMED]]
    more = [f"{len(genres) - MOST_NAMED} more genres"] if len(genres) > MOST_NAMED else []
    listed = ", ".join(named) + "".join(f" and {words}" for words in more)
    if len(genres) == 1:
        return f"All held-out tracks of one genre are by one artist: {listed}. They say how well it knows that artist."
    return (
        f"In {len(genres)} genres all held-out tracks are by one artist: {listed}. "
        "They say how well it knows these artists, not these genres."
    )
