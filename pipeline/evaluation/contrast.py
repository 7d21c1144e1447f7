"""What sets a genre apart: for each feature, how often its tracks have more of it than the tracks of other genres.

Conventions
-----------
The effect size is Cliff's delta (1993): of all pairs of a track of the genre and a track of another one, the share in
which the genre's has the higher value minus the share in which it has the lower one; from -1 to 1, and 0 where they
don't differ. It asks for order alone, so that no unit and no far value matters.

Intervals count an artist (or a track with its copies) as one piece of evidence: the variance is that of placements
(DeLong, DeLong and Clarke-Pearson 1988), summed by group (Obuchowski 1997), and the interval is that of other rates
here, `interval.interval_of_variance`. They are of one feature and genre each.

Tests are Wilcoxon's rank-sum test (1945) of the groups' mean ranks, with its tie correction. Of hundreds of genres and
features some differ by chance: `q_value` is the false-discovery rate (Benjamini and Hochberg 1995) over all of them. Of
the differences with a q-value below .05, one in twenty is expected to be none. ``python -m benchmarks.contrasts`` has
what all of this holds where the truth is known.
"""

import numpy as np
import pandas as pd
from scipy.stats import false_discovery_control, norm, rankdata

from pipeline.evaluation.interval import interval_of_variance, share_of_one
from pipeline.evaluation.samples import Samples
from pipeline.evaluation.track_means import some_tracks, sum_rows
from pipeline.features.words import compare_feature, name_feature, name_group
from pipeline.random_streams import stream
from pipeline.splits import main_genres
from pipeline.tables import GENRE_PROFILE

MOST_TRACKS = 20_000
"""Of more, a sample of whole groups: ranks within each genre take time by genres times tracks."""

FALSE_DISCOVERIES = 0.05
MOST_SAID = 4
TOO_FEW = "too few artists or tracks to say"


def contrast_genres(samples: Samples, seed: int = 0) -> pd.DataFrame:
    """Return what sets each genre apart from all others together.

    Parameters
    ----------
    samples : Samples
        vectors; the rows of a track are averaged
    seed : int
        of the sample of tracks, where there are more than `MOST_TRACKS`

    Returns
    -------
    pd.DataFrame
        ``genre_profile`` as declared, a row a genre and feature; bounds are missing for too few groups. No row of
        features that never vary
    """
    samples = samples.known()  # so that genres are numbered alike everywhere below
    X, y, units = of_tracks(samples, seed)
    varies = np.ptp(X, axis=0) > 0
    features, X = np.asarray(samples.features, dtype=object)[varies], X[:, varies]
    ranks, of_units = rankdata(X, axis=0), main_genres(units, y)
    tables = []
    for genre in np.unique(y):
        own = y == genre
        if own.all() or not varies.any():
            continue
        delta, low, high = _effects(X, ranks, own, units)
        groups = len(np.unique(units[own]))
        columns = {"feature": features, "cliffs_delta": delta, "ci_low": low, "ci_high": high}
        p_value = _p_values(ranks, units, of_units == genre)
        tables.append(
            pd.DataFrame(columns).assign(genre=samples.genres[genre], p=p_value, n=own.sum(), n_groups=groups)
        )
    if not tables:
        return pd.DataFrame(columns=GENRE_PROFILE.names)
    found = pd.concat(tables, ignore_index=True).assign(feature_set=samples.feature_set)
    size = found["cliffs_delta"].abs()
    rank = size.groupby(found["genre"], sort=False).rank(method="first", ascending=False).astype(int)
    return found.assign(q_value=false_discovery_control(found["p"]), rank=rank)[GENRE_PROFILE.names]


def surely(contrasts: pd.DataFrame) -> pd.Series:
    """Tell which contrasts are no chance: a false-discovery rate below .05, and an interval that leaves out 0."""
    leaves_out_none = (contrasts["ci_low"] > 0) | (contrasts["ci_high"] < 0)
    return (contrasts["q_value"] < FALSE_DISCOVERIES) & leaves_out_none


