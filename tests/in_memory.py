"""Segments in memory where the program has them in a file."""

from pathlib import Path

import numpy as np
import pandas as pd

from pipeline.report import assemble_exports
from pipeline.store import Columns, Run, feature_values


def exports_of(run: Run) -> dict[str, pd.DataFrame]:
    """Return what `assemble_exports` does, with all rows of ``features`` read."""
    frames = assemble_exports(run)
    return {**frames, "features": frames["features"].take(np.arange(len(frames["features"])))}


def columns_of(segments: pd.DataFrame) -> Columns:
    """Return what `read_segments` returns as `read_columns` would."""
    values = feature_values(segments)
    identity = segments.drop(columns=values.columns)
    return Columns(Path(), identity, tuple(values.columns), values.to_numpy(dtype=float))
