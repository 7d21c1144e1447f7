"""Where a model is worse: its accuracy by subgroup of the tracks, such as country, region, culture or decade.

Conventions
-----------
Answers are out of fold (`out_of_fold`): of a model that learned nothing of the track's artist, or of the track where
artists are not kept whole. That is the *unit* that intervals and tests are over. Tracks whose subgroup is not known are
left out, and subgroups of fewer than `FEWEST_TRACKS` tracks are one, of which nothing is claimed.

A subgroup's accuracy is compared with that of all other tracks together; the interval of the difference is made of both
(Newcombe 1998; Zou and Donner 2008). The test deals the subgroups anew to whole units, each unit having the one that
most of its tracks are of; its statistic is the difference over its standard error, so that it also holds where units of
one subgroup are larger (Janssen 1997). p-values are adjusted over all subgroups of all columns (Benjamini and Hochberg
1995). A model is *worse* on a subgroup where that and the interval agree.

A subgroup of hard genres looks worse for its genres' sake. So it is compared with tracks of the same genres elsewhere,
too: each genre has the accuracy that it has outside, and weighs as much as in the subgroup (direct standardisation).

The gap between the best and the worst subgroup is never below 0, and chance alone makes one. So what chance makes
stands beside it: the mean gap of the same deals, which also test it. Its interval is that of the largest of all
differences of two subgroups, whose intervals hold together (Bonferroni). ``python -m benchmarks.subgroups`` has what
all of this holds where the truth is known.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import permutations
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import false_discovery_control

from pipeline.evaluation.compare import holm
from pipeline.evaluation.interval import (
    CONFIDENCE,
    NO_BOUNDS,
    Bounds,
    interval_of_variance,
    overall_interval,
    share_of_one,
)
from pipeline.evaluation.mean_recall import Rate, difference
from pipeline.random_streams import stream
from pipeline.splits import main_genres
from pipeline.tables import SUBGROUP_GAPS, SUBGROUPS

FEWEST_TRACKS = 20
"""Of fewer, hardly any difference could be told."""
OTHERS = f"others (fewer than {FEWEST_TRACKS} tracks each)"
N_DEALS = 4999
LEVEL = 0.05
FEWEST_ELSEWHERE = 2
"""Units of a genre outside a subgroup, that what it gets there is known."""
_MOST_CELLS = 1_000_000
"""Of deals at once, in memory."""


@dataclass(frozen=True)
class _Deals:
    """What dealing the subgroups anew to units shows.

    Attributes
    ----------
    p_values : np.ndarray [shape=(k,)]
        of each subgroup's difference from the rest
    gap, p_gap : float
        the mean gap between best and worst that chance makes, and how often it makes one as large as was found
    """

    p_values: np.ndarray
    gap: float
    p_gap: float


def compare_subgroups(
    answered: pd.DataFrame, columns: Sequence[str], seed: int = 0
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Compare the accuracy on each subgroup with that on all other tracks, and the best with the worst.

    Parameters
    ----------
    answered : pd.DataFrame
        a row a track: ``genre``; ``unit``, a number; ``right``, the share of right answers to it; and `columns`,
        missing where it is not known
    columns : sequence of str
        what makes subgroups
    seed : int
        of the deals

    Returns
    -------
    subgroups, gaps : pd.DataFrame
        as ``subgroups`` and ``subgroup_gaps`` declare them; no gap where fewer than two subgroups can be compared
    """
    rows, gaps = [], []
    for place, by in enumerate(columns):
        here = answered[answered[by].notna()]
        names = pool(here[by])
        if names.nunique() < 2:
            continue
        found, gap = _compare(here, names, stream("subgroups", seed, place))
        rows.append(found.assign(by=by))
        gaps += [gap | {"by": by}] if gap else []
    subgroups = pd.concat(rows, ignore_index=True) if rows else pd.DataFrame(columns=["p_value", *SUBGROUPS.names])
    tested = subgroups["p_value"].notna()
    q_values = np.full(len(subgroups), np.nan)
    if tested.any():
        q_values[tested] = false_discovery_control(subgroups.loc[tested, "p_value"].to_numpy(float))
    is_worse = (q_values < LEVEL) & (subgroups["difference_high"].astype(float) < 0)
    gap_rows = pd.DataFrame(gaps, columns=["p_value", *SUBGROUP_GAPS.names])
    gap_rows = gap_rows.assign(p_adjusted=holm(gap_rows["p_value"].to_numpy(float)))
    return subgroups.assign(q_value=q_values, is_worse=is_worse)[SUBGROUPS.names], gap_rows[SUBGROUP_GAPS.names]


