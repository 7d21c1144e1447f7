"""95 % intervals of scores that are summed over groups: tracks, or artists.

Conventions
-----------
A *group* is what is drawn as one: a track with its copies, or an artist. Its answers are one piece of evidence, however
many there are. It belongs to the genre that most of its rows are of. Groups of unlike sizes count as fewer equal ones:
as many as would weigh as much, ``1 / share`` (Kish 1965).

The variance of a score is the jackknife's, which leaves out one group after the other (Efron and Stein 1981). What a
handful of groups show of it by chance, nothing at all where all are right, is drawn towards what groups would show that
are all right or all wrong, as if `PRIOR` more had been seen. The interval is Wilson's (1927) for as many independent
answers as have that variance, the effective sample size, with Student's t for what the variance was estimated from
(Korn and Graubard 1998; Dean and Pagano 2015). With one answer a group it is Wilson's for that many, with t: its bounds
never fall when one more answer is right.

Scores over all rows take groups as drawn from all genres; that genres are drawn apart could only narrow the interval.
Scores that weigh genres alike add up variances within genres. `benchmarks/coverage.md` has what all of this holds in
populations whose truth is known.
"""

import numpy as np
from scipy.special import stdtrit

CONFIDENCE = 0.95
FEWEST_GROUPS = 5
"""Of fewer an interval would reach over most of what is possible: none is told."""
FEWEST_OF_A_GENRE = 2
"""Where genres weigh alike: a single group does not show how groups differ."""
PRIOR = 2
"""Groups that are all right or all wrong, reckoned with besides those that were seen."""
TOO_FEW = "too few tracks or artists for an interval"

Bounds = tuple[float, float]
NO_BOUNDS: Bounds = (np.nan, np.nan)


def overall_interval(
    value: float,
    without: np.ndarray,
    share: float,
    low: float = 0.0,
    high: float = 1.0,
    confidence: float = CONFIDENCE,
) -> Bounds:
    """Return the interval of a score over all rows alike; without bounds where there are fewer than `FEWEST_GROUPS`.

    Parameters
    ----------
    value : float
        from `low` to `high`
    without : np.ndarray [shape=(n_groups,)]
        the score without each group
    share : float
        of a group, where all had one size and weighed as much as these do
    confidence : float
        of the interval; more of one among several that are to hold together
    """
    n = len(without)
    if 1 / share < FEWEST_GROUPS:
        return NO_BOUNDS
    variance = (n - 1) / n * np.square(without - without.mean()).sum() / (high - low) ** 2
    bounds = interval_of_variance((value - low) / (high - low), variance, share, confidence)
    return low + (high - low) * bounds[0], low + (high - low) * bounds[1]


def interval_of_variance(rate: float, variance: float, share: float, confidence: float = CONFIDENCE) -> Bounds:
    """Return the interval of a rate of right answers over all rows alike, whose variance was estimated.

    Parameters
    ----------
    rate, variance : float
    share, confidence : float
        as for `overall_interval`
    """
    n_equal = 1 / share
    if n_equal < FEWEST_GROUPS:
        return NO_BOUNDS
    all_or_none = rate * (1 - rate) / (n_equal - 1)
    design = variance / all_or_none if all_or_none > 0 else 1.0
    design = ((n_equal - 1) * design + PRIOR) / (n_equal - 1 + PRIOR)
    return _wilson(rate, n_equal / design, n_equal - 1, confidence)


def interval_by_genre(
    value: float, without: np.ndarray, genres: np.ndarray, shares: np.ndarray, rates: np.ndarray
) -> Bounds:
    """Return the interval of a score from 0 to 1 that weighs genres alike.

    Without bounds where a genre has fewer than `FEWEST_OF_A_GENRE` groups, or all have fewer than `FEWEST_GROUPS`. The
    degrees of freedom are Satterthwaite's (1946).

    Parameters
    ----------
    value, without
        as for `overall_interval`
    genres : np.ndarray [shape=(n_groups,), dtype=int]
        of each group, from 0 to k - 1
    shares, rates : np.ndarray [shape=(k,)]
        by genre, of a group as above; and of right answers
    """
    k = len(shares)
    n = np.bincount(genres, minlength=k)
    if n.min() < FEWEST_OF_A_GENRE or n.sum() < FEWEST_GROUPS:
        return NO_BOUNDS
    centred = without - (np.bincount(genres, without, k) / n)[genres]
    variances = (n - 1) / n * np.bincount(genres, centred**2, k)
    all_or_none = _doubted(rates, 1 / shares) * shares / k**2
    variances = ((n - 1) * variances + PRIOR * all_or_none) / (n - 1 + PRIOR)
    variance = variances.sum()
    freedom = variance**2 / (variances**2 / (n - 1 + PRIOR)).sum()
    return _wilson(value, _doubted(value, n.sum()) / variance, freedom)


def paired_interval(value: float, influence: np.ndarray, share: float) -> Bounds:
    """Return the interval of a difference of two rates of right answers on the same groups, from -1 to 1.

    Two groups are reckoned with besides those that were seen, one for either side (after Bonett and Price 2012, who do
    so with pairs); so there is an interval also where no group differs, and it holds the value.

    Parameters
    ----------
    value : float
    influence : np.ndarray [shape=(n_groups,)]
        what each group adds to the difference, minus what would be its part; they sum to 0
    share : float
        as for `overall_interval`
    """
    n, n_equal = len(influence), 1 / share
    if n_equal < FEWEST_GROUPS:
        return NO_BOUNDS
    whole = 1 + 2 * share
    variance = (n / (n - 1) * np.square(influence).sum() + 2 * share**2) / whole**2
    reach = _student(n_equal - 1) * np.sqrt(variance)
    return float(max(value / whole - reach, -1)), float(min(value / whole + reach, 1))


def share_of_one(sizes: np.ndarray) -> float:
    """Return the share of one group, where as many of one size weighed as much as those of these sizes (Kish 1965)."""
    total = sizes.sum()
    return float(np.square(sizes).sum() / total**2) if total else 1.0


def _doubted(rate: np.ndarray | float, n: np.ndarray | float) -> np.ndarray | float:
    """Return the variance of an answer, one of the right and one of the wrong ones reckoned with besides `n`."""
    doubted = (rate * n + 1) / (n + 2)
    return doubted * (1 - doubted)


def _student(freedom: float, confidence: float = CONFIDENCE) -> float:
    return float(stdtrit(freedom, (1 + confidence) / 2))


def _wilson(rate: float, n: float, freedom: float, confidence: float = CONFIDENCE) -> Bounds:
    squared = _student(freedom, confidence) ** 2 / n
    centre = (rate + squared / 2) / (1 + squared)
    reach = np.sqrt(squared * rate * (1 - rate) + squared**2 / 4) / (1 + squared)
    return float(max(min(centre - reach, rate), 0.0)), float(min(max(centre + reach, rate), 1.0))
