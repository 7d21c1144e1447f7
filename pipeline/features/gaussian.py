"""``mfcc-gaussian-v1``: one Gaussian of a window's timbre, as mean and covariance of 13 MFCCs, 104 values.

After Mandel and Ellis, "Song-level features and support vector machines for music classification", ISMIR 2005: timbre
as one full-covariance Gaussian, and songs compared by the symmetrised Kullback-Leibler divergence of theirs.
"""

from typing import TYPE_CHECKING

import numpy as np

from pipeline.features.registry import FeatureSet

if TYPE_CHECKING:
    from pipeline.features.signal import Signal

N_COEFFICIENTS = 13
"""``mfcc1``, the level, among them."""

_UPPER = np.triu_indices(N_COEFFICIENTS)


def _covariance_name(i: int, j: int) -> str:
    return f"mfcc{i + 1}_var" if i == j else f"mfcc{i + 1}_mfcc{j + 1}_cov"


def mfcc_gaussian_v1(signal: "Signal") -> np.ndarray:
    """Compute the means of 13 MFCCs over frames, then the upper triangle of their population covariance, row by row.

    The covariance divides by n, as the variances of ``spectral-v1`` do, and has its names on the diagonal. It is
    positive definite for music of half a second and more; a silent window's is zero, so whoever inverts one adds a
    small multiple of the unit matrix.

    Parameters
    ----------
    signal : Signal

    Returns
    -------
    np.ndarray [shape=(104,), dtype=float64]
        in the order of ``MFCC_GAUSSIAN_V1.columns``
    """
    mfcc = signal.mfcc[:N_COEFFICIENTS].astype(np.float64)
    return np.concatenate([mfcc.mean(axis=1), np.cov(mfcc, ddof=0)[_UPPER]])


MFCC_GAUSSIAN_V1 = FeatureSet(
    "mfcc-gaussian-v1",
    (
        *(f"mfcc{i + 1}_mean" for i in range(N_COEFFICIENTS)),
        *(_covariance_name(int(i), int(j)) for i, j in zip(*_UPPER, strict=True)),
    ),
    mfcc_gaussian_v1,
    kind="gaussian",
    level=frozenset({"mfcc1_mean"}),
    title="timbre as a Gaussian",
)
