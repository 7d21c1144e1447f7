"""What others published: one small table, each figure with its source."""

from importlib.resources import files

import pandas as pd

PUBLISHED = files("pipeline.reproduce") / "published.csv"
KEYS = ["rows", "model", "subset"]
"""What names a figure within its part."""


def read_published(part: str = "") -> pd.DataFrame:
    """Return the published figures, of one part where it is named.

    Returns
    -------
    pd.DataFrame
        ``part``; ``rows``, which genres or windows; ``model``, as the zoo calls it; ``metric``; ``subset``, train or
        test; ``value`` from 0 to 1, missing where the source names a model without a figure; ``protocol``; ``source``;
        ``note``
    """
    figures = pd.read_csv(PUBLISHED, keep_default_na=False, na_values={"value": [""]})
    return figures[figures["part"] == part].reset_index(drop=True) if part else figures
