"""The exports: every table's columns, types, units, keys and meaning, declared once."""

from pipeline.report.declaration import BOOLEAN, DATE, DATETIME, INTEGER, NUMBER, STRING, Column, Reference, Table
from pipeline.splits import POLICIES

FRACTION = "fraction"


def _optional(name: str, kind: str, meaning: str, **more: str) -> Column:
    return Column(name, kind, meaning, required=False, **more)


def _genre(name: str, meaning: str) -> Column:
    return Column(name, STRING, meaning, prefix="genre-")


def _key(*names: str) -> tuple[str, ...]:
    return ("run_id", *names)


_RUN = (
    Column("run_id", STRING, "the batch run that wrote the row"),
    Column("dataset", STRING, "name of the dataset", prefix="dataset-"),
)
_TRACK = Column("track_id", STRING, "the track: relative path of its file, or its id in the table", prefix="track-")
_GENRE = _genre("genre", "its label")
_FEATURE = Column("feature", STRING, "name of the feature", prefix="feature-")
_MODEL = Column("model", STRING, "name of the model")
_FEATURE_SET = Column("feature_set", STRING, "feature set and version; `-means` stands for its means alone")
_WINDOW = Column("window_s", NUMBER, "length of the window, seconds", unit="s")
_POLICY = Column("split_policy", STRING, "; ".join(f"{name}: {policy.about}" for name, policy in POLICIES.items()))
_SUBSET = Column("subset", STRING, "train, test or holdout")
_LEVEL = Column("level", STRING, "segment: each row by itself; track: the vote of its segments in the subset")
_CI = (
    _optional(
        "ci_low",
        NUMBER,
        "lower end of the 95 % interval, bootstrap over tracks, under artist over artists",
        unit=FRACTION,
    ),
    _optional("ci_high", NUMBER, "upper end of the interval", unit=FRACTION),
)
_EVALUATED = (_MODEL, _FEATURE_SET, _WINDOW, _POLICY, _SUBSET, _LEVEL)
_EVALUATED_KEY = tuple(column.name for column in _EVALUATED)
_OF_A_TRACK = (Reference(("run_id", "track_id"), "tracks", ("run_id", "track_id")),)

