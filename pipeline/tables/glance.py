"""Tables for who looks at one thing: a run in one row, and the bars of 30 seconds against 3."""

from pipeline.tables.columns import (
    CI,
    FRACTION,
    GUESS,
    IS_BASELINE,
    MODEL,
    MODEL_NAME,
    RUN,
    SUBSET,
    WINDOW,
    key,
    one_of,
    optional,
)
from pipeline.tables.data import FIGURES
from pipeline.tables.declaration import DATE, INTEGER, NUMBER, STRING, Column, Table

OVERVIEW = Table(
    "overview",
    "batch run, in figures for a reader",
    (
        *RUN,
        Column("run_date", DATE, "the day it began, UTC"),
        optional("champion", STRING, "the model that the run chose, in words; empty before it has chosen one"),
        optional("window_s", NUMBER, "the length of its windows, seconds", unit="s", minimum=0),
        optional("feature_set", STRING, "its feature set"),
        optional("split_policy", STRING, "the split policy that results are read under"),
        optional(
            "accuracy",
            NUMBER,
            "its accuracy on test tracks, less what being the highest of many adds",
            unit=FRACTION,
        ),
        *CI,
        optional("holdout_accuracy", NUMBER, "its accuracy on whole tracks of the holdout", unit=FRACTION),
        optional("holdout_ci_low", NUMBER, "lower end of the 95 % interval", unit=FRACTION),
        optional("holdout_ci_high", NUMBER, "upper end of the interval", unit=FRACTION),
        *FIGURES,
        optional(
            "leak_gap",
            NUMBER,
            "how much more single rows read where they are shuffled: the largest such gap that was tested, of any "
            "model on the main feature set",
            unit=FRACTION,
        ),
        Column("n_tracks", INTEGER, "usable tracks", unit="tracks"),
        Column("n_genres", INTEGER, "genres that they are of", unit="genres"),
        optional("warnings", STRING, "what no score of this run can say"),
    ),
    key=key(),
)

FINDINGS = Table(
    "findings",
    "sentence on what the run found, in the order to be read: the same as on the console and the page",
    (
        *RUN,
        Column("place", INTEGER, "1 is to be read first"),
        one_of(
            "about",
            {
                "Champion": "which model, and how good on music that it did not learn from",
                "Holdout": "how good on tracks that were set aside first",
                "Other music": "how good on another dataset than its own",
                "Played differently": "how good where the same music is quieter, faster, or comes through a telephone",
                "Styles": "whether naming styles below genres, where they are sure, is better than flat",
                "Never tested": "genres that no score speaks of",
                "Left out": "tracks without such rows",
                "Features": "which feature set is better",
                "Leak": "what shuffled rows would have claimed",
                "Beware": "what no score of this run can say",
            },
        ),
        Column("says", STRING, "the sentence"),
    ),
    key=key("place"),
)

BARS = Table(
    "bars_30s_vs_3s",
    "bar: model × window × subset, of whole tracks under the policy that results are read under, main feature set",
    (
        *RUN,
        MODEL,
        MODEL_NAME,
        WINDOW,
        SUBSET,
        Column("accuracy", NUMBER, "the share of whole tracks named rightly", unit=FRACTION),
        *CI,
        Column("n", INTEGER, "distinct tracks that were scored", unit="tracks"),
        IS_BASELINE,
        GUESS,
    ),
    key=key("model", "window_s", "subset"),
)
