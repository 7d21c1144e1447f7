"""Tables of what a search for something better looked at: k, features, pairs of genres."""

from pipeline.tables.columns import CI, FEATURE, FRACTION, MODEL, POLICY, RUN, SUBSET, WINDOW, genre, key, one_of
from pipeline.tables.declaration import BOOLEAN, INTEGER, NUMBER, STRING, Column, Table

K_SEARCH = Table(
    "k_search",
    "k × window × split policy",
    (
        *RUN,
        Column("k", INTEGER, "neighbours that vote", unit="neighbours"),
        WINDOW,
        POLICY,
        Column("train_accuracy", NUMBER, "mean over the repeats", unit=FRACTION),
        Column("test_accuracy", NUMBER, "mean over the repeats", unit=FRACTION),
        Column("chosen", BOOLEAN, "the k of the best test accuracy"),
    ),
    key=key("k", "window_s", "split_policy"),
    collection="results",
)

FEATURE_IMPORTANCE = Table(
    "feature_importance",
    "model × window × feature × method",
    (
        *RUN,
        MODEL,
        WINDOW,
        FEATURE,
        one_of("method", {"impurity": "mean decrease", "permutation": "loss of test accuracy"}),
        Column("importance", NUMBER, "by that method", unit=FRACTION),
        Column("sd", NUMBER, "deviation over trees or permutations", unit=FRACTION),
        Column("rank", INTEGER, "1 matters most"),
    ),
    key=key("model", "window_s", "feature", "method"),
    collection="results",
)

GENRE_PAIRS = Table(
    "genre_pairs",
    "model × window × genre pair × subset",
    (
        *RUN,
        MODEL,
        WINDOW,
        Column("pair", STRING, "the two genres, told apart as a binary problem", prefix="pair-"),
        genre("genre_a", "the first of them"),
        genre("genre_b", "the second"),
        SUBSET,
        Column("accuracy", NUMBER, "of single rows; 0.5 is a coin", unit=FRACTION),
        *CI,
        Column("n", INTEGER, "distinct rows that were scored", unit="rows"),
    ),
    key=key("model", "window_s", "pair", "subset"),
    collection="results",
)
