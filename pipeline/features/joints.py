"""Whether one short recording goes on in another: pieces of one, whatever they are called.

Where a song is cut, the samples before the cut foretell those behind it, and the other way round. An autoregressive
model of each piece's end is asked for the first samples of all others, and one of each piece's beginning, reversed, for
the last. Two pieces join where each is by far the best answer to the other in both directions. Lossy compression, fades
and silence hide joints; so few that are found say that there are more.

References
----------
S. M. Kay (1988), Modern Spectral Estimation, chapter 7: the covariance method of linear prediction.
"""

from collections.abc import Sequence

import numpy as np
from scipy.linalg import toeplitz

EDGE = 1024
"""Samples that are kept of either end, at the file's own rate: resampling blurs a cut."""

ORDER = ASKED = 32
"""Samples that a model predicts the next one from, and so many behind the cut are asked for."""

SILENT = 1e-4
"""An end whose samples have a smaller standard deviation foretells nothing."""

MARGIN = 0.3
"""The best answer's error is so many powers of ten below that of the second, in both directions together."""

GREATEST = 0.6
"""So many powers of ten, at most, lies the error above that inside the pieces."""

BLOCK = 32
MOST = 5_000
"""Of more pieces that may join, none is looked for: time grows with their square."""


def edges(y: np.ndarray) -> bytes:
    """Return both ends of a signal [shape=(n,)], to be kept; nothing of one too short to have two."""
    if len(y) < 2 * EDGE:
        return b""
    return np.concatenate([y[:EDGE], y[-EDGE:]]).astype("<f4").tobytes()


def find_joints(kept: Sequence[bytes]) -> np.ndarray:
    """Tell which pieces join.

    Parameters
    ----------
    kept : sequence of bytes [shape=(n,)]
        `edges` of each

    Returns
    -------
    np.ndarray of int [shape=(n_joints, 2)]
        the piece before a joint, and the piece behind it
    """
    ends = np.array([np.frombuffer(each, "<f4") for each in kept if each]).reshape(-1, 2 * EDGE)
    place = np.array([i for i, each in enumerate(kept) if each], dtype=int)
    loud = (ends[:, :EDGE].std(axis=1) > SILENT) & (ends[:, EDGE:].std(axis=1) > SILENT)
    ends, place = ends[loud].astype(np.float64), place[loud]
    n = len(ends)
    if not 2 < n <= MOST:
        return np.empty((0, 2), dtype=int)
    heads, tails = ends[:, :EDGE], ends[:, EDGE:]
    onwards, backwards = _Model(tails), _Model(heads[:, ::-1])
    best = np.full((2, n), np.inf)  # of each row: the least error, and the second
    answer = np.zeros(n, dtype=int)
    best_of_column = np.full((2, n), np.inf)
    answered = np.zeros(n, dtype=int)
    for start in range(0, n, BLOCK):
        rows = np.arange(start, min(start + BLOCK, n))
        error = onwards.error(rows, heads[:, :ASKED]) + backwards.error_of(tails[rows, ::-1][:, :ASKED])
        error[np.arange(len(rows)), rows] = np.inf
        answer[rows] = error.argmin(axis=1)
        best[:, rows] = np.partition(error, 1, axis=1)[:, :2].T
        least = error.argmin(axis=0)
        better = error[least, np.arange(n)] < best_of_column[0]
        answered[better] = rows[least[better]]
        best_of_column = np.sort(np.concatenate([best_of_column, error]), axis=0)[:2]
    second = np.minimum(best[1], best_of_column[1][answer])
    joins = (answered[answer] == np.arange(n)) & (best[0] < GREATEST) & (second - best[0] > MARGIN)
    return np.stack([place[joins], place[answer[joins]]], axis=1)


class _Model:
    """Linear prediction of each signal [shape=(n, EDGE)], as what takes `ASKED` samples that follow to its errors."""

    def __init__(self, signals: np.ndarray):
        coefficients = np.array([_predictor(x) for x in signals])
        inside = np.array(
            [np.convolve(x, c, "valid")[-EDGE // 2 :] for x, c in zip(signals, coefficients, strict=True)]
        )
        self._level = np.mean(inside**2, axis=1) + 1e-12
        self._turn = np.array([toeplitz(c[:ASKED], [c[0], *np.zeros(ASKED - 1)]) for c in coefficients])
        self._known = np.array([np.convolve(x[-ORDER:], c)[ORDER:] for x, c in zip(signals, coefficients, strict=True)])

    def error(self, rows: np.ndarray, following: np.ndarray) -> np.ndarray:
        """Return the errors [shape=(len(rows), n)] of some models on all that may follow [shape=(n, ASKED)]."""
        residual = np.einsum("nk,rmk->rnm", following, self._turn[rows], optimize=True) + self._known[rows, None, :]
        return np.log10(np.mean(residual**2, axis=2) / self._level[rows, None] + 1e-12)

    def error_of(self, following: np.ndarray) -> np.ndarray:
        """Return the errors [shape=(len(following), n)] of all models on some that may follow."""
        residual = np.einsum("rk,nmk->rnm", following, self._turn, optimize=True) + self._known[None, :, :]
        return np.log10(np.mean(residual**2, axis=2) / self._level[None, :] + 1e-12)


def _predictor(x: np.ndarray) -> np.ndarray:
    """Return what takes the samples of `x` to its errors of prediction, [shape=(ORDER + 1,)], 1 first."""
    past = np.lib.stride_tricks.sliding_window_view(x[:-1], ORDER)[:, ::-1]
    products = past.T @ past
    products[np.diag_indices(ORDER)] += 1e-9 * np.trace(products)  # a pure tone has no single answer
    weights = np.linalg.solve(products, past.T @ x[ORDER:])
    return np.concatenate([[1.0], -weights])
