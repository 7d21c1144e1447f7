"""How far answers lie from where the music is from, with intervals from a bootstrap over what is kept whole."""

from collections.abc import Callable

import numpy as np
import pandas as pd

from pipeline.evaluation.interval import CONFIDENCE, FEWEST_GROUPS
from pipeline.random_streams import stream

WITHIN_KM = (500, 1000, 2000)
MEASURES = ("mean_error_km", "median_error_km", *(f"within_{km}_km" for km in WITHIN_KM), "gain_km")
"""The last is not of baselines."""

N_BOOTSTRAP = 1000
AT_ONCE = 50


def score_places(
    errors_km: np.ndarray, units: np.ndarray, seed: int, baseline_km: np.ndarray | None = None
) -> pd.DataFrame:
    """Return each measure with its 95 % interval: percentiles of resamples of whole units (Efron 1979).

    Parameters
    ----------
    errors_km : np.ndarray [shape=(n,)]
    units : np.ndarray of int [shape=(n,)]
        what is drawn as one
    seed : int
        of the bootstrap
    baseline_km : np.ndarray [shape=(n,)], optional
        errors of the best answer that ignores the music; without them no gain is told

    Returns
    -------
    pd.DataFrame
        ``measure``, ``value``, ``ci_low``, ``ci_high`` (empty of fewer than five units), ``n``
    """
    order = np.argsort(errors_km, kind="stable")
    errors, codes = errors_km[order], pd.factorize(units[order])[0]
    gains = None if baseline_km is None else baseline_km[order] - errors
    measures = list(MEASURES) if gains is not None else list(MEASURES)[:-1]
    n_units = codes.max() + 1
    values = _measure(errors, gains, np.ones((1, len(errors))))[0]
    low = high = np.full(len(measures), np.nan)
    if n_units >= FEWEST_GROUPS:
        drawn = _resample(n_units, seed, lambda times: _measure(errors, gains, times[:, codes]))
        low, high = np.quantile(drawn, [(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2], axis=0)
    return pd.DataFrame({"measure": measures, "value": values, "ci_low": low, "ci_high": high, "n": len(errors)})


def _measure(errors: np.ndarray, gains: np.ndarray | None, weights: np.ndarray) -> np.ndarray:
    """Return the measures [shape=(n, …)] of ascending errors, and of what is gained, under each row of weights."""
    total = weights.sum(axis=1)
    below = np.cumsum(weights, axis=1)
    middle = [errors[np.searchsorted(row, half, side="left")] for row, half in zip(below, total / 2, strict=True)]
    shares = [weights[:, errors <= km].sum(axis=1) / total for km in WITHIN_KM]
    more = [] if gains is None else [weights @ gains / total]
    return np.stack([weights @ errors / total, middle, *shares, *more], axis=1)


def _resample(n_units: int, seed: int, measure: Callable[[np.ndarray], np.ndarray]) -> np.ndarray:
    rng = stream("bootstrap of places", seed)
    share = np.full(n_units, 1 / n_units)
    return np.concatenate(
        [measure(rng.multinomial(n_units, share, size=AT_ONCE)) for _ in range(N_BOOTSTRAP // AT_ONCE)]
    )
