import librosa
import numpy as np
import pytest
import scipy.signal
from hypothesis import given
from hypothesis import strategies as st

from pipeline.features.fourier import count_frames, cut_frames, hann, invert, transform


@pytest.mark.parametrize("n", [2, 344, 512, 2048])
def test_the_window_is_scipys_to_the_last_bit(n):
    np.testing.assert_array_equal(hann(n), scipy.signal.get_window("hann", n))


def test_the_transform_is_librosas(samples):
    expected = librosa.stft(samples)
    np.testing.assert_allclose(transform(samples).T, expected, rtol=0, atol=1e-6 * np.abs(expected).max())


def test_the_inverse_is_librosas(samples):
    spectra = transform(samples) * np.linspace(0, 1, 1025, dtype=np.float32)
    expected = librosa.istft(spectra.T, length=len(samples))
    np.testing.assert_allclose(
        invert([spectra[:7], spectra[7:]], len(samples)), expected, rtol=0, atol=2e-6 * np.abs(expected).max()
    )


@given(st.integers(2048, 40_000), st.integers(0, 2**32 - 1))
def test_there_and_back_again_changes_nothing(n_samples, seed):
    samples = np.random.default_rng(seed).normal(size=n_samples).astype(np.float32)
    assert invert([transform(samples)], n_samples) == pytest.approx(samples, abs=1e-5)


@given(st.integers(1, 5000))
def test_frames_are_counted_as_they_are_cut(n_samples):
    assert len(cut_frames(np.zeros(n_samples))) == count_frames(n_samples)
