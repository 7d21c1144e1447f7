"""The exports: every table's columns, types, units and meaning, declared once."""

from dataclasses import dataclass

STRING, NUMBER, INTEGER, BOOLEAN = "string", "number", "integer", "boolean"


@dataclass(frozen=True)
class Column:
    """A column of an export.

    Attributes
    ----------
    name, kind, meaning : str
        `kind` is one of string, number, integer, boolean
    required : bool
        no cell may be empty
    pattern : bool
        `name` ends in a star: any number of columns of this kind whose names begin so
    """

    name: str
    kind: str
    meaning: str
    required: bool = True

    @property
    def pattern(self) -> bool:
        """Whether `name` stands for any number of columns."""
        return self.name.endswith("*")

    def covers(self, name: str) -> bool:
        """Whether this declares the column called `name`."""
        return name.startswith(self.name[:-1]) if self.pattern else name == self.name


@dataclass(frozen=True)
class Table:
    """An export: `grain` is what one row stands for."""

    name: str
    grain: str
    columns: tuple[Column, ...]

    @property
    def file_name(self) -> str:
        """Name of the CSV."""
        return f"{self.name}.csv"


def _optional(name: str, kind: str, meaning: str) -> Column:
    return Column(name, kind, meaning, required=False)


_RUN = (
    Column("run_id", STRING, "the batch run that wrote the row"),
    Column("dataset", STRING, "name of the dataset"),
)
_TRACK = Column("track_id", STRING, "the track: relative path of its file, or its id in the table")
_GENRE = Column("genre", STRING, "its label")
_MODEL = Column("model", STRING, "name of the model")
_FEATURE_SET = Column("feature_set", STRING, "feature set and version; `-means` stands for its means alone")
_WINDOW = Column("window_s", NUMBER, "length of the window, seconds")
_POLICY = Column("split_policy", STRING, "random: rows shuffled; track: all segments of a track on one side")
_SUBSET = Column("subset", STRING, "train, test or holdout")
_LEVEL = Column("level", STRING, "segment: each row by itself; track: the mean of its segments in the subset")
_CI = (
    _optional("ci_low", NUMBER, "lower end of the 95 % interval, bootstrap over tracks"),
    _optional("ci_high", NUMBER, "upper end of the interval"),
)
_EVALUATED = (_MODEL, _FEATURE_SET, _WINDOW, _POLICY, _SUBSET, _LEVEL)