def pool(values: pd.Series) -> pd.Series:
    """Return the name of each track's subgroup; those of few tracks are one."""
    names = values.astype(str)
    return names.where(names.map(names.value_counts()) >= FEWEST_TRACKS, OTHERS)


def _compare(here: pd.DataFrame, names: pd.Series, rng: np.random.Generator) -> tuple[pd.DataFrame, dict[str, Any]]:
    """Return the rows of one column's subgroups, and its gap; empty where fewer than two can be compared."""
    codes, labels = pd.factorize(names, sort=True)
    genres, units = pd.factorize(here["genre"])[0], pd.factorize(here["unit"])[0]
    right = here["right"].to_numpy(float)
    rows = []
    for code, label in enumerate(labels):
        own = codes == code
        rate, rest = _rate(right[own], units[own]), _rate(right[~own], units[~own])
        same, *beyond = _beside_same_genres(right, genres, units, own)
        rows.append(
            {"subgroup": label, "accuracy": rate.value, "ci_low": rate.ci_low, "ci_high": rate.ci_high}
            | {"accuracy_rest": rest.value}
            | _named("difference", difference(rate, rest))
            | {"accuracy_same_genres": same}
            | _named("beyond_genres", beyond)
            | {"n": rate.n, "n_groups": len(np.unique(units[own]))}
        )
    found = pd.DataFrame(rows)
    of_unit = main_genres(units, codes)
    has_units = np.bincount(of_unit, minlength=len(labels)) > 0
    tested = found["difference_low"].notna().to_numpy() & (labels != OTHERS) & has_units
    if tested.sum() < 2:
        return found.assign(p_value=np.nan), {}
    dealt = _deal(right, units, of_unit, tested, rng)
    found = found.assign(p_value=np.where(tested, dealt.p_values, np.nan))
    best, worst = (found[tested].loc[getattr(found.loc[tested, "accuracy"], of)()] for of in ("idxmax", "idxmin"))
    low, high = _gap_interval([(right[codes == code], units[codes == code]) for code in np.flatnonzero(tested)])
    return found, {
        "best": best["subgroup"],
        "worst": worst["subgroup"],
        "accuracy_best": best["accuracy"],
        "accuracy_worst": worst["accuracy"],
        "gap": best["accuracy"] - worst["accuracy"],
        "ci_low": low,
        "ci_high": high,
        "gap_by_chance": dealt.gap,
        "p_value": dealt.p_gap,
        "n_subgroups": int(tested.sum()),
        "n": len(here),
    }


def _named(name: str, fields: Sequence[float]) -> dict[str, float]:
    return dict(zip((name, f"{name}_low", f"{name}_high"), fields, strict=True))


def _rate(right: np.ndarray, units: np.ndarray, confidence: float = CONFIDENCE) -> Rate:
    """Return the share of right answers to tracks with its interval over units."""
    codes = pd.factorize(units)[0]
    hits, sizes = np.bincount(codes, right), np.bincount(codes).astype(float)
    value = min(float(hits.sum() / sizes.sum()), 1.0)
    without = (hits.sum() - hits) / np.maximum(sizes.sum() - sizes, 1e-9)  # of one unit there is no interval anyway
    return Rate(value, *overall_interval(value, without, share_of_one(sizes), confidence=confidence), len(right))


def _beside_same_genres(
    right: np.ndarray, genres: np.ndarray, units: np.ndarray, own: np.ndarray
) -> tuple[float, float, float, float]:
    """Return the accuracy on tracks of the same genres elsewhere, how much more a subgroup has, and the interval of it.

    All of it is missing where less than half of the subgroup's tracks are of a genre that is known elsewhere.
    """
    k = genres.max() + 1
    elsewhere = pd.DataFrame({"genre": genres[~own], "unit": units[~own]}).drop_duplicates()["genre"]
    known = (np.bincount(elsewhere, minlength=k) >= FEWEST_ELSEWHERE)[genres]
    ours, theirs = own & known, ~own & known
    if not ours.any() or 2 * ours.sum() < own.sum():
        return np.nan, np.nan, *NO_BOUNDS
    sizes = np.maximum(np.bincount(genres[theirs], minlength=k), 1)
    there = (np.bincount(genres[theirs], right[theirs], k) / sizes)[genres]
    here, same = float(right[ours].mean()), float(there[ours].mean())
    weights = np.where(ours, 1 / ours.sum(), (np.bincount(genres[ours], minlength=k) / ours.sum() / sizes)[genres])
    off = weights * (right - there - np.where(ours, here - same, 0.0))
    one, other = (
        Rate(rate, *_interval(rate, off[side], weights[side], units[side]), int(side.sum()))
        for rate, side in ((here, ours), (same, theirs))
    )
    return same, *difference(one, other)


