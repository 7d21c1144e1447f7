"""Is the data fit to learn from? One row a check, in words that a person can act on."""

from pipeline.quality.artists import artist_concentration
from pipeline.quality.check import MEANINGS, Check, as_table, name_check, named
from pipeline.quality.dataset import check_quality, grave_warnings, missing_values, read_usable, run_warnings
from pipeline.quality.places import OF_PLACES

__all__ = [
    "MEANINGS",
    "OF_PLACES",
    "Check",
    "artist_concentration",
    "as_table",
    "check_quality",
    "grave_warnings",
    "missing_values",
    "name_check",
    "named",
    "read_usable",
    "run_warnings",
]
