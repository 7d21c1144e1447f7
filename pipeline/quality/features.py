"""Checks of the features: numbers that are none, and columns that say nothing."""

import numpy as np
import pandas as pd

from pipeline.quality.check import Check, named
from pipeline.quality.tracks import originals
from pipeline.splits import artist_key
from pipeline.store import Columns, are_among

NOT_FINITE = ("not_a_number", "not_finite")
"""Reasons of rejects that had a missing or infinite value where a number was due."""

BY_CHANCE = 0.001
"""How often a table of shuffled artists may have a column that seems to name them."""


def check_finite(segments: Columns, reasons: pd.Series, window_s: float) -> Check:
    """Count values that are missing or infinite: those that came in, and those that kept a row or file out.

    Parameters
    ----------
    segments : Columns
    reasons : pd.Series
        of the rejects
    window_s : float
        seconds
    """
    bad = pd.concat([(~np.isfinite(values)).sum() for values in segments.few()])
    n_kept, n_out, size = int(bad.sum()), int(reasons.isin(NOT_FINITE).sum()), len(segments) * len(bad)
    columns = named(list(bad.index[bad > 0]), ", ")
    kept = f"{n_kept} of {size} values, in {columns}" if n_kept else f"none among {size} values"
    out = f"; {n_out} rows or files were rejected for one" if n_out else ""
    return Check.counted(f"non_finite_values_{window_s:g}s", n_kept + n_out, kept + out)


def check_constant(segments: Columns, window_s: float) -> Check:
    """Name the features that never vary."""
    constant = [name for values in segments.few() for name in values if not _varies(values[name])]
    n = len(segments.features)
    detail = named(constant, ", ") or f"all {n} features vary over {len(segments)} segments"
    return Check.counted(f"constant_features_{window_s:g}s", len(constant), detail)


def check_artist_constants(segments: Columns, tracks: pd.DataFrame, window_s: float) -> Check:
    """Name the features that are the same on all tracks of each artist, and differ between artists.

    Such a column (an artist's popularity, an album's year) tells whom a track is by, and through that the genre of all
    the others. One that by chance, had the tracks been dealt out to the artists at random, would look so more often
    than in `BY_CHANCE` of all tables is not named.

    Parameters
    ----------
    segments : Columns
    tracks : pd.DataFrame
        the usable ones: ``track_id``, ``artist``, ``content_hash``, ``duplicate_of``; sorted by ``track_id``
    window_s : float
        seconds
    """
    name = f"artist_constant_features_{window_s:g}s"
    alone = tracks[originals(tracks) == tracks["track_id"]]  # a copy says nothing of another track
    track_id = segments.identity["track_id"]
    artist = track_id.map(alone.set_index("track_id")["artist"].map(artist_key))
    known = artist.notna()
    n_tracks = track_id[known].groupby(artist[known]).nunique()
    several = n_tracks.index[n_tracks > 1]
    if len(several) < 2:
        return Check(name, "ok", 0, "fewer than two artists are known by several tracks")
    chosen = are_among(artist, several)
    by, first = pd.factorize(artist[chosen])[0], ~track_id[chosen].duplicated().to_numpy()
    sizes, n = n_tracks[several].to_numpy(), len(segments.features)
    telling = [
        column
        for values in segments.few(chosen)
        for column in _steady(values, by)
        if _varies(values[column]) and _log_chance(values[column][first], sizes) < np.log(BY_CHANCE / n)
    ]
    if not telling:
        return Check(name, "ok", 0, f"none of {n} features is the same on all tracks of each artist")
    return Check.counted(
        name, len(telling),
        f"the same on all tracks of each of {len(several)} artists, so that a model can tell the artist by it: "
        f"{named(telling, ', ')}; --leave-out {','.join(telling)} does without",
    )  # fmt: skip


def _varies(values: pd.Series) -> bool:
    return bool(values.min() < values.max())


def _steady(values: pd.DataFrame, by: np.ndarray) -> list[str]:
    """Name the columns that are constant in each group."""
    grouped = values.groupby(by)
    steady = (grouped.min() == grouped.max()).all()
    return list(values.columns[steady])


def _log_chance(values: pd.Series, sizes: np.ndarray) -> float:
    """Return the logarithm of how likely it is that groups of these sizes are constant, drawn from these values."""
    shares = values.value_counts(normalize=True).to_numpy()
    return float(np.log((shares[:, None] ** sizes).sum(axis=0)).sum())