def _interval(rate: float, off: np.ndarray, weights: np.ndarray, units: np.ndarray) -> Bounds:
    """Return the interval of a weighted rate over units, given what each track adds to it beyond its part."""
    codes = pd.factorize(units)[0]
    influence, n = np.bincount(codes, off), codes.max() + 1
    variance = n / max(n - 1, 1) * np.square(influence).sum()
    return interval_of_variance(rate, variance, share_of_one(np.bincount(codes, weights)))


def _gap_interval(subgroups: Sequence[tuple[np.ndarray, np.ndarray]]) -> tuple[float, float]:
    """Return the interval of the gap between the highest and the lowest true accuracy of subgroups.

    Parameters
    ----------
    subgroups : sequence of pairs of np.ndarray
        ``right`` and ``units`` of each
    """
    n_pairs = len(subgroups) * (len(subgroups) - 1) / 2
    rates = [_rate(*each, confidence=1 - (1 - CONFIDENCE) / n_pairs) for each in subgroups]
    bounds = np.array([difference(one, other)[1:] for one, other in permutations(rates, 2)])
    return float(max(bounds[:, 0].max(), 0.0)), float(min(bounds[:, 1].max(), 1.0))


def _deal(
    right: np.ndarray, units: np.ndarray, of_unit: np.ndarray, tested: np.ndarray, rng: np.random.Generator
) -> _Deals:
    """Deal the subgroups anew to units, `N_DEALS` times.

    Parameters
    ----------
    right, units : np.ndarray [shape=(n,)]
        of tracks
    of_unit : np.ndarray of int [shape=(n_units,)]
        the subgroup of each, from 0
    tested : np.ndarray [shape=(k,), dtype=bool]
        the subgroups that the gap is between
    """
    hits, sizes = np.bincount(units, right), np.bincount(units).astype(float)
    found, gap = _off(hits, sizes, of_unit[None], len(tested))
    gap = _range(gap, tested)[0]
    reached, gaps = np.zeros(len(tested)), []
    at_once = max(_MOST_CELLS // len(of_unit), 1)
    for first in range(0, N_DEALS, at_once):
        dealt = rng.permuted(np.tile(of_unit, (min(at_once, N_DEALS - first), 1)), axis=1)
        off, rates = _off(hits, sizes, dealt, len(tested))
        reached += (off >= found - 1e-9).sum(axis=0)
        gaps.append(_range(rates, tested))
    by_chance = np.concatenate(gaps)
    p_gap = (1 + (by_chance >= gap - 1e-9).sum()) / (1 + N_DEALS)
    return _Deals((1 + reached) / (1 + N_DEALS), float(by_chance.mean()), float(p_gap))


def _range(rates: np.ndarray, tested: np.ndarray) -> np.ndarray:
    """Return the gap between the best and the worst rate of each deal."""
    return np.ptp(rates[:, tested], axis=1)


def _off(hits: np.ndarray, sizes: np.ndarray, dealt: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
    """Return how far each subgroup is off the rest, in standard errors, and its accuracy, [shape=(n_deals, k)] each.

    Parameters
    ----------
    hits, sizes : np.ndarray [shape=(n_units,)]
        right answers, and tracks
    dealt : np.ndarray of int [shape=(n_deals, n_units)]
        the subgroup of each unit
    """
    n_deals = len(dealt)
    cells = (dealt + k * np.arange(n_deals)[:, None]).ravel()

    def summed(weights: np.ndarray) -> np.ndarray:
        return np.bincount(cells, np.tile(weights, n_deals), n_deals * k).reshape(n_deals, k)

    values = (np.ones_like(sizes), sizes, hits, sizes**2, sizes * hits, hits**2)
    own = [summed(each) for each in values]
    rates, variance = _rate_and_variance(*own)
    rest, of_rest = _rate_and_variance(*(each.sum() - inside for each, inside in zip(values, own, strict=True)))
    return np.abs(rates - rest) / np.sqrt(variance + of_rest), rates


def _rate_and_variance(m: np.ndarray, n: np.ndarray, r: np.ndarray, nn: np.ndarray, nr: np.ndarray, rr: np.ndarray):
    """Return the rate, and its variance over units; a unit that is right and one that is wrong are reckoned in."""
    n = np.maximum(n, 1e-9)
    rate, share = r / n, nn / n**2
    return rate, (rr - 2 * rate * nr + rate**2 * nn) / n**2 * m / np.maximum(m - 1, 1) + share**2
