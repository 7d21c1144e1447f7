"""Tables of models that were put to other datasets than their own: `genrelab transfer`."""

from pipeline.tables.columns import (
    FEATURE_SET,
    FRACTION,
    MODEL,
    MODEL_NAME,
    RUN,
    TESTED_ON,
    WINDOW,
    genre,
    key,
    optional,
)
from pipeline.tables.declaration import BOOLEAN, INTEGER, NUMBER, STRING, Column, Table


def _rate(prefix: str, what: str) -> tuple[Column, ...]:
    return (
        optional(f"{prefix}recall", NUMBER, f"{what}; empty where it was not tested there", unit=FRACTION),
        optional(f"{prefix}ci_low", NUMBER, "lower end of its 95 % interval; empty where there is none", unit=FRACTION),
        optional(f"{prefix}ci_high", NUMBER, "upper end of the interval", unit=FRACTION),
    )


GAP = (
    optional("gap", NUMBER, "own_recall minus recall: what is lost on the other dataset", unit=FRACTION),
    optional("gap_ci_low", NUMBER, "lower end of its 95 % interval; empty where either has none", unit=FRACTION),
    optional("gap_ci_high", NUMBER, "upper end of the interval", unit=FRACTION),
)
N_TRACKS = (
    Column("n_own", INTEGER, "tracks of its own dataset that own_recall rests on", unit="tracks"),
    Column("n", INTEGER, "tracks of the other dataset that recall rests on", unit="tracks"),
)

TRANSFERS = Table(
    "transfers",
    "model × other dataset that it was tested on",
    (
        *RUN,
        TESTED_ON,
        MODEL,
        MODEL_NAME,
        FEATURE_SET,
        WINDOW,
        Column("is_champion", BOOLEAN, "whether it is the run's champion"),
        Column("is_baseline", BOOLEAN, "whether it only guesses"),
        Column("n_genres", INTEGER, "genres that both datasets have, on which both recalls rest", unit="genres"),
        *_rate(
            "own_",
            "mean recall of these genres on tracks of its own dataset that it had not learned from; the "
            "champion's less what being the highest of many adds",
        ),
        *_rate("", "mean recall of the same genres on the other dataset"),
        *GAP,
        *N_TRACKS,
        Column(
            "n_copies",
            INTEGER,
            "tracks left out: copies of recordings that any model put there learned from",
            unit="tracks",
        ),
        Column("n_of_artists", INTEGER, "tracks left out: by artists that any of them learned from", unit="tracks"),
        Column("n_left_out", INTEGER, "tracks left out: their genre is none that it knows", unit="tracks"),
        optional("common_columns", INTEGER, "columns, where the champion was trained anew on those that both have"),
        optional("false_alarms", NUMBER, "share of its own tracks that it would call unlike", unit=FRACTION),
        optional("unlike", NUMBER, "share of the tested tracks that it calls unlike its training music", unit=FRACTION),
        optional("none_unlike", NUMBER, "the same of tracks whose genre is none that it knows", unit=FRACTION),
    ),
    key=key("tested_on", "model", "feature_set", "window_s"),
    collection="results",
)

TRANSFER_GENRES = Table(
    "transfer_genres",
    "genre × other dataset, of the champion",
    (
        *RUN,
        TESTED_ON,
        genre("genre", "as the champion knows it"),
        *_rate(
            "own_",
            "share of the genre that is found in its own dataset, not corrected for the champion's being "
            "the highest of many",
        ),
        *_rate("", "share that is found in the other one"),
        *GAP,
        *N_TRACKS,
    ),
    key=key("tested_on", "genre"),
    collection="results",
)

TRANSFER_ANSWERS = Table(
    "transfer_answers",
    "genre of the other dataset × what the champion named it, of whole tracks",
    (
        *RUN,
        TESTED_ON,
        genre("actual", "what the other dataset calls it"),
        optional("mapped_to", STRING, "the genre that the champion knows it by; empty for none", prefix="genre-"),
        genre("predicted", "the champion's answer"),
        Column("n", INTEGER, "tracks", unit="tracks"),
        Column("share_of_actual", NUMBER, "share of the actual genre", unit=FRACTION),
    ),
    key=key("tested_on", "actual", "predicted"),
    collection="results",
)