TABLES = (
    Table(
        "tracks",
        "usable track",
        (
            *_RUN,
            _TRACK,
            _GENRE,
            _optional("artist", STRING, "who plays, where metadata tells"),
            _optional("title", STRING, "what is played, where metadata tells"),
            _optional("duration_s", NUMBER, "length of the file, seconds; empty for a table's rows"),
            _optional("sample_rate_hz", INTEGER, "sample rate of the file, hertz"),
            _optional("channels", INTEGER, "channels of the file"),
            Column("holdout", BOOLEAN, "set aside: no model saw it before stage 06"),
            _optional("predefined_split", STRING, "the metadata's own split, as it is written there"),
            _optional("duplicate_of", STRING, "the first track with exactly the same content"),
        ),
    ),
    Table(
        "rejects",
        "file or table row that could not be used, or not for one window",
        (
            *_RUN,
            Column("path", STRING, "relative path of the file, or table:line"),
            Column("reason", STRING, "short code"),
            Column("detail", STRING, "one sentence"),
        ),
    ),
    Table(
        "features",
        "segment",
        (
            *_RUN,
            _TRACK,
            _GENRE,
            _FEATURE_SET,
            _WINDOW,
            Column("start_s", NUMBER, "start of the window in the clip, seconds"),
            _optional("length", INTEGER, "length of the window, samples at 22 050 Hz; no model sees it"),
            _optional("*", NUMBER, "the features, by their own names"),
        ),
    ),
    Table(
        "feature_profile",
        "genre × window × feature, over the tracks that are not held out",
        (
            *_RUN,
            _GENRE,
            _WINDOW,
            Column("feature", STRING, "name of the feature"),
            Column("mean", NUMBER, "mean over the genre's segments"),
            _optional("sd", NUMBER, "standard deviation; empty for a single segment"),
            *(Column(f"p{p:02d}", NUMBER, f"{p}th percentile") for p in (5, 25, 50, 75, 95)),
            Column("n", INTEGER, "segments"),
        ),
    ),
    Table(
        "scores",
        "metric value",
        (
            *_RUN,
            *_EVALUATED,
            Column("metric", STRING, "accuracy, balanced_accuracy or macro_f1"),
            Column("value", NUMBER, "the metric over all repeats, a fraction"),
            *_CI,
            Column("n", INTEGER, "distinct segments or tracks that were scored"),
            Column("repeats", INTEGER, "splits that the value is pooled over"),
        ),
    ),
    Table(
        "summary_30s_vs_3s",
        "model × split policy × level × feature set",
        (
            *_RUN,
            _MODEL,
            _POLICY,
            _LEVEL,
            _FEATURE_SET,
            *(
                _optional(f"{what}_{window}", NUMBER, f"{what} accuracy on {window} rows")
                for window in ("30s", "3s")
                for what in ("train", "test")
            ),
            _optional("holdout_30s", NUMBER, "holdout accuracy on 30s rows"),
            _optional("holdout_3s", NUMBER, "holdout accuracy on 3s rows"),
            _optional("leak_gap_30s", NUMBER, "test accuracy under random minus that under track, 30s rows"),
            _optional("leak_gap_3s", NUMBER, "test accuracy under random minus that under track, 3s rows"),
            *(
                _optional(f"{what}_*", NUMBER, f"the same for any other window, e.g. `{what}_6s`")
                for what in ("train", "test", "holdout", "leak_gap")
            ),
        ),
    ),
    Table(
        "class_report",
        "evaluated model × genre",
        (
            *_RUN,
            *_EVALUATED,
            _GENRE,
            _optional("precision", NUMBER, "share of the predictions of this genre that are right"),
            _optional("recall", NUMBER, "share of this genre that is found"),
            _optional("f1", NUMBER, "harmonic mean of both"),
            Column("support", INTEGER, "rows of this genre, over all repeats"),
        ),
    ),
    Table(
        "confusion",
        "evaluated model × actual × predicted genre",
        (
            *_RUN,
            *_EVALUATED,
            Column("actual", STRING, "the label"),
            Column("predicted", STRING, "the model's answer"),
            Column("n", INTEGER, "rows, over all repeats"),
            _optional("share_of_actual", NUMBER, "share of the actual genre; empty where it was not tested"),
        ),
    ),
    Table(
        "k_search",
        "k × window × split policy",
        (
            *_RUN,
            Column("k", INTEGER, "neighbours that vote"),
            _WINDOW,
            _POLICY,
            Column("train_accuracy", NUMBER, "mean over the repeats"),
            Column("test_accuracy", NUMBER, "mean over the repeats"),
            Column("chosen", BOOLEAN, "the k of the best test accuracy"),
        ),
    ),
    Table(
        "feature_importance",
        "model × window × feature × method",
        (
            *_RUN,
            _MODEL,
            _WINDOW,
            Column("feature", STRING, "name of the feature"),
            Column("method", STRING, "impurity: mean decrease; permutation: loss of test accuracy"),
            Column("importance", NUMBER, "by that method"),
            Column("sd", NUMBER, "deviation over trees or permutations"),
            Column("rank", INTEGER, "1 matters most"),
        ),
    ),
    Table(
        "genre_pairs",
        "model × window × genre pair × subset",
        (
            *_RUN,
            _MODEL,
            _WINDOW,
            Column("pair", STRING, "the two genres, told apart as a binary problem"),
            _SUBSET,
            Column("accuracy", NUMBER, "of single rows; 0.5 is a coin"),
            *_CI,
            Column("n", INTEGER, "distinct rows that were scored"),
        ),
    ),
    Table(
        "holdout_predictions",
        "holdout segment or track as one model saw it",
        (
            *_RUN,
            _MODEL,
            _FEATURE_SET,
            _WINDOW,
            _LEVEL,
            _TRACK,
            _optional("start_s", NUMBER, "start of the window in the clip, seconds; empty at level track"),
            Column("actual", STRING, "the label"),
            Column("predicted", STRING, "the model's answer"),
            Column("correct", BOOLEAN, "whether they agree"),
            _optional("p_*", NUMBER, "probability of each genre, in letters, digits and underscores"),
        ),
    ),
    Table(
        "data_quality",
        "check",
        (
            *_RUN,
            Column("check", STRING, "what was looked at"),
            Column("status", STRING, "ok or warning"),
            Column("n", INTEGER, "how many were looked at or found"),
            Column("detail", STRING, "which, in words"),
        ),
    ),
)
BY_NAME = {table.name: table for table in TABLES}
