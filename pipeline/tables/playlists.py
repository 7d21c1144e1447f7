"""The table of a playlist: tracks that sound like some others, each with a reason."""

from pipeline.tables.columns import RUN, TRACK, optional
from pipeline.tables.declaration import INTEGER, NUMBER, STRING, Column, Table

PLAYLISTS = Table(
    "playlists",
    "track of a playlist",
    (
        RUN[1],
        Column("position", INTEGER, "its place in the list, from 1"),
        TRACK,
        optional("artist", STRING, "who plays, where that is known"),
        optional("title", STRING, "what is played, where that is known"),
        Column("genre", STRING, "its label", prefix="genre-"),
        Column(
            "distance",
            NUMBER,
            "how far it is from what was asked for: standard deviations a feature, in the weighted quadratic mean",
            minimum=0,
        ),
        Column("reason", STRING, "why it is there: what it has in common with what was asked for, in words"),
    ),
    key=("position",),
)
