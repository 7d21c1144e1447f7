"""How far confidence and accuracy lie apart, with an interval from a bootstrap over groups."""

from collections.abc import Iterator

import numpy as np
from scipy import sparse

from pipeline.evaluation.interval import CONFIDENCE, FEWEST_GROUPS, NO_BOUNDS, Bounds
from pipeline.random_streams import stream

CALIBRATION_ERROR = "expected_calibration_error"
N_BOOTSTRAP = 1000
MOST_BUNDLES = 2_000
"""Of more groups as many bundles are drawn, dealt at random: what one bundle differs from another by is what groups do
(the random groups of Wolter 2007), and so many tell the spread as well as a thousand resamples can."""
_AT_ONCE = 100
"""Resamples that are drawn together."""


def calibration_error(gaps: sparse.csr_array, sizes: np.ndarray, seed: int) -> tuple[float, Bounds]:
    """Return the expected calibration error of the most probable genre (Guo et al. 2017) with its 95 % interval.

    Of a calibrated model the measured error is above 0 too, and that of a resample is higher still. So the upper end is
    the percentile (Efron 1979); the lower end is its reflection (the basic bootstrap, Davison and Hinkley 1997), but 0
    unless the error exceeds what resampling alone moves the bins by.

    Parameters
    ----------
    gaps : scipy.sparse.csr_array [shape=(n_groups, n_bins)]
        right answers minus confidence, summed by bin of confidence
    sizes : np.ndarray [shape=(n_groups,)]
        rows of each group
    seed : int
        of the bootstrap
    """
    shown = np.asarray(gaps.sum(axis=0)) / max(sizes.sum(), 1)
    value = float(np.abs(shown).sum())
    if len(sizes) < FEWEST_GROUPS:
        return value, NO_BOUNDS
    by_bundle, sizes = _bundled(gaps, sizes, seed)
    drawn = np.concatenate([((by_bundle @ w) / np.maximum(sizes @ w, 1e-9)).T for w in _resamples(len(sizes), seed)])
    errors, noise = np.abs(drawn).sum(axis=1), np.abs(drawn - shown).sum(axis=1)
    high = max(value, float(np.quantile(errors, (1 + CONFIDENCE) / 2)))
    exceeds = value > np.quantile(noise, (1 + CONFIDENCE) / 2)
    return value, (max(0.0, 2 * value - high) if exceeds else 0.0, high)


def _bundled(gaps: sparse.csr_array, sizes: np.ndarray, seed: int) -> tuple[sparse.csr_array, np.ndarray]:
    """Return the sums of bundles of groups by bin [shape=(n_bins, n_bundles)], and their rows; a group each if few."""
    n = len(sizes)
    if n <= MOST_BUNDLES:
        return gaps.T.tocsr(), sizes
    bundle = stream("bundles", seed).permutation(n) % MOST_BUNDLES
    dealt = sparse.csr_array((np.ones(n), (np.arange(n), bundle)), shape=(n, MOST_BUNDLES))
    return (gaps.T @ dealt).tocsr(), np.bincount(bundle, sizes, MOST_BUNDLES)


def _resamples(n_groups: int, seed: int) -> Iterator[np.ndarray]:
    """Yield how often each group is drawn [shape=(n_groups, some resamples)], `N_BOOTSTRAP` resamples in all."""
    rng = stream("bootstrap", seed)
    for first in range(0, N_BOOTSTRAP, _AT_ONCE):
        n = min(_AT_ONCE, N_BOOTSTRAP - first)
        drawn = rng.integers(0, n_groups, (n, n_groups)) * n + np.arange(n)[:, None]
        yield np.bincount(drawn.ravel(), minlength=n_groups * n).reshape(n_groups, n).astype(float)
