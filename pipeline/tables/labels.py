"""Tables of music without labels: what a champion answers to it, and which tags apply."""

from pipeline.tables.columns import FRACTION, OR, RUN, key, optional
from pipeline.tables.declaration import BOOLEAN, INTEGER, NUMBER, STRING, Column, Table

FILE = Column("path", STRING, "relative path of the file, or the table's id of the track", prefix="track-")
OF_THE_FILE = (
    optional("artist", STRING, "who plays, where the file's own tags, or the table, tell"),
    optional("title", STRING, "what is played, where these tell"),
)
WHY_NOT = (
    optional("reason", STRING, "why there is no answer: a code of rejects.csv"),
    optional("detail", STRING, "the same in one sentence"),
)

_ANSWER = (
    optional("probability", NUMBER, "of that genre", unit=FRACTION),
    optional(
        "probability_is",
        STRING,
        "chance: calibrated, the chance of being right; vote: as the model votes, which may be too sure",
        values=("chance", "vote"),
    ),
    optional(
        "genre_set",
        STRING,
        "genres of which one is promised to be right for nine in ten tracks of each genre, most probable first, "
        "joined by `or`; empty where nothing is promised",
        prefix="genre-",
        joined_by=OR,
    ),
    optional("second_genre", STRING, "the next probable genre", prefix="genre-"),
    optional("second_probability", NUMBER, "of that genre", unit=FRACTION),
    optional("unlike", BOOLEAN, "whether it is unlike all music that the champion learned from"),
    optional("known", BOOLEAN, "whether the champion learned from this very recording: then it proves nothing"),
    optional(
        "withstood",
        BOOLEAN,
        "whether its genre, of a longer file that of its middle 30 s, stays under every harmless change of "
        "docs/harmless_changes.md; empty where that was not tried: `--horse` tries it",
    ),
    optional("tags", STRING, "the strongest tags, where the champion's features are a network's that knows some"),
)

PREDICTIONS = Table(
    "predictions",
    "file or track without a label, as the run's champion answers it",
    (
        *RUN,
        FILE,
        *OF_THE_FILE,
        optional("genre", STRING, "the most probable genre; empty where there is a reason", prefix="genre-"),
        *_ANSWER,
        *WHY_NOT,
    ),
    key=key("path"),
    collection="labels",
)

SURE_FROM = (0.3, 0.5, 0.7, 0.9)
SURENESS = ("0 to 30 %", "30 to 50 %", "50 to 70 %", "70 to 90 %", "90 to 100 %")
"""How sure an answer is, and from which probability on."""

NEW_MUSIC = Table(
    "new_music",
    "file or track without a label that the run's champion named, of all folders and tables that it was asked about",
    (
        *RUN,
        Column("source", STRING, "the folder, or the table, that it lies in; below the user's home from ~"),
        FILE,
        *OF_THE_FILE,
        Column("genre", STRING, "the most probable genre", prefix="genre-"),
        Column("rank", INTEGER, "place among all of that genre, the surest first"),
        Column("sureness", STRING, f"band of the probability: {', '.join(SURENESS)}", values=SURENESS),
        *_ANSWER,
    ),
    key=key("source", "path"),
)

PREDICTION_SEGMENTS = Table(
    "prediction_segments",
    "segment of a file without a label",
    (
        *RUN,
        FILE,
        Column(
            "start_s", NUMBER, "start, seconds: in the file, or in its middle 30 s where only these are heard", unit="s"
        ),
        Column("end_s", NUMBER, "its end", unit="s"),
        Column("genre", STRING, "the genre that the model of the shortest windows gives most", prefix="genre-"),
        Column("probability", NUMBER, "how much it gives: a vote, not calibrated", unit=FRACTION),
    ),
    key=key("path", "start_s"),
)

TAGS = Table(
    "tags",
    "file of a folder",
    (
        FILE,
        *OF_THE_FILE,
        optional(
            "tag_*",
            NUMBER,
            "how much the tag applies, by a network that learned from other music, which may include yours",
            unit=FRACTION,
        ),
        *WHY_NOT,
    ),
    key=("path",),
)
