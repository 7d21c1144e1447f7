"""Tables of how good the models are."""

from dataclasses import replace

from pipeline.splits import COMPARED, say_resampled
from pipeline.tables.columns import (
    CI,
    DIMENSIONS,
    EVALUATED,
    FEATURE_SET,
    FRACTION,
    GENRE,
    GUESS,
    IS_BASELINE,
    LEVEL,
    MODEL,
    MODEL_NAME,
    OF_A_TRACK,
    OR,
    POLICY,
    POLICY_OR_TRANSFER,
    RUN,
    TESTED_ON,
    TRACK,
    TRAINED_ON,
    WINDOW,
    genre,
    in_words,
    key,
    optional,
)
from pipeline.tables.declaration import BOOLEAN, INTEGER, NUMBER, STRING, Column, Table

PREDICTED = genre(
    "predicted",
    "the model's answer; of the guess by how frequent genres are it is the commonest one, though its scores are what "
    "draws get on average",
)

USUAL_WINDOWS = ("30s", "3s")
"""That the summary always has columns of; another window has its own where it occurs."""


def _compared(side: str) -> tuple[Column, ...]:
    """Declare the columns that say what one side of a comparison is."""
    model = Column(f"model_{side}", STRING, f"model of {side}")
    return (
        model,
        in_words(model, "model"),
        Column(f"feature_set_{side}", STRING, f"feature set of {side}"),
        Column(f"window_{side}_s", NUMBER, f"window length of {side}, seconds", unit="s", minimum=0),
    )


SCORES = Table(
    "scores",
    "metric value",
    (
        *RUN,
        *(POLICY_OR_TRANSFER if column is POLICY else column for column in EVALUATED),
        Column(
            "metric",
            STRING,
            "accuracy, balanced_accuracy, macro_f1, mcc (Matthews' correlation), kappa (Cohen's) or "
            "expected_calibration_error, over all repeats; accuracy_repeat_mean or accuracy_repeat_sd, of single "
            "repeats' accuracies, where there are several; leak_gap, what the accuracy on rows is more where they are "
            "shuffled, missing where that is the same split; corrected_accuracy, of the champion alone: what to "
            "expect of it, less what being the highest of many adds to its accuracy as chosen; where files are too "
            "short for a window: coverage, the share of tracks that have such rows, and common_accuracy, on the tracks "
            "that all have; transfer_gap, on another "
            "dataset: how much lower the mean recall of the genres that both have is there",
        ),
        Column("value", NUMBER, "the metric, a fraction; mcc, kappa and the gaps from -1 on", unit=FRACTION),
        *CI,
        Column("n", INTEGER, "distinct segments or tracks that were scored", unit="segments or tracks"),
        Column("repeats", INTEGER, "splits that the value is pooled over", unit="splits"),
        Column("is_champion", BOOLEAN, "whether it is of the champion, as it was chosen: see runs.csv", stored=False),
        IS_BASELINE,
        GUESS,
        TRAINED_ON,
        replace(TESTED_ON, stored=False),
    ),
    key=key(*DIMENSIONS, "tested_on", "metric"),
    collection="scores",
)

SUMMARY = Table(
    "summary_30s_vs_3s",
    "model × split policy × level × feature set",
    (
        *RUN,
        MODEL,
        MODEL_NAME,
        POLICY,
        LEVEL,
        FEATURE_SET,
        *(
            optional(f"{what}_{window}", NUMBER, f"{what} accuracy on {window} rows", unit=FRACTION)
            for window in USUAL_WINDOWS
            for what in ("train", "test")
        ),
        *(
            optional(f"holdout_{window}", NUMBER, f"holdout accuracy on {window} rows", unit=FRACTION)
            for window in USUAL_WINDOWS
        ),
        *(
            optional(
                f"leak_gap_{window}",
                NUMBER,
                f"test accuracy under {COMPARED[0]} minus that under the row's split policy, {window} rows; in rows of "
                f"{COMPARED[0]} minus that under {COMPARED[1]}; empty where both are the same split",
                unit=FRACTION,
            )
            for window in USUAL_WINDOWS
        ),
        *(
            optional(
                f"tracks_{window}",
                INTEGER,
                f"tracks that the test accuracy on {window} rows rests on: where windows have unlike tracks, test and "
                "holdout accuracies are on those that all have",
                unit="tracks",
            )
            for window in USUAL_WINDOWS
        ),
        *(
            optional(f"{what}_*", NUMBER, f"the same for any other window, e.g. `{what}_6s`", unit=FRACTION)
            for what in ("train", "test", "holdout", "leak_gap")
        ),
        optional("tracks_*", INTEGER, "the same for any other window, e.g. `tracks_6s`", unit="tracks"),
        IS_BASELINE,
    ),
    key=key("model", "split_policy", "level", "feature_set"),
)

