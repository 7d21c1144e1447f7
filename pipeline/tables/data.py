"""Tables of what there is: the run, its tracks, what could not be used, the features, and how good all of it is."""

from pipeline.tables.columns import (
    FEATURE,
    FEATURE_NAME,
    FEATURE_SET,
    FRACTION,
    GENRE,
    OF_A_TRACK,
    RUN,
    TRACK,
    WINDOW,
    genre,
    in_words,
    key,
    one_of,
    optional,
)
from pipeline.tables.declaration import BOOLEAN, DATE, DATETIME, INTEGER, NUMBER, STRING, Column, Table

PERCENTILES = (5, 25, 50, 75, 95)
"""That a feature's profile tells."""

CHAMPION = (
    optional("champion_model", STRING, "the model that the run chose; empty before it has chosen one"),
    optional("champion_feature_set", STRING, "its feature set"),
    optional("champion_window_s", NUMBER, "the length of its windows, seconds", unit="s", minimum=0),
    optional("champion_split_policy", STRING, "the policy that it was chosen under"),
    optional(
        "corrected_accuracy",
        NUMBER,
        "what to expect of it on whole test tracks: its accuracy, less what being the highest of many adds; the figure "
        "that it is announced by",
        unit=FRACTION,
    ),
    optional("corrected_ci_low", NUMBER, "lower end of the 95 % interval", unit=FRACTION),
    optional("corrected_ci_high", NUMBER, "upper end of the interval", unit=FRACTION),
    optional("n_candidates", INTEGER, "how many there were to choose from, each k that was searched among them, once"),
    optional(
        "test_accuracy",
        NUMBER,
        "its test accuracy as chosen: of whole tracks, the highest of many and so too high",
        unit=FRACTION,
    ),
    optional("test_ci_low", NUMBER, "lower end of the 95 % interval", unit=FRACTION),
    optional("test_ci_high", NUMBER, "upper end of the interval", unit=FRACTION),
    optional("holdout_accuracy", NUMBER, "its accuracy on whole tracks of the holdout", unit=FRACTION),
    optional("holdout_ci_low", NUMBER, "lower end of the 95 % interval", unit=FRACTION),
    optional("holdout_ci_high", NUMBER, "upper end of the interval", unit=FRACTION),
    optional("holdout_n", INTEGER, "tracks of the holdout that it was tested on", unit="tracks"),
    optional(
        "holdout_new_artists", INTEGER, "how many of these are by an artist of whom it learned nothing", unit="tracks"
    ),
    optional("n_tracks", INTEGER, "tracks that it was fitted on", unit="tracks"),
)
"""What ``champion`` in ``runs`` says of it, by the same names but for ``champion_``."""

FIGURES = (
    optional(
        "other_dataset", STRING, "the other dataset on which the champion gets least; empty where it was put to none",
        prefix="dataset-",
    ),
    optional("other_recall", NUMBER, "what it gets there: mean recall of the genres that both have", unit=FRACTION),
    optional("other_ci_low", NUMBER, "lower end of the 95 % interval", unit=FRACTION),
    optional("other_ci_high", NUMBER, "upper end of the interval", unit=FRACTION),
    optional(
        "worst_change",
        STRING,
        "the harmless change of the audio that leaves the fewest right; empty where none was tried",
    ),
    optional("worst_change_accuracy", NUMBER, "its accuracy on the holdout, played like this", unit=FRACTION),
    optional("worst_change_ci_low", NUMBER, "lower end of the 95 % interval", unit=FRACTION),
    optional("worst_change_ci_high", NUMBER, "upper end of the interval", unit=FRACTION),
    optional("flip_rate", NUMBER, "share of its answers that harmless changes make other ones", unit=FRACTION),
)  # fmt: skip
"""What stands beside the score on its own music: on other music, and played differently."""

RUNS = Table(
    "runs",
    "batch run",
    (
        *RUN,
        optional("number", INTEGER, "the order of the runs: a later one has a larger one, whatever a clock says"),
        Column("run_date", DATE, "the day it began, UTC"),
        Column("started_at", DATETIME, "when it began, UTC"),
        optional(
            "windows",
            STRING,
            "lengths of the windows that its dataset has features of, in words like `30 s, 3 s`",
        ),
        optional("split_policy", STRING, "the policy that results are read under, and the champion is chosen"),
        optional(
            "holdout_share", NUMBER, "the share of tracks that the holdout was drawn with; 0: none was", unit=FRACTION
        ),
        optional("seed", INTEGER, "of every random choice"),
        CHAMPION[0],
        in_words(CHAMPION[0], "model", "champion_name"),
        *CHAMPION[1:],
        *FIGURES,
        optional("headline", STRING, "what the run found, in sentences: the same as on the console and the page"),
        optional("warnings", STRING, "what no score of this run can say"),
    ),
    key=key(),
)

