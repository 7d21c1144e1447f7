import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import ndimage

from pipeline.features.median import median_filter, neighbouring_medians

# Below 15 rows the reflection is itself reflected, which the shortest window, of 22 frames, does not need.
shapes = st.tuples(st.integers(15, 70), st.integers(1, 100))
smallest = np.finfo(np.float32).smallest_subnormal
few_values = st.sampled_from(np.array([0.0, smallest, 3e-39, 0.25, 0.5, 1.0, 3e38], dtype=np.float32))


def assert_medians_are_those_of_scipy(rows):
    expected = ndimage.median_filter(rows, size=(31, 1), mode="reflect")
    np.testing.assert_array_equal(median_filter(rows), expected)
    np.testing.assert_array_equal(median_filter(np.asfortranarray(rows)), expected)


@given(shapes, st.integers(0, 2**32 - 1))
def test_medians_are_those_of_scipy_to_the_last_bit(shape, seed):
    assert_medians_are_those_of_scipy(np.random.default_rng(seed).exponential(size=shape).astype(np.float32))


@given(arrays(np.float32, st.tuples(st.integers(15, 40), st.integers(1, 5)), elements=few_values))
def test_equal_and_denormal_values_are_no_obstacle(rows):
    assert_medians_are_those_of_scipy(rows)


def test_what_lies_between_other_columns_in_memory_is_filtered_alike():
    rows = np.random.default_rng(0).exponential(size=(50, 90)).astype(np.float32)
    np.testing.assert_array_equal(median_filter(rows[:, 3:70]), median_filter(rows)[:, 3:70])
    np.testing.assert_array_equal(median_filter(rows.T[3:70]), median_filter(rows.T[3:70].copy()))


# What sorts all sequences of zeros and ones by comparisons alone sorts all sequences (Knuth's zero-one principle).
@given(st.lists(st.integers(0, 1), min_size=46, max_size=46))
def test_each_of_sixteen_windows_has_its_own_median(bits):
    found = neighbouring_medians(bits, lambda a, b: (min(a, b), max(a, b)))
    assert found == [sorted(bits[first : first + 31])[15] for first in range(16)]


def test_sixteen_windows_cost_353_comparisons_at_most():
    compared = []

    def compare(a, b):
        compared.append((a, b))
        return min(a, b), max(a, b)

    neighbouring_medians(range(46), compare)
    assert len(compared) <= 353
