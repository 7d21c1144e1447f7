"""Checks of features that a table brought along: what was done to them, and what they tell, before they came here."""

import numpy as np
import pandas as pd
from scipy.special import gammaln

from pipeline.quality.check import Check, named
from pipeline.quality.features import BY_CHANCE
from pipeline.random_streams import stream
from pipeline.store import Columns

FEWEST_SCALED = 3
"""Columns that have to look scaled: one may by chance."""

FEWEST_VALUES = 10
"""Of fewer distinct values a column from 0 to 1 is a yes or no, or a class."""

CLOSE = 0.01
"""How far mean and deviation of a standardised column may be off, where a few rows were rejected since."""

NEARLY_ALL = 0.9
"""Of the way from chance to a column that parts all genres."""

COMPUTED = "the features are computed here, from the sound of each track alone"


def check_scaled(segments: Columns, window_s: float, *, is_audio: bool) -> Check:
    """Tell whether the features were scaled over all rows, tested ones included, before they came here.

    Parameters
    ----------
    segments : Columns
    window_s : float
        seconds
    is_audio : bool
        whether the features are computed here
    """
    name = f"scaled_before_{window_s:g}s"
    if is_audio:
        return Check(name, "ok", 0, COMPUTED)
    varying, scaled = 0, []
    for values in map(_finite, segments.few()):
        low, high = values.min(), values.max()
        standard = (values.mean().abs() <= CLOSE) & ((values.std(ddof=0) - 1).abs() <= CLOSE)
        varying += int((low < high).sum())
        scaled += [
            column
            for column in values.columns[low < high]
            if standard[column]
            or (low[column] == 0 and high[column] == 1 and values[column].nunique() >= FEWEST_VALUES)
        ]
    if len(scaled) < max(FEWEST_SCALED, varying / 2):
        return Check(name, "ok", 0, f"{varying} features don't look as if they had been scaled over all rows")
    return Check.counted(
        name, len(scaled),
        f"{len(scaled)} of {varying} features have mean 0 and deviation 1, or go from 0 to 1, over all rows: "
        "whoever scaled them did so with the rows that are tested here; give the features as they were before",
    )  # fmt: skip


def check_label_telling(segments: Columns, tracks: pd.DataFrame, window_s: float, *, is_audio: bool) -> Check:
    """Name the features each of which by itself parts the genres, as a code of the label does.

    In the order of such a feature, a track's neighbour is of its genre: as often as `NEARLY_ALL` of the way from chance
    to a feature that parts all genres. Tracks of equal values are put in a random order.

    Parameters
    ----------
    segments : Columns
    tracks : pd.DataFrame
        the usable ones: ``track_id``, ``genre``
    window_s : float
        seconds
    is_audio : bool
        whether the features are computed here
    """
    name = f"label_telling_features_{window_s:g}s"
    if is_audio:
        return Check(name, "ok", 0, COMPUTED)
    (codes, names), n_features = pd.factorize(segments.identity["track_id"], sort=True), len(segments.features)
    of_tracks = pd.concat([_finite(values).groupby(codes).mean() for values in segments.few()], axis="columns")
    of_tracks.index = names
    genres = tracks.set_index("track_id")["genre"].reindex(of_tracks.index)
    of_tracks, (codes, names) = of_tracks[genres.notna()], pd.factorize(genres.dropna())
    sizes = np.bincount(codes)
    n, k = len(codes), len(names)
    by_chance = gammaln(k + 1) + gammaln(sizes + 1).sum() - gammaln(n + 1)
    if k < 2 or by_chance > np.log(BY_CHANCE / n_features):
        return Check(name, "ok", 0, "there are too few tracks to tell by what a feature parts the genres")
    chance, best = float(np.square(sizes / n).sum()), 1 - (k - 1) / (n - 1)
    shuffled = stream("ties", n).permutation(n)
    telling = []
    for column in of_tracks.columns:
        order = shuffled[np.argsort(of_tracks[column].to_numpy()[shuffled], kind="stable")]
        alike = float((codes[order][1:] == codes[order][:-1]).mean())
        if alike - chance >= NEARLY_ALL * (best - chance):
            telling.append(column)
    if not telling:
        return Check(name, "ok", 0, f"none of {n_features} features parts the genres by itself")
    return Check.counted(
        name, len(telling),
        f"by itself each of these parts the genres, as a code of the label would: {named(telling, ', ')}; "
        f"unless it is measured from the sound, --leave-out {','.join(telling)}",
    )  # fmt: skip


def _finite(values: pd.DataFrame) -> pd.DataFrame:
    return values.replace([np.inf, -np.inf], np.nan)