TRACKS = Table(
    "tracks",
    "usable track",
    (
        *RUN,
        TRACK,
        GENRE,
        optional("style", STRING, "what it is below its genre, where `--sublabel` tells", prefix="style-"),
        optional("artist", STRING, "who plays, where metadata tells"),
        optional("title", STRING, "what is played, where metadata tells"),
        optional("country", STRING, "where it is from, where metadata or the table tell", geographic="country"),
        optional("region", STRING, "the part of the world that is"),
        optional("culture", STRING, "whose music it is"),
        optional(
            "latitude",
            NUMBER,
            "degrees north, as it is told",
            unit="°",
            minimum=-180,
            geographic="latitude",
        ),
        optional("longitude", NUMBER, "degrees east", unit="°", minimum=-180, geographic="longitude"),
        optional("year", INTEGER, "when it was recorded or published, where metadata tell", unit="year"),
        optional("duration_s", NUMBER, "length of the file, seconds; empty for a table's rows", unit="s"),
        optional("sample_rate_hz", INTEGER, "sample rate of the file, hertz", unit="Hz"),
        optional("channels", INTEGER, "channels of the file", unit="channels"),
        Column("holdout", BOOLEAN, "set aside: no model saw it before stage 06"),
        optional("predefined_split", STRING, "its side of a predefined split, as it is written", prefix="split-"),
        optional(
            "duplicate_of",
            STRING,
            "the first track with the same audio, or a row of the same features",
            prefix="track-",
        ),
        optional(
            "same_recording_as",
            STRING,
            "the first track that holds the same recording, exactly or not: no split parts them",
            prefix="track-",
        ),
        optional(
            "same_recording_by",
            STRING,
            "how that was found: content, fingerprint, title, features, name, joint; several with commas",
        ),
    ),
    key=key("track_id"),
)

REJECTS = Table(
    "rejects",
    "file or table row that could not be used, or not for one window",
    (
        *RUN,
        Column("path", STRING, "relative path of the file, or table:line", prefix="track-"),
        Column("reason", STRING, "short code"),
        Column("detail", STRING, "one sentence"),
    ),
)

FEATURES = Table(
    "features",
    "segment",
    (
        *RUN,
        TRACK,
        GENRE,
        FEATURE_SET,
        WINDOW,
        Column(
            "start_s",
            NUMBER,
            "start of the window, seconds: in the clip, or in the file where excerpts are spread or all",
            unit="s",
        ),
        optional("length", INTEGER, "length of the window, samples at 22 050 Hz; no model sees it", unit="samples"),
        optional("*", NUMBER, "the features, by their own names", prefix=FEATURE.prefix),
    ),
    key=key("track_id", "feature_set", "window_s", "start_s"),
    references=OF_A_TRACK,
)

FEATURE_GLOSSARY = Table(
    "feature_glossary",
    "feature × feature set: what its name stands for",
    (
        *RUN,
        FEATURE_SET,
        FEATURE,
        FEATURE_NAME,
        optional("unit", STRING, "the unit of its values, where it has one"),
        optional("meaning", STRING, "what it measures; empty of features that came in a table"),
    ),
    key=key("feature_set", "feature"),
)

FEATURE_PROFILE = Table(
    "feature_profile",
    "genre × window × feature, over the tracks that are not held out",
    (
        *RUN,
        GENRE,
        WINDOW,
        FEATURE,
        FEATURE_NAME,
        Column("mean", NUMBER, "mean over the genre's segments", unit="the feature's"),
        optional("sd", NUMBER, "standard deviation; empty for a single segment", unit="the feature's"),
        *(Column(f"p{p:02d}", NUMBER, f"{p}th percentile", unit="the feature's") for p in PERCENTILES),
        Column("n", INTEGER, "segments", unit="segments"),
    ),
    key=key("genre", "window_s", "feature"),
    collection="results",
)

GENRE_PROFILE = Table(
    "genre_profile",
    "genre × feature: what sets the genre apart from all others, over the tracks that are not held out",
    (
        *RUN,
        GENRE,
        FEATURE_SET,
        FEATURE,
        FEATURE_NAME,
        Column(
            "cliffs_delta",
            NUMBER,
            "Cliff's delta: of all pairs of a track of the genre and one of another genre, the share in which the "
            "genre's has more of the feature, minus the share in which it has less; -1 to 1",
            unit=FRACTION,
        ),
        optional("ci_low", NUMBER, "lower end of its 95 % interval, over artists or tracks", unit=FRACTION),
        optional("ci_high", NUMBER, "upper end of the interval", unit=FRACTION),
        Column(
            "q_value",
            NUMBER,
            "false-discovery rate over all genres and features: of the rows below .05, one in twenty may be by chance",
            unit=FRACTION,
            minimum=0,
        ),
        optional("rank", INTEGER, "1: the feature that sets the genre apart most, whether it has more of it or less"),
        Column("n", INTEGER, "tracks of the genre", unit="tracks"),
        Column("n_groups", INTEGER, "artists that these are by, or tracks with their copies", unit="groups"),
    ),
    key=key("genre", "feature"),
    collection="results",
)

GENRE_OVERLAP = Table(
    "genre_overlap",
    "genre × other genre: how far they overlap in all features together, over the tracks that are not held out; a pair "
    "has a row from either side",
    (
        *RUN,
        GENRE,
        genre("other_genre", "the genre that it is set beside"),
        FEATURE_SET,
        Column(
            "overlap",
            NUMBER,
            "overlapping coefficient: the area that their densities share, 0 to 1, as far as a straight border tells "
            "them apart; half of it is the share of their tracks that lie on the wrong side",
            unit=FRACTION,
            minimum=0,
        ),
        Column("among_most_distinct", BOOLEAN, "both are among the six genres that overlap least with each other"),
        Column("n", INTEGER, "tracks of the genre", unit="tracks"),
        Column("n_other", INTEGER, "tracks of the other", unit="tracks"),
    ),
    key=key("genre", "other_genre"),
    collection="results",
)

DATA_QUALITY = Table(
    "data_quality",
    "check",
    (
        *RUN,
        Column("check", STRING, "what was looked at; the table below has them all"),
        one_of("status", {"ok": "nothing to do", "warning": "something to look at, or to know"}),
        Column("n", INTEGER, "how many of what the table below says"),
        Column("detail", STRING, "which, in words; the first 20 by name"),
    ),
    key=key("check"),
    collection="results",
)
