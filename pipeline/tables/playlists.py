"""Tables of playlists: tracks that sound like some others, each with a reason."""

from pipeline.tables.columns import OF_A_TRACK, RUN, TRACK, key, optional
from pipeline.tables.declaration import INTEGER, NUMBER, STRING, Column, Table

_LISTED = (
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
)

PLAYLIST = Table("playlist", "track of a playlist", (RUN[1], *_LISTED), key=("position",))

PLAYLISTS = Table(
    "playlists",
    "track of a playlist that the run keeps: `genrelab playlist --keep`",
    (*RUN, Column("playlist", STRING, "its name", prefix="playlist-"), *_LISTED),
    key=key("playlist", "position"),
    references=OF_A_TRACK,
    collection="results",
)
