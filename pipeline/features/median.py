"""Running medians over many columns at once, as harmonic/percussive separation needs them.

Windows of 31 = 16 + 8 + 4 + 2 + 1 values share most of what they sort. Sixteen neighbouring windows hold the same 16
values, which are put in order once. Eight of these windows hold the 8 values before them too, the other eight the 8
behind: of the 24 only the middle 8 can still become a median, whatever the 7 that are left are. So it goes on in
halves, until one value is left of each window. Values are put in order by comparisons that do not depend on what is
found (a sorting network), so that compilers can work on many columns at a time; the result is that of sorting, to the
last bit.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numba import njit, types
from numba.extending import intrinsic

LENGTH = 31
_HALF = LENGTH // 2
_GROUP = (LENGTH + 1) // 2
_REACH = _GROUP + LENGTH - 1
_LANES = 32
"""Columns that are worked on together: a power of two that fills vector registers."""

Compare = Callable[[Any, Any], tuple[Any, Any]]
"""Returns the lesser and the greater of two values."""


def neighbouring_medians(values: Sequence[Any], compare: Compare) -> list[Any]:
    """Return the medians of the 16 windows of length 31 in 46 values.

    Parameters
    ----------
    values : sequence
    compare : callable
        by which alone they are told apart
    """

    def in_order(begin: int, end: int) -> list[Any]:
        if end - begin == 1:
            return [values[begin]]
        centre = (begin + end) // 2
        return _merge(in_order(begin, centre), in_order(centre, end), compare)

    def medians(middle: list[Any], begin: int, end: int) -> list[Any]:
        """Return those of the windows that hold all of `begin` to `end`, of which `middle` may be medians."""
        n = len(middle) // 2
        if n == 0:
            return middle
        before = _middle(middle, in_order(begin - n, begin), compare)
        behind = _middle(middle, in_order(end, end + n), compare)
        return medians(before, begin - n, end) + medians(behind, begin, end + n)

    return medians(in_order(_HALF, LENGTH), _HALF, LENGTH)


def _merge(first: list[Any], second: list[Any], compare: Compare) -> list[Any]:
    """Merge two runs of 1, 2, 4, … values each, odd and even places apart (Batcher; Knuth, TAOCP 3, 5.3.4)."""
    if len(first) == 1:
        return list(compare(first[0], second[0]))
    even = _merge(first[::2], second[::2], compare)
    odd = _merge(first[1::2], second[1::2], compare)
    between = [value for pair in zip(odd[:-1], even[1:], strict=True) for value in compare(*pair)]
    return [even[0], *between, odd[-1]]


def _middle(run: list[Any], added: list[Any], compare: Compare) -> list[Any]:
    """Return the middle third, in order, of a run and another of half its length."""
    n = len(added)
    without_least = [compare(a, b)[1] for a, b in zip(run[:n], reversed(added), strict=True)]
    kept = _sort_bitonic(without_least, compare)
    without_greatest = [compare(a, b)[0] for a, b in zip(kept, reversed(run[n:]), strict=True)]
    return _sort_bitonic(without_greatest, compare)


def _sort_bitonic(values: list[Any], compare: Compare) -> list[Any]:
    """Put values in order that rise and then fall, or do so when turned round in a ring (Batcher 1968)."""
    n = len(values) // 2
    if n == 0:
        return values
    pairs = [compare(a, b) for a, b in zip(values[:n], values[n:], strict=True)]
    lesser, greater = ([pair[i] for pair in pairs] for i in (0, 1))
    return _sort_bitonic(lesser, compare) + _sort_bitonic(greater, compare)


def median_filter(rows: np.ndarray) -> np.ndarray:
    """Filter each column with a median of length 31, reflected at both ends.

    Parameters
    ----------
    rows : np.ndarray [shape=(n, m), dtype=float32]
        n >= 15; no negative zero, nothing negative, no NaN: such numbers are in the order of their bits

    Returns
    -------
    np.ndarray [shape=(n, m), dtype=float32]
        equal to ``scipy.ndimage.median_filter(rows, size=(31, 1), mode="reflect")``; laid out in memory as `rows`
    """
    filtered = np.empty_like(rows)
    _running_medians(rows.view(np.int32), filtered.view(np.int32))
    return filtered


@intrinsic
def _filter_column(typing_context, padded, row, column, medians):
    """Write the medians of the 16 windows of a column that begin at a row and below it; all is written out at compile
    time, for compilers see no columns side by side in a loop over comparisons.
    """

    def generate(context, builder, signature, arguments):
        def pointer(which, place):
            array = context.make_array(signature.args[which])(context, builder, arguments[which])
            return builder.gep(array.data, [place], inbounds=True)

        def compare(a, b):
            is_less = builder.icmp_signed("<", a, b)
            return builder.select(is_less, a, b), builder.select(is_less, b, a)

        rows_below = [context.get_constant(types.intp, i * _LANES) for i in range(_REACH)]
        first = builder.add(builder.mul(arguments[1], rows_below[1]), arguments[2])
        values = [builder.load(pointer(0, builder.add(first, below))) for below in rows_below]
        for below, median in zip(rows_below, neighbouring_medians(values, compare), strict=False):
            builder.store(median, pointer(3, builder.add(arguments[2], below)))
        return context.get_dummy_value()

    return types.void(padded, types.intp, types.intp, medians), generate


@njit(cache=True, nogil=True)
def _running_medians(rows, filtered):
    n_rows, n_columns = rows.shape
    padded = np.zeros((-(-n_rows // _GROUP) * _GROUP + LENGTH - 1, _LANES), np.int32)
    medians = np.empty((_GROUP, _LANES), np.int32)
    for left in range(0, n_columns, _LANES):
        columns = slice(left, min(left + _LANES, n_columns))
        for first in range(0, n_rows, _GROUP):
            _copy(rows[first : first + _GROUP, columns], padded[_HALF + first :])
        for i in range(_HALF):
            padded[_HALF - 1 - i] = padded[_HALF + i]
            padded[_HALF + n_rows + i] = padded[_HALF + n_rows - 1 - i]
        for first in range(0, n_rows, _GROUP):
            for column in range(_LANES):
                _filter_column(padded, first, column, medians)
            _copy(medians, filtered[first : first + _GROUP, columns])


@njit(cache=True, nogil=True)
def _copy(source, target):
    """Copy what fits, in the order in which the one that is not a buffer of ours lies in memory."""
    height, width = min(len(source), len(target)), min(source.shape[1], target.shape[1])
    if max(source.strides[0], target.strides[0]) > 4 * _LANES or height < _GROUP:
        for i in range(height):
            for j in range(width):
                target[i, j] = source[i, j]
    else:
        for j in range(width):
            for i in range(_GROUP):
                target[i, j] = source[i, j]
