"""What all segments have in common: how a window is named, and what stands before the features."""

import pandas as pd

IDENTITY = ("track_id", "start_s", "length")
"""The first columns of what `read_segments` returns; the others are features."""


def window_key(feature_set: str, window_s: float) -> str:
    """Return the name of a feature set's windows of one length, e.g. ``spectral-v1/3``: tracks list those that are in.

    Parameters
    ----------
    feature_set : str
    window_s : float
        seconds
    """
    return f"{feature_set}/{window_s:g}"


def feature_values(segments: pd.DataFrame) -> pd.DataFrame:
    """Return the features of what `read_segments` returned; no copy, unlike a choice of columns by name."""
    return segments.iloc[:, len(IDENTITY) :]
