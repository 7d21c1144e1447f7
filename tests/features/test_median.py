import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import ndimage

from pipeline.features.median import median_filter, odd_even_merge_sort, prune

# Below 16 rows the reflection is itself reflected, which scipy does another way; the shortest window has 22 frames.
shapes = st.tuples(st.integers(16, 70), st.integers(1, 300))
few_values = st.sampled_from(np.array([0.0, 0.25, 0.5, 1.0, 3e-39], dtype=np.float32))


@given(shapes, st.integers(0, 2**32 - 1))
def test_medians_are_those_of_scipy_to_the_last_bit(shape, seed):
    rows = np.random.default_rng(seed).exponential(size=shape).astype(np.float32)
    np.testing.assert_array_equal(median_filter(rows), ndimage.median_filter(rows, size=(31, 1), mode="reflect"))


@given(arrays(np.float32, st.tuples(st.integers(16, 40), st.integers(1, 5)), elements=few_values))
def test_equal_values_are_no_obstacle(rows):
    np.testing.assert_array_equal(median_filter(rows), ndimage.median_filter(rows, size=(31, 1), mode="reflect"))


def sort_by(network, values):
    values = list(values)
    for low, high in network:
        values[low], values[high] = min(values[low], values[high]), max(values[low], values[high])
    return values


# A network that sorts all sequences of zeros and ones sorts all sequences (Knuth's zero-one principle).
@given(st.lists(st.integers(0, 1), min_size=24, max_size=24))
def test_the_first_network_finds_the_middle_eight_of_24(bits):
    assert sort_by(prune(odd_even_merge_sort(24), range(8, 16)), bits)[8:16] == sorted(bits)[8:16]


@pytest.mark.parametrize("n_ones", range(9))
@pytest.mark.parametrize("added", list(itertools.product((0, 1), repeat=4)))
def test_the_second_network_finds_the_middle_four_of_eight_in_order_and_four_more(n_ones, added):
    bits = [0] * (8 - n_ones) + [1] * n_ones + list(added)
    assert sort_by(prune(odd_even_merge_sort(12, n_sorted=8), range(4, 8)), bits)[4:8] == sorted(bits)[4:8]
