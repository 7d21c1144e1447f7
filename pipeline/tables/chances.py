"""Tables of how far the champion can be believed: its chances, and the sets of genres it promises."""

from pipeline.tables.columns import CI, FRACTION, GENRE, RUN, key, one_of, optional
from pipeline.tables.declaration import BOOLEAN, INTEGER, NUMBER, STRING, Column, Table

CALIBRATION = Table(
    "calibration",
    "way to make chances of the champion's votes for whole tracks",
    (
        *RUN,
        one_of(
            "method",
            {
                "none": "the vote as it is",
                "temperature": "all genres surer or less sure by one number",
                "doubting_temperature": "the same, and a share of doubt in all genres alike",
                "isotonic": "a rising staircase for each genre",
            },
        ),
        Column("log_loss", NUMBER, "mean negative logarithm of the chance given to the actual genre", minimum=0),
        Column("expected_calibration_error", NUMBER, "how far chances and accuracy lie apart", unit=FRACTION),
        *CI,
        Column("accuracy", NUMBER, "of the most probable genre", unit=FRACTION),
        Column(
            "n", INTEGER, "tracks, each answered by a refit, and a calibration, that had not learned of it",
            unit="tracks",
        ),
        Column("chosen", BOOLEAN, "the lowest log-loss of those that cost at most a point of accuracy"),
    ),
    key=key("method"),
    collection="results",
)  # fmt: skip

RELIABILITY = Table(
    "reliability",
    "range of confidence, before and after calibration",
    (
        *RUN,
        one_of("of", {"vote": "before calibration", "chance": "after it"}),
        Column("bin_low", NUMBER, "confidence above this", unit=FRACTION),
        Column("bin_high", NUMBER, "and at most this", unit=FRACTION),
        Column("confidence", NUMBER, "mean of the most probable genre's", unit=FRACTION),
        Column("accuracy", NUMBER, "share of these answers that are right", unit=FRACTION),
        *CI,
        Column("n", INTEGER, "answers in the range; where tracks are few each has three", unit="answers"),
    ),
    key=key("of", "bin_low"),
    collection="results",
)

UNLIKE = Table(
    "unlike",
    "kind of music, as tracks that the champion did not learn from are told to be unlike the training music",
    (
        *RUN,
        one_of(
            "kind",
            {
                "known": "tracks of the genres that were learned from, by artists (or groups) that were not",
                "left_out": "tracks of a genre from which nothing was learned",
            },
        ),
        optional("genre", STRING, "the genre that was left out; empty for known ones", prefix="genre-"),
        Column("noticed", NUMBER, "share that is called unlike the training music", unit=FRACTION),
        Column("n", INTEGER, "tracks", unit="tracks"),
    ),
    collection="results",
)

GENRE_PROMISES = Table(
    "genre_promises",
    "genre, as sets of genres are promised to hold it",
    (
        *RUN,
        GENRE,
        Column("n_groups", INTEGER, "tracks or artists of it that were answered out of fold", unit="groups"),
        Column("promised", BOOLEAN, "whether sets hold it for nine in ten of its tracks; of fewer than 9 groups not"),
        optional(
            "least_chance",
            NUMBER,
            "the chance from which on a set has it; the likeliest genre always is in the set",
            unit=FRACTION,
        ),
    ),
    key=key("genre"),
    collection="results",
)
