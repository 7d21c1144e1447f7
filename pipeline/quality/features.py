"""Checks of the features: numbers that are none, and columns that say nothing."""

import numpy as np
import pandas as pd

from pipeline.quality.check import Check, named
from pipeline.store import feature_values

NOT_FINITE = ("not_a_number", "not_finite")
"""Reasons of rejects that had a missing or infinite value where a number was due."""


def check_finite(segments: pd.DataFrame, reasons: pd.Series, window_s: float) -> Check:
    """Count values that are missing or infinite: those that came in, and those that kept a row or file out.

    Parameters
    ----------
    segments : pd.DataFrame
        as `read_segments` returns them
    reasons : pd.Series
        of the rejects
    window_s : float
        seconds
    """
    values = feature_values(segments)
    bad = ~np.isfinite(values.to_numpy(dtype=np.float64))
    n_kept, n_out = int(bad.sum()), int(reasons.isin(NOT_FINITE).sum())
    columns = named(list(values.columns[bad.any(axis=0)]), ", ")
    kept = f"{n_kept} of {bad.size} values, in {columns}" if n_kept else f"none among {bad.size} values"
    out = f"; {n_out} rows or files were rejected for one" if n_out else ""
    return Check.counted(f"non_finite_values_{window_s:g}s", n_kept + n_out, kept + out)


def check_constant(segments: pd.DataFrame, window_s: float) -> Check:
    """Name the features that never vary."""
    features = feature_values(segments).columns
    constant = [name for name in features if segments[name].nunique() <= 1]
    detail = named(constant, ", ") or f"all {len(features)} features vary over {len(segments)} segments"
    return Check.counted(f"constant_features_{window_s:g}s", len(constant), detail)
