"""Is the data fit to learn from? One row a check, in words that a person can act on."""

from pipeline.quality.artists import artist_concentration
from pipeline.quality.check import MEANINGS, Check, as_table, name_check, named
from pipeline.quality.dataset import check_quality, grave_warnings, missing_values, read_usable

__all__ = [
    "MEANINGS",
    "Check",
    "artist_concentration",
    "as_table",
    "check_quality",
    "grave_warnings",
    "missing_values",
    "name_check",
    "named",
    "read_usable",
]