MODEL_COMPARISONS = Table(
    "model_comparisons",
    "comparison of two models, windows or feature sets on the same test tracks",
    (
        *RUN,
        Column(
            "comparison",
            STRING,
            "what a and b differ in: models, windows or feature_sets",
            values=("models", "windows", "feature_sets"),
        ),
        POLICY,
        *_compared("a"),
        *_compared("b"),
        Column("n", INTEGER, "distinct tracks that both were tested on in the same repeats", unit="tracks"),
        Column("accuracy_a", NUMBER, "of whole tracks, by a", unit=FRACTION),
        Column("accuracy_b", NUMBER, "of the same tracks, by b", unit=FRACTION),
        Column("difference", NUMBER, "accuracy_a minus accuracy_b", unit=FRACTION),
        optional(
            "ci_low",
            NUMBER,
            f"lower end of its 95 % interval, paired, {say_resampled()}; not adjusted; empty where they are too few",
            unit=FRACTION,
        ),
        optional("ci_high", NUMBER, "upper end of the interval", unit=FRACTION),
        Column(
            "p_value",
            NUMBER,
            "of these fitted models: would they differ on other tracks, too? Exact sign-flip test, two-sided",
            unit=FRACTION,
        ),
        Column(
            "p_adjusted",
            NUMBER,
            "by Holm's method, for all rows of this comparison, split policy and, as far as a and b share them, "
            "feature set and window",
            unit=FRACTION,
        ),
        optional(
            "p_procedure",
            NUMBER,
            "of the procedure: would models made the same ways from other tracks differ, too? Corrected resampled "
            "t-test of Nadeau and Bengio over the repeats, two-sided, not adjusted; empty of a single repeat, or where "
            "all repeats have the same split",
            unit=FRACTION,
        ),
        optional("better", STRING, "a or b, where p_adjusted is below 0.05", values=("a", "b")),
    ),
    key=key(
        "comparison",
        "split_policy",
        *(f"{name}_{side}" for side in ("a", "b") for name in ("model", "feature_set")),
        "window_a_s",
        "window_b_s",
    ),
    collection="results",
)

CLASS_REPORT = Table(
    "class_report",
    "evaluated model × genre",
    (
        *RUN,
        *EVALUATED,
        GENRE,
        optional("precision", NUMBER, "share of the predictions of this genre that are right", unit=FRACTION),
        optional("recall", NUMBER, "share of this genre that is found", unit=FRACTION),
        optional("f1", NUMBER, "harmonic mean of both", unit=FRACTION),
        Column("support", INTEGER, "rows of this genre, over all repeats", unit="rows"),
    ),
    key=key(*DIMENSIONS, "genre"),
    collection="results",
)

CONFUSION = Table(
    "confusion",
    "evaluated model × actual × predicted genre, where that happened: what is missing happened 0 times",
    (
        *RUN,
        *EVALUATED,
        genre("actual", "the label"),
        PREDICTED,
        Column("n", INTEGER, "rows, over all repeats", unit="rows"),
        optional("share_of_actual", NUMBER, "share of the actual genre", unit=FRACTION),
    ),
    key=key(*DIMENSIONS, "actual", "predicted"),
    collection="results",
    packed=("predicted", "n", "share_of_actual"),
)

HOLDOUT_PREDICTIONS = Table(
    "holdout_predictions",
    "holdout segment or track as one model saw it",
    (
        *RUN,
        MODEL,
        MODEL_NAME,
        FEATURE_SET,
        WINDOW,
        LEVEL,
        TRACK,
        optional("start_s", NUMBER, "start of the window, seconds, as in features.csv; empty at level track", unit="s"),
        genre("actual", "the label"),
        PREDICTED,
        Column("correct", BOOLEAN, "whether they agree", truth=("right", "wrong")),
        optional(
            "genre_set",
            STRING,
            "of the champion's tracks: the genres of which one is promised to be right for nine in ten tracks of each "
            "genre, most probable first, joined by `or`; genre_promises.csv has the genres that the promise leaves out",
            prefix="genre-",
            joined_by=OR,
        ),
        optional("set_holds", BOOLEAN, "whether the actual genre is in that set"),
        optional(
            "p_*",
            NUMBER,
            "probability of each genre, in letters, digits and underscores: a vote, but of the champion's tracks a "
            "chance of being right, where calibration.csv has rows",
            unit=FRACTION,
            stored=False,
        ),
    ),
    references=OF_A_TRACK,
    collection="predictions",
)
