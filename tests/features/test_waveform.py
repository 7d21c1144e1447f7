import librosa
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from pipeline.features.waveform import root_mean_square, zero_crossing_rate

near_zero = st.sampled_from(np.array([0, -0.0, 1e-10, -1e-10, -2e-10, 1e-9, 0.5, -0.5], dtype=np.float32))


def test_loudness_is_librosas(samples):
    assert root_mean_square(samples) == pytest.approx(librosa.feature.rms(y=samples), rel=1e-5, abs=1e-12)


def test_the_zero_crossing_rate_is_librosas(samples):
    np.testing.assert_array_equal(zero_crossing_rate(samples), librosa.feature.zero_crossing_rate(samples))


@given(arrays(np.float32, st.integers(2048, 4000), elements=near_zero))
def test_signs_change_where_librosa_says_so(samples):
    np.testing.assert_array_equal(zero_crossing_rate(samples), librosa.feature.zero_crossing_rate(samples))
