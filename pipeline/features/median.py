"""Running medians over many rows at once, as harmonic/percussive separation needs them.

A median filter of length 31 is computed for four neighbouring outputs together. Their windows share 28 rows; of these a
selection network (Batcher's odd-even merge sort, pruned to what the four medians depend on) finds the middle four, and
each output takes its median from these and its own three rows. Every step is a minimum or maximum of two contiguous
rows, which compilers turn into vector instructions; the result is that of sorting, to the last bit.
"""

import numpy as np
from numba import njit

LENGTH = 31
_HALF = LENGTH // 2
_GROUP = 4
_SHARED = LENGTH - _GROUP + 1
_MIDDLE = _SHARED // 2 - _GROUP // 2
_BLOCK = 128
"""Columns that are worked on together: 28 rows of them fit the fastest cache."""


def median_filter(rows: np.ndarray) -> np.ndarray:
    """Filter each column with a median of length 31, reflected at both ends.

    Parameters
    ----------
    rows : np.ndarray [shape=(n, m), dtype=float32]
        n >= 16, finite; C-contiguous is fastest

    Returns
    -------
    np.ndarray [shape=(n, m), dtype=float32]
        equal to ``scipy.ndimage.median_filter(rows, size=(31, 1), mode="reflect")``
    """
    n_surplus = -len(rows) % _GROUP
    source = np.pad(np.arange(len(rows)), (_HALF, _HALF + n_surplus), mode="symmetric")
    filtered = np.empty(rows.shape, dtype=np.float32)
    _running_medians(rows, source, filtered, _NETWORK)
    return filtered


def odd_even_merge_sort(n: int) -> list[tuple[int, int]]:
    """Return the comparators of Batcher's sorting network for `n` values (Knuth, TAOCP 3, 5.2.2, algorithm M)."""
    comparators = []
    p = 1
    while p < n:
        k = p
        while k >= 1:
            for j in range(k % p, n - k, 2 * k):
                for i in range(j, j + min(k, n - j - k)):
                    if i // (2 * p) == (i + k) // (2 * p):
                        comparators.append((i, i + k))
            k //= 2
        p *= 2
    return comparators


def prune(comparators: list[tuple[int, int]], wanted: range) -> list[tuple[int, int]]:
    """Leave out the comparators that no `wanted` output depends on."""
    needed, kept = set(wanted), []
    for low, high in reversed(comparators):
        if low in needed or high in needed:
            needed |= {low, high}
            kept.append((low, high))
    return kept[::-1]


_NETWORK = np.array(prune(odd_even_merge_sort(_SHARED), range(_MIDDLE, _MIDDLE + _GROUP)))


@njit(cache=True, nogil=True)
def _running_medians(rows, source, filtered, network):
    """Filter `rows`, whose reflected row `i` is ``rows[source[i]]``."""
    n_rows, n_columns = filtered.shape
    shared = np.empty((_SHARED, _BLOCK), np.float32)
    own = np.empty(_GROUP - 1, np.int64)
    for left in range(0, n_columns, _BLOCK):
        right = min(left + _BLOCK, n_columns)
        for first in range(0, n_rows, _GROUP):
            for i in range(_SHARED):
                shared[i, : right - left] = rows[source[first + _GROUP - 1 + i], left:right]
            for i in range(len(network)):
                _compare_rows(shared[network[i, 0]], shared[network[i, 1]], right - left)
            for output in range(min(_GROUP, n_rows - first)):
                # Its own rows: those of the window that lie before the shared ones, and those behind.
                for i in range(_GROUP - 1):
                    own[i] = source[first + output + i + (_SHARED if output + i >= _GROUP - 1 else 0)]
                _merge_rows(
                    shared[_MIDDLE : _MIDDLE + _GROUP],
                    rows[own[0], left:right],
                    rows[own[1], left:right],
                    rows[own[2], left:right],
                    filtered[first + output, left:right],
                )


@njit(cache=True, nogil=True, inline="always")
def _compare_rows(low, high, width):
    for i in range(width):
        a, b = low[i], high[i]
        low[i] = a if a < b else b
        high[i] = b if a < b else a


@njit(cache=True, nogil=True, inline="always")
def _merge_rows(middle, row_a, row_b, row_c, medians):
    """Take the median of four sorted and three unsorted values, column by column."""
    for i in range(len(medians)):
        a, b, c = row_a[i], row_b[i], row_c[i]
        low, high = (a if a < b else b), (b if a < b else a)
        centre, top = (high if high < c else c), (c if high < c else high)
        low, centre = (low if low < centre else centre), (centre if low < centre else low)
        # The fourth smallest of two sorted runs: the least of the maxima of all cuts that leave four below.
        least = middle[3, i]
        cut = middle[2, i] if middle[2, i] > low else low
        least = cut if cut < least else least
        cut = middle[1, i] if middle[1, i] > centre else centre
        least = cut if cut < least else least
        cut = middle[0, i] if middle[0, i] > top else top
        medians[i] = cut if cut < least else least
