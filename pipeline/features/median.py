"""Running medians over many rows at once, as harmonic/percussive separation needs them.

A median filter of length 31 is computed for eight neighbouring outputs together. Their windows share 24 rows; of these
a selection network (Batcher's odd-even merge sort, pruned to what the medians depend on) finds the middle eight. Four
of the outputs share four rows more: a second network finds the middle four of all 28. Each output takes its median from
these and its own three rows. Every step is a minimum or maximum of two contiguous rows, which compilers turn into
vector instructions; the result is that of sorting, to the last bit.
"""

import numpy as np
from numba import njit

LENGTH = 31
_HALF = LENGTH // 2
_GROUP, _SUBGROUP = 8, 4
_SHARED = LENGTH - _GROUP + 1
_MIDDLE = _SHARED // 2 - _GROUP // 2
_ADDED = _GROUP - _SUBGROUP
_BLOCK = 128
"""Columns that are worked on together: their shared rows fit the fastest cache."""


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
    _running_medians(rows, source, filtered, _SHARED_NETWORK, _SUBGROUP_NETWORK)
    return filtered


def odd_even_merge_sort(n: int, *, n_sorted: int = 1) -> list[tuple[int, int]]:
    """Return the comparators of Batcher's sorting network (Knuth, TAOCP 3, 5.2.2, algorithm M).

    Parameters
    ----------
    n : int
        how many values are to be sorted
    n_sorted : int
        how many of the first values are in order already, a power of two
    """
    comparators = []
    p = 1
    while p < n:
        k = p
        while k >= 1:
            for j in range(k % p, n - k, 2 * k):
                for i in range(j, j + min(k, n - j - k)):
                    is_in_order = 2 * p <= n_sorted and i + k < n_sorted
                    if i // (2 * p) == (i + k) // (2 * p) and not is_in_order:
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


_SHARED_NETWORK = np.array(prune(odd_even_merge_sort(_SHARED), range(_MIDDLE, _MIDDLE + _GROUP)))
_SUBGROUP_NETWORK = np.array(
    prune(odd_even_merge_sort(_GROUP + _ADDED, n_sorted=_GROUP), range(_SUBGROUP, 2 * _SUBGROUP))
)


@njit(cache=True, nogil=True)
def _running_medians(rows, source, filtered, shared_network, subgroup_network):
    """Filter `rows`, whose reflected row `i` is ``rows[source[i]]``."""
    n_rows, n_columns = filtered.shape
    shared = np.empty((_SHARED, _BLOCK), np.float32)
    middle = np.empty((_GROUP + _ADDED, _BLOCK), np.float32)
    own = np.empty(_SUBGROUP - 1, np.int64)
    for left in range(0, n_columns, _BLOCK):
        width = min(_BLOCK, n_columns - left)
        for group in range(0, n_rows, _GROUP):
            for i in range(_SHARED):
                shared[i, :width] = rows[source[group + _GROUP - 1 + i], left : left + width]
            _select(shared, shared_network, width)
            for first in range(group, min(group + _GROUP, n_rows), _SUBGROUP):
                # What the four windows share begins here; of it, the rows that all eight share are known already.
                begin = first + _SUBGROUP - 1
                added = begin if first == group else begin + _SHARED
                for i in range(_ADDED):
                    middle[_GROUP + i, :width] = rows[source[added + i], left : left + width]
                middle[:_GROUP, :width] = shared[_MIDDLE : _MIDDLE + _GROUP, :width]
                _select(middle, subgroup_network, width)
                for output in range(first, min(first + _SUBGROUP, n_rows)):
                    # Its own rows: those of its window that lie before the shared ones, and those behind.
                    for i in range(_SUBGROUP - 1):
                        before = output + i < begin
                        own[i] = source[output + i + (0 if before else _SHARED + _ADDED)]
                    _merge_rows(
                        middle[_SUBGROUP : 2 * _SUBGROUP],
                        rows[own[0], left : left + width],
                        rows[own[1], left : left + width],
                        rows[own[2], left : left + width],
                        filtered[output, left : left + width],
                    )


@njit(cache=True, nogil=True, inline="always")
def _select(slots, network, width):
    for i in range(len(network)):
        _compare_rows(slots[network[i, 0]], slots[network[i, 1]], width)


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