def say_contrasts(contrasts: pd.DataFrame) -> list[str]:
    """Say of each genre what sets it apart most, as a listener would: ``classical: quieter, smoother``.

    Parameters
    ----------
    contrasts : pd.DataFrame
        of `contrast_genres`
    """
    return [f"{genre}: {_said(rows)}" for genre, rows in contrasts.groupby("genre", sort=True)]


def _said(rows: pd.DataFrame) -> str:
    if rows["ci_low"].isna().all():
        return TOO_FEW
    sure = rows[surely(rows)]
    strongest = sure.reindex(sure["cliffs_delta"].abs().sort_values(ascending=False, kind="stable").index)
    if strongest.empty:
        return "no clear difference from the other genres"
    words: dict[str, str] = {}
    for feature, delta in zip(strongest["feature"], strongest["cliffs_delta"], strict=True):
        if said := compare_feature(feature, bool(delta > 0)):
            words.setdefault(name_group(feature), said)
    if words:
        return ", ".join(list(words.values())[:MOST_SAID])
    first = strongest.iloc[0]
    return f"{'higher' if first['cliffs_delta'] > 0 else 'lower'} in {name_feature(first['feature'])}"


def of_tracks(samples: Samples, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return `some_tracks`, `MOST_TRACKS` at most, their groups numbered from 0."""
    X, y, units = some_tracks(samples, MOST_TRACKS, stream("contrasts", seed))
    return X, y, pd.factorize(units)[0]


def _effects(
    X: np.ndarray, ranks: np.ndarray, own: np.ndarray, units: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return Cliff's delta of each feature and its interval, [shape=(p,)] each.

    Parameters
    ----------
    X, ranks : np.ndarray [shape=(n, p)]
        values, and their ranks among all
    own : np.ndarray [shape=(n,), dtype=bool]
        which rows are of the genre
    units : np.ndarray [shape=(n,), dtype=int]
    """
    n_own, n_other = own.sum(), (~own).sum()
    below = (ranks[own] - rankdata(X[own], axis=0)) / n_other  # of the others' values, for each of the genre's
    above = 1 - (ranks[~own] - rankdata(X[~own], axis=0)) / n_own
    rate = below.mean(axis=0)
    adds = np.empty_like(ranks)
    adds[own], adds[~own] = (below - rate) / n_own, (above - rate) / n_other
    n_groups = units.max() + 1
    variance = n_groups / max(n_groups - 1, 1) * np.square(sum_rows(adds, units, n_groups)).sum(axis=0)
    share = max(share_of_one(np.bincount(units[side])) for side in (own, ~own))
    bounds = np.array([interval_of_variance(*each, share) for each in zip(rate, variance, strict=True)])
    return 2 * rate - 1, 2 * bounds[:, 0] - 1, 2 * bounds[:, 1] - 1


def _p_values(ranks: np.ndarray, units: np.ndarray, own: np.ndarray) -> np.ndarray:
    """Return two-sided p-values of the rank-sum test of groups' mean ranks [shape=(p,)].

    Parameters
    ----------
    ranks : np.ndarray [shape=(n, p)]
    units : np.ndarray [shape=(n,), dtype=int]
    own : np.ndarray [shape=(n_groups,), dtype=bool]
        which groups are of the genre
    """
    n, n_own = len(own), own.sum()
    if n_own in (0, n):
        return np.ones(ranks.shape[1])
    ordered = rankdata(sum_rows(ranks, units, len(own)) / np.bincount(units)[:, None], axis=0)
    off = np.abs(ordered[own].sum(axis=0) - n_own * (n + 1) / 2)
    variance = n_own * (n - n_own) / (n * (n - 1)) * np.square(ordered - (n + 1) / 2).sum(axis=0)
    spread = np.sqrt(np.where(variance > 0, variance, np.inf))
    return 2 * norm.sf(np.maximum(off - 0.5, 0) / spread).clip(max=0.5)
