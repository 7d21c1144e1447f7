"""Tables of what a search for something better looked at: k, features, pairs of genres, fewer tracks, mistakes."""

from pipeline.tables.columns import (
    CI,
    FEATURE,
    FEATURE_NAME,
    FEATURE_SET,
    FRACTION,
    MODEL,
    MODEL_NAME,
    OF_A_TRACK,
    POLICY,
    RUN,
    SUBSET,
    TRACK,
    WINDOW,
    genre,
    key,
    one_of,
    optional,
)
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
        optional("test_lowest", NUMBER, "the lowest test accuracy of a repeat", unit=FRACTION),
        optional("test_highest", NUMBER, "the highest test accuracy of a repeat", unit=FRACTION),
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
        MODEL_NAME,
        WINDOW,
        FEATURE,
        FEATURE_NAME,
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
        MODEL_NAME,
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

LEARNING_CURVE = Table(
    "learning_curve",
    "share of the training tracks that the champion, or the best model that is no network, learned from, on splits of "
    "its own",
    (
        *RUN,
        MODEL,
        MODEL_NAME,
        FEATURE_SET,
        WINDOW,
        POLICY,
        Column("share", NUMBER, "of the training side of each split, by whole tracks or artists", unit=FRACTION),
        Column("n_tracks", INTEGER, "tracks that it learned from, mean over the repeats", unit="tracks"),
        Column("n_groups", INTEGER, "what the policy keeps whole among these, mean over the repeats", unit="groups"),
        Column("train_accuracy", NUMBER, "of whole tracks that it learned from, mean over the repeats", unit=FRACTION),
        Column("accuracy", NUMBER, "of whole test tracks, the same ones for all shares", unit=FRACTION),
        *CI,
        Column("n", INTEGER, "distinct tracks that were tested", unit="tracks"),
        Column("repeats", INTEGER, "splits that the accuracy is pooled over", unit="splits"),
    ),
    key=key("share"),
    collection="results",
)

MISTAKES_BY_GROUP = Table(
    "mistakes_by_group",
    "artist or band of duration, of the champion's test tracks",
    (
        *RUN,
        one_of("by", {"artist": "who plays", "duration": "how long the file is"}),
        Column("group_name", STRING, "the artist, or the band of duration", prefix="group-"),
        optional("genres", STRING, "the labels of the artist's tracks", prefix="genre-"),
        Column("accuracy", NUMBER, "of whole test tracks", unit=FRACTION),
        *CI,
        optional("taken_for", STRING, "the wrong answer that is commonest; empty where none is wrong", prefix="genre-"),
        Column("n", INTEGER, "distinct tracks that were tested", unit="tracks"),
        Column("answers", INTEGER, "answers to them, over all repeats", unit="answers"),
    ),
    key=key("by", "group_name"),
    collection="results",
)

WORST_MISTAKES = Table(
    "worst_mistakes",
    "test track that the champion was wrong about, the surest first",
    (
        *RUN,
        TRACK,
        optional("artist", STRING, "who plays, where metadata tells"),
        optional("title", STRING, "what is played, where metadata tells"),
        genre("actual", "the label"),
        genre("predicted", "the surest wrong answer"),
        Column("confidence", NUMBER, "the probability of that answer", unit=FRACTION),
        Column("probability_of_actual", NUMBER, "what the same model gave the label", unit=FRACTION),
        Column("wrong", INTEGER, "answers to this track that are wrong", unit="answers"),
        Column("answers", INTEGER, "answers to this track, over all repeats", unit="answers"),
        Column("rank", INTEGER, "1 is the surest mistake of the run", stored=False),
    ),
    key=key("track_id"),
    references=OF_A_TRACK,
    collection="results",
)
