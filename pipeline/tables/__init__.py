"""Every table of a run, declared once.

From here follow the exports' columns and their types, ``schema.json``, the fields that MongoDB takes, what stages hand
over and read back, and the data dictionary.

Conventions
-----------
- Each row begins with ``run_id`` and ``dataset`` (`OF_THE_RUN`), which whoever gathers the rows of a run adds.
- A column is added by one `Column` in its table; then ``make docs`` writes ``exports/README.md`` and
  ``mongo/schema/*.json`` anew. Runs that were recorded before have none of it, so it is one that may be empty, unless a
  step of `pipeline/store/layout.py` gives it to them.
- A stage hands over columns of the declared types; an integer that may be missing is pandas' ``Int64``.
- What a value stands for is said here (`Column.values`, `Column.meaning`), but for what another room owns: policies say
  what they are about themselves; reasons and checks are told beside their tables.
"""

from pipeline.tables.chances import CALIBRATION, GENRE_PROMISES, RELIABILITY, UNLIKE
from pipeline.tables.changes import ANY, AS_IT_IS, HARMLESS_CHANGE_GENRES, HARMLESS_CHANGES
from pipeline.tables.columns import DIMENSIONS, OR, POLICY
from pipeline.tables.data import (
    CHAMPION,
    DATA_QUALITY,
    FEATURE_GLOSSARY,
    FEATURE_PROFILE,
    FEATURES,
    FIGURES,
    GENRE_OVERLAP,
    GENRE_PROFILE,
    PERCENTILES,
    REJECTS,
    RUNS,
    TRACKS,
)
from pipeline.tables.declaration import (
    BOOLEAN,
    DATE,
    DATETIME,
    INTEGER,
    NUMBER,
    OF_THE_RUN,
    STRING,
    Column,
    Reference,
    Table,
)
from pipeline.tables.glance import BARS, FINDINGS, OVERVIEW
from pipeline.tables.labels import NEW_MUSIC, PREDICTION_SEGMENTS, PREDICTIONS, SURE_FROM, SURENESS, TAGS
from pipeline.tables.places import PLACE_SCORES, PLACES
from pipeline.tables.playlists import PLAYLIST, PLAYLISTS
from pipeline.tables.scores import (
    CLASS_REPORT,
    CONFUSION,
    HOLDOUT_PREDICTIONS,
    MODEL_COMPARISONS,
    SCORES,
    SUMMARY,
    USUAL_WINDOWS,
)
from pipeline.tables.searches import (
    FEATURE_IMPORTANCE,
    GENRE_PAIRS,
    K_SEARCH,
    LEARNING_CURVE,
    MISTAKES_BY_GROUP,
    WORST_MISTAKES,
)
from pipeline.tables.styles import STYLE_ANSWERS, STYLE_SCORES, STYLES
from pipeline.tables.subgroups import SUBGROUP_GAPS, SUBGROUP_TRANSFERS, SUBGROUPS
from pipeline.tables.transfers import TRANSFER_ANSWERS, TRANSFER_GENRES, TRANSFERS

TABLES = (
    OVERVIEW,
    FINDINGS,
    RUNS,
    TRACKS,
    REJECTS,
    FEATURES,
    FEATURE_GLOSSARY,
    FEATURE_PROFILE,
    GENRE_PROFILE,
    GENRE_OVERLAP,
    SCORES,
    SUMMARY,
    BARS,
    MODEL_COMPARISONS,
    CLASS_REPORT,
    CONFUSION,
    K_SEARCH,
    FEATURE_IMPORTANCE,
    GENRE_PAIRS,
    LEARNING_CURVE,
    MISTAKES_BY_GROUP,
    WORST_MISTAKES,
    HOLDOUT_PREDICTIONS,
    CALIBRATION,
    RELIABILITY,
    GENRE_PROMISES,
    UNLIKE,
    HARMLESS_CHANGES,
    HARMLESS_CHANGE_GENRES,
    SUBGROUPS,
    SUBGROUP_GAPS,
    SUBGROUP_TRANSFERS,
    STYLES,
    STYLE_ANSWERS,
    STYLE_SCORES,
    TRANSFERS,
    TRANSFER_GENRES,
    TRANSFER_ANSWERS,
    NEW_MUSIC,
    PLAYLISTS,
    PLACES,
    PLACE_SCORES,
    DATA_QUALITY,
)
"""All of them, in the order of the data dictionary."""

BESIDE = (PREDICTIONS, PREDICTION_SEGMENTS, TAGS, PLAYLIST)
"""Those that are no part of a run's exports: `genrelab predict`, `tags` and `playlist` write them."""

BY_NAME = {table.name: table for table in TABLES}


def stored_in(collection: str) -> list[Table]:
    """Return the tables whose rows MongoDB keeps in `collection`."""
    return [table for table in (*TABLES, *BESIDE) if table.collection == collection]


__all__ = [
    "ANY",
    "AS_IT_IS",
    "BARS",
    "BESIDE",
    "BOOLEAN",
    "BY_NAME",
    "CALIBRATION",
    "CHAMPION",
    "CLASS_REPORT",
    "CONFUSION",
    "DATA_QUALITY",
    "DATE",
    "DATETIME",
    "DIMENSIONS",
    "FEATURES",
    "FEATURE_GLOSSARY",
    "FEATURE_IMPORTANCE",
    "FEATURE_PROFILE",
    "FIGURES",
    "FINDINGS",
    "GENRE_OVERLAP",
    "GENRE_PAIRS",
    "GENRE_PROFILE",
    "GENRE_PROMISES",
    "HARMLESS_CHANGES",
    "HARMLESS_CHANGE_GENRES",
    "HOLDOUT_PREDICTIONS",
    "INTEGER",
    "K_SEARCH",
    "LEARNING_CURVE",
    "MISTAKES_BY_GROUP",
    "MODEL_COMPARISONS",
    "NEW_MUSIC",
    "NUMBER",
    "OF_THE_RUN",
    "OR",
    "OVERVIEW",
    "PERCENTILES",
    "PLACES",
    "PLACE_SCORES",
    "PLAYLIST",
    "PLAYLISTS",
    "POLICY",
    "PREDICTIONS",
    "PREDICTION_SEGMENTS",
    "REJECTS",
    "RELIABILITY",
    "RUNS",
    "SCORES",
    "STRING",
    "STYLES",
    "STYLE_ANSWERS",
    "STYLE_SCORES",
    "SUBGROUPS",
    "SUBGROUP_GAPS",
    "SUBGROUP_TRANSFERS",
    "SUMMARY",
    "SURENESS",
    "SURE_FROM",
    "TABLES",
    "TAGS",
    "TRACKS",
    "TRANSFERS",
    "TRANSFER_ANSWERS",
    "TRANSFER_GENRES",
    "UNLIKE",
    "USUAL_WINDOWS",
    "WORST_MISTAKES",
    "Column",
    "Reference",
    "Table",
    "stored_in",
]