TABLES = (
    Table(
        "runs",
        "batch run",
        (
            *_RUN,
            _optional("number", INTEGER, "the order of the runs: a later one has a larger one, whatever a clock says"),
            Column("run_date", DATE, "the day it began, UTC"),
            Column("started_at", DATETIME, "when it began, UTC"),
            _optional(
                "windows_s", STRING, "the window lengths asked for, seconds; interactive runs have no parameters"
            ),
            _optional("split_policy", STRING, "the policy that the champion was chosen under"),
            _optional("holdout_share", NUMBER, "the share of tracks to hold out", unit=FRACTION),
            _optional("seed", INTEGER, "of every random choice"),
            _optional("champion_model", STRING, "the model that the run chose; empty before it has chosen one"),
            _optional("champion_feature_set", STRING, "its feature set"),
            _optional("champion_window_s", NUMBER, "the length of its windows, seconds", unit="s"),
            _optional("champion_split_policy", STRING, "the policy that it was chosen under"),
            _optional("test_accuracy", NUMBER, "its accuracy on whole test tracks", unit=FRACTION),
            _optional("test_ci_low", NUMBER, "lower end of the 95 % interval", unit=FRACTION),
            _optional("test_ci_high", NUMBER, "upper end of the interval", unit=FRACTION),
            _optional("holdout_accuracy", NUMBER, "its accuracy on whole tracks of the holdout", unit=FRACTION),
            _optional("holdout_ci_low", NUMBER, "lower end of the 95 % interval", unit=FRACTION),
            _optional("holdout_ci_high", NUMBER, "upper end of the interval", unit=FRACTION),
            _optional("n_tracks", INTEGER, "tracks that it was fitted on", unit="tracks"),
            _optional("warnings", STRING, "what no score of this run can say"),
        ),
        key=_key(),
    ),
    Table(
        "tracks",
        "usable track",
        (
            *_RUN,
            _TRACK,
            _GENRE,
            _optional("artist", STRING, "who plays, where metadata tells"),
            _optional("title", STRING, "what is played, where metadata tells"),
            _optional("duration_s", NUMBER, "length of the file, seconds; empty for a table's rows", unit="s"),
            _optional("sample_rate_hz", INTEGER, "sample rate of the file, hertz", unit="Hz"),
            _optional("channels", INTEGER, "channels of the file", unit="channels"),
            Column("holdout", BOOLEAN, "set aside: no model saw it before stage 06"),
            _optional("predefined_split", STRING, "the metadata's own split, as it is written there", prefix="split-"),
            _optional(
                "duplicate_of",
                STRING,
                "the first track with the same audio, or a row of the same features",
                prefix="track-",
            ),
        ),
        key=_key("track_id"),
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
            Column("start_s", NUMBER, "start of the window in the clip, seconds", unit="s"),
            _optional(
                "length", INTEGER, "length of the window, samples at 22 050 Hz; no model sees it", unit="samples"
            ),
            _optional("*", NUMBER, "the features, by their own names", prefix=_FEATURE.prefix),
        ),
        key=_key("track_id", "feature_set", "window_s", "start_s"),
        references=_OF_A_TRACK,
    ),
    Table(
        "feature_profile",
        "genre × window × feature, over the tracks that are not held out",
        (
            *_RUN,
            _GENRE,
            _WINDOW,
            _FEATURE,
            Column("mean", NUMBER, "mean over the genre's segments", unit="the feature's"),
            _optional("sd", NUMBER, "standard deviation; empty for a single segment", unit="the feature's"),
            *(Column(f"p{p:02d}", NUMBER, f"{p}th percentile", unit="the feature's") for p in (5, 25, 50, 75, 95)),
            Column("n", INTEGER, "segments", unit="segments"),
        ),
        key=_key("genre", "window_s", "feature"),
    ),
    Table(
        "scores",
        "metric value",
        (
            *_RUN,
            *_EVALUATED,
            Column(
                "metric",
                STRING,
                "accuracy, balanced_accuracy, macro_f1 or expected_calibration_error, over all repeats; "
                "accuracy_repeat_mean or accuracy_repeat_sd, of single repeats' accuracies, where there are several",
            ),
            Column("value", NUMBER, "the metric, a fraction", unit=FRACTION),
            *_CI,
            Column("n", INTEGER, "distinct segments or tracks that were scored", unit="segments or tracks"),
            Column("repeats", INTEGER, "splits that the value is pooled over", unit="splits"),
            Column("is_champion", BOOLEAN, "whether it is of the champion, as it was chosen: see runs.csv"),
        ),
        key=_key(*_EVALUATED_KEY, "metric"),
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
                _optional(f"{what}_{window}", NUMBER, f"{what} accuracy on {window} rows", unit=FRACTION)
                for window in ("30s", "3s")
                for what in ("train", "test")
            ),
            *(
                _optional(f"holdout_{window}", NUMBER, f"holdout accuracy on {window} rows", unit=FRACTION)
                for window in ("30s", "3s")
            ),
            *(
                _optional(
                    f"leak_gap_{window}",
                    NUMBER,
                    f"test accuracy under random minus that under track, {window} rows",
                    unit=FRACTION,
                )
                for window in ("30s", "3s")
            ),
            *(
                _optional(f"{what}_*", NUMBER, f"the same for any other window, e.g. `{what}_6s`", unit=FRACTION)
                for what in ("train", "test", "holdout", "leak_gap")
            ),
        ),
        key=_key("model", "split_policy", "level", "feature_set"),
    ),
    Table(
        "model_comparisons",
        "comparison of two models, windows or feature sets on the same test tracks",
        (
            *_RUN,
            Column("comparison", STRING, "what a and b differ in: models, windows or feature_sets"),
            _POLICY,
            *(
                column
                for side in ("a", "b")
                for column in (
                    Column(f"model_{side}", STRING, f"model of {side}"),
                    Column(f"feature_set_{side}", STRING, f"feature set of {side}"),
                    Column(f"window_{side}_s", NUMBER, f"window length of {side}, seconds", unit="s"),
                )
            ),
            Column("n", INTEGER, "distinct tracks that both were tested on in the same repeats", unit="tracks"),
            Column("accuracy_a", NUMBER, "of whole tracks, by a", unit=FRACTION),
            Column("accuracy_b", NUMBER, "of the same tracks, by b", unit=FRACTION),
            Column("difference", NUMBER, "accuracy_a minus accuracy_b", unit=FRACTION),
            Column(
                "ci_low",
                NUMBER,
                "lower end of its 95 % interval, paired bootstrap over tracks, under artist over artists; not adjusted",
                unit=FRACTION,
            ),
            Column("ci_high", NUMBER, "upper end of the interval", unit=FRACTION),
            Column("p_value", NUMBER, "exact sign-flip test of the difference, two-sided", unit=FRACTION),
            Column(
                "p_adjusted",
                NUMBER,
                "by Holm's method, for all rows of this comparison, split policy and, as far as a and b share them, "
                "feature set and window",
                unit=FRACTION,
            ),
            _optional("better", STRING, "a or b, where p_adjusted is below 0.05"),
        ),
        key=_key(
            "comparison",
            "split_policy",
            *(f"{name}_{side}" for side in ("a", "b") for name in ("model", "feature_set")),
            "window_a_s",
            "window_b_s",
        ),
    ),
    Table(
        "class_report",
        "evaluated model × genre",
        (
            *_RUN,
            *_EVALUATED,
            _GENRE,
            _optional("precision", NUMBER, "share of the predictions of this genre that are right", unit=FRACTION),
            _optional("recall", NUMBER, "share of this genre that is found", unit=FRACTION),
            _optional("f1", NUMBER, "harmonic mean of both", unit=FRACTION),
            Column("support", INTEGER, "rows of this genre, over all repeats", unit="rows"),
        ),
        key=_key(*_EVALUATED_KEY, "genre"),
    ),
    Table(
        "confusion",
        "evaluated model × actual × predicted genre",
        (
            *_RUN,
            *_EVALUATED,
            _genre("actual", "the label"),
            _genre("predicted", "the model's answer"),
            Column("n", INTEGER, "rows, over all repeats", unit="rows"),
            _optional(
                "share_of_actual", NUMBER, "share of the actual genre; empty where it was not tested", unit=FRACTION
            ),
        ),
        key=_key(*_EVALUATED_KEY, "actual", "predicted"),
    ),
    Table(
        "k_search",
        "k × window × split policy",
        (
            *_RUN,
            Column("k", INTEGER, "neighbours that vote", unit="neighbours"),
            _WINDOW,
            _POLICY,
            Column("train_accuracy", NUMBER, "mean over the repeats", unit=FRACTION),
            Column("test_accuracy", NUMBER, "mean over the repeats", unit=FRACTION),
            Column("chosen", BOOLEAN, "the k of the best test accuracy"),
        ),
        key=_key("k", "window_s", "split_policy"),
    ),
    Table(
        "feature_importance",
        "model × window × feature × method",
        (
            *_RUN,
            _MODEL,
            _WINDOW,
            _FEATURE,
            Column("method", STRING, "impurity: mean decrease; permutation: loss of test accuracy"),
            Column("importance", NUMBER, "by that method", unit=FRACTION),
            Column("sd", NUMBER, "deviation over trees or permutations", unit=FRACTION),
            Column("rank", INTEGER, "1 matters most"),
        ),
        key=_key("model", "window_s", "feature", "method"),
    ),
    Table(
        "genre_pairs",
        "model × window × genre pair × subset",
        (
            *_RUN,
            _MODEL,
            _WINDOW,
            Column("pair", STRING, "the two genres, told apart as a binary problem", prefix="pair-"),
            _SUBSET,
            Column("accuracy", NUMBER, "of single rows; 0.5 is a coin", unit=FRACTION),
            *_CI,
            Column("n", INTEGER, "distinct rows that were scored", unit="rows"),
        ),
        key=_key("model", "window_s", "pair", "subset"),
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
            _optional("start_s", NUMBER, "start of the window in the clip, seconds; empty at level track", unit="s"),
            _genre("actual", "the label"),
            _genre("predicted", "the model's answer"),
            Column("correct", BOOLEAN, "whether they agree"),
            _optional("p_*", NUMBER, "probability of each genre, in letters, digits and underscores", unit=FRACTION),
        ),
        references=_OF_A_TRACK,
    ),
    Table(
        "data_quality",
        "check",
        (
            *_RUN,
            Column("check", STRING, "what was looked at; the table below has them all"),
            Column("status", STRING, "ok or warning"),
            Column("n", INTEGER, "how many of what the table below says"),
            Column("detail", STRING, "which, in words; the first 20 by name"),
        ),
        key=_key("check"),
    ),
)
BY_NAME = {table.name: table for table in TABLES}
"""The declaration of each export."""
