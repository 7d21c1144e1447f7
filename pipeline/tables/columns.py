"""Columns that several tables have, and the short ways to write one."""

from collections.abc import Mapping
from typing import Any

from pipeline.features.means import SUFFIX
from pipeline.splits import POLICIES, say_resampled
from pipeline.tables.declaration import BOOLEAN, NUMBER, STRING, Column, Reference

FRACTION = "fraction"
OR = " or "
"""Stands between the genres of a set in one cell."""


def optional(name: str, kind: str, meaning: str, **more: Any) -> Column:
    """Declare a column whose cells may be empty."""
    return Column(name, kind, meaning, required=False, **more)


def one_of(name: str, values: Mapping[str, str], **more: Any) -> Column:
    """Declare a column of a few words, each with what it stands for."""
    meaning = "; ".join(f"{value}: {about}" for value, about in values.items())
    return Column(name, STRING, meaning, values=tuple(values), **more)


def genre(name: str, meaning: str) -> Column:
    """Declare a column of genres."""
    return Column(name, STRING, meaning, prefix="genre-")


def in_words(code: Column, vocabulary: str, name: str = "") -> Column:
    """Declare the column that says in words what the column `code` has as a code, by default ``<code>_name``."""
    meaning = f"`{code.name}` in words"
    return Column(
        name or f"{code.name}_name", STRING, meaning, required=code.required, prefix=code.prefix, stored=False,
        words_of=code.name, vocabulary=vocabulary,
    )  # fmt: skip


def key(*names: str) -> tuple[str, ...]:
    """Return the key of a table whose rows `names` tell apart within a run."""
    return ("run_id", *names)


RUN = (
    Column("run_id", STRING, "the batch run that wrote the row"),
    Column("dataset", STRING, "name of the dataset", prefix="dataset-"),
)
TRACK = Column("track_id", STRING, "the track: relative path of its file, or its id in the table", prefix="track-")
OF_A_TRACK = (Reference(("run_id", "track_id"), "tracks", ("run_id", "track_id")),)
GENRE = genre("genre", "its label")
FEATURE = Column("feature", STRING, "name of the feature", prefix="feature-")

FEATURE_NAME = in_words(FEATURE, "feature")

MODEL = Column("model", STRING, "name of the model")
MODEL_NAME = in_words(MODEL, "model")
FEATURE_SET = Column("feature_set", STRING, f"feature set and version; `{SUFFIX}` stands for its means alone")
WINDOW = Column("window_s", NUMBER, "length of the window, seconds", unit="s", minimum=0)
_POLICIES = "; ".join(f"{name}: {policy.about}" for name, policy in POLICIES.items())
POLICY = Column("split_policy", STRING, _POLICIES)
POLICY_OR_TRANSFER = Column(
    "split_policy", STRING, f"{_POLICIES}; transfer: another dataset than the one that the model learned from"
)
SUBSET = one_of(
    "subset",
    {
        "train": "what the model learned from",
        "test": "the other side of the split",
        "holdout": "set aside before any split",
    },
)
LEVEL = one_of("level", {"segment": "each row by itself", "track": "the vote of its segments in the subset"})

CI = (
    optional(
        "ci_low",
        NUMBER,
        f"lower end of the 95 % interval, {say_resampled()}; empty where they are too few to say",
        unit=FRACTION,
    ),
    optional("ci_high", NUMBER, "upper end of the interval", unit=FRACTION),
)

TRAINED_ON = Column(
    "trained_on", STRING, "the dataset whose tracks the model learned from", prefix="dataset-", stored=False
)
TESTED_ON = Column("tested_on", STRING, "the dataset whose tracks it was tested on", prefix="dataset-")

IS_BASELINE = Column("is_baseline", BOOLEAN, "whether the model only guesses", stored=False)
GUESS = Column(
    "guess", NUMBER, "what the best of the models that only guess gets there; empty where none was scored",
    required=False, unit=FRACTION, stored=False,
)  # fmt: skip

EVALUATED = (MODEL, MODEL_NAME, FEATURE_SET, WINDOW, POLICY, SUBSET, LEVEL)
DIMENSIONS = tuple(column.name for column in EVALUATED if not column.words_of)
"""What was evaluated on what: the columns that name a row of every evaluation."""
