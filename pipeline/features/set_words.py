"""Feature sets in words: names first, the code in brackets where somebody may have to type it."""

from pipeline.features import find_feature_set
from pipeline.features.means import base_set
from pipeline.set_names import parts_of

OF_A_TABLE = {"table": "the table's own features"}
"""What came in a table has no other name."""


def title_set(feature_set: str) -> str:
    """Return a feature set in words, ``handcrafted features with MusiCNN's 50 words``; one that is not ours, its code.

    >>> title_set("spectral-v1-means")
    'means of handcrafted features'
    """
    base = base_set(feature_set)
    titles = [_title(part) for part in parts_of(base)]
    return ("means of " if base != feature_set else "") + " with ".join(titles)


def name_set(feature_set: str) -> str:
    """Return a feature set in words with its code, ``handcrafted features (spectral-v1)``; one not ours, its code."""
    title = title_set(feature_set)
    return title if title == feature_set else f"{title} ({feature_set})"


def _title(part: str) -> str:
    known = find_feature_set(part)
    return (known.title if known else OF_A_TABLE.get(part, "")) or part
