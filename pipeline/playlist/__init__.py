"""Playlists: tracks that sound like some others, each with a reason that is true; and what such lists are worth.

Conventions
-----------
A track is a point: the mean of its windows, standardised over the tracks of its dataset. The squared distance of two is
the sum of their squared differences, each times the weight of its feature; weights sum to 1, so that a distance is in
standard deviations. Whatever is asked for, seeds, likes and dislikes, comes down to one point (Rocchio 1971, Relevance
feedback in information retrieval), so that every track's distance is a sum over features that can be told of.
"""

from pipeline.playlist.make import ORDERS, Playlist, Wish, make_playlist
from pipeline.playlist.names import is_listable, say_unlisted, shown_names
from pipeline.playlist.seeds import find_track
from pipeline.playlist.space import Space, load_space

__all__ = [
    "ORDERS", "Playlist", "Space", "Wish", "find_track", "is_listable", "load_space", "make_playlist", "say_unlisted",
    "shown_names",
]  # fmt: skip
