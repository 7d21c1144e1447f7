"""Segments in memory where the program has them in a file."""

from pathlib import Path

import pandas as pd

from pipeline.store import Columns, feature_values


def columns_of(segments: pd.DataFrame) -> Columns:
    """Return what `read_segments` returns as `read_columns` would."""
    values = feature_values(segments)
    identity = segments.drop(columns=values.columns)
    return Columns(Path(), identity, tuple(values.columns), values.to_numpy(dtype=float))
