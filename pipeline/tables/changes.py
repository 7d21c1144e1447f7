"""Tables of the horse test: the holdout played differently, by harmless changes of its audio."""

from pipeline.tables.columns import CI, FRACTION, RUN, genre, key, optional
from pipeline.tables.declaration import BOOLEAN, INTEGER, NUMBER, STRING, Column, Table

AS_IT_IS, ANY = "none", "any"
"""Stand in ``change`` for no change, and for all of them together."""

_CHANGE = (
    Column(
        "change",
        STRING,
        f"code of the change, docs/harmless_changes.md has what each does; {AS_IT_IS}: the track as it is; {ANY}: all "
        "changes together",
    ),
    Column("change_name", STRING, "the change in words"),
    Column("unheard", BOOLEAN, "whether nobody hears it"),
)


def _drop(of_what: str) -> tuple[Column, ...]:
    return (
        Column("drop", NUMBER, f"{of_what} as it is minus that: what the change costs", unit=FRACTION),
        optional("drop_ci_low", NUMBER, "lower end of its 95 % interval; empty where there is none", unit=FRACTION),
        optional("drop_ci_high", NUMBER, "upper end of the interval", unit=FRACTION),
    )


HARMLESS_CHANGES = Table(
    "harmless_changes",
    "harmless change of the audio that the champion's held-out tracks were played with",
    (
        *RUN,
        *_CHANGE,
        Column("is_worst", BOOLEAN, "whether it is the change that leaves the fewest right"),
        Column(
            "accuracy",
            NUMBER,
            f"share of whole tracks named rightly; under `{ANY}`, as they are and with every change",
            unit=FRACTION,
        ),
        *CI,
        *_drop("accuracy"),
        Column(
            "flip_rate",
            NUMBER,
            f"share of tracks that get another answer than as they are; under `{ANY}`, by any change",
            unit=FRACTION,
        ),
        optional("flip_ci_low", NUMBER, "lower end of its 95 % interval; empty where there is none", unit=FRACTION),
        optional("flip_ci_high", NUMBER, "upper end of the interval", unit=FRACTION),
        Column("n", INTEGER, "held-out tracks that were played", unit="tracks"),
    ),
    key=key("change"),
    collection="results",
)

HARMLESS_CHANGE_GENRES = Table(
    "harmless_change_genres",
    "harmless change × genre, of the champion",
    (
        *RUN,
        *_CHANGE,
        genre("genre", "the tracks' own"),
        Column("recall", NUMBER, "share of the genre's tracks named rightly", unit=FRACTION),
        *CI,
        *_drop("recall"),
        Column("n", INTEGER, "held-out tracks of the genre that were played", unit="tracks"),
        Column("n_right", INTEGER, "those that are named rightly as they are", unit="tracks"),
        Column("n_lost", INTEGER, "those among these that the change makes wrong", unit="tracks"),
        optional(
            "p_adjusted",
            NUMBER,
            "p-value of the test whether the change takes more right answers from this genre than from the others, "
            "adjusted for all changes and genres; empty where the genre has no right answer to lose",
        ),
        Column("hurt_more", BOOLEAN, "whether that test says so, at the level .05"),
        Column(
            "given_away",
            BOOLEAN,
            "whether it says so of a change that nobody hears: the genre is named by something that nobody hears",
        ),
    ),
    key=key("change", "genre"),
    collection="results",
)
