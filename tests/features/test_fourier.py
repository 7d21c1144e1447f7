import librosa
import numpy as np
import pytest
import scipy.signal
from hypothesis import given
from hypothesis import strategies as st

from pipeline.features.dft import dft
from pipeline.features.fourier import count_frames, cut_frames, hann, invert, transform


@pytest.mark.parametrize("n", [2, 344, 512, 2048])
def test_the_window_is_scipys_to_the_last_bit(n):
    np.testing.assert_array_equal(hann(n), scipy.signal.get_window("hann", n))


def test_the_transform_is_librosas(samples):
    expected = librosa.stft(samples)
    np.testing.assert_allclose(transform(samples), expected, rtol=0, atol=1e-6 * np.abs(expected).max())


def test_the_inverse_is_librosas(samples):
    spectra = transform(samples)
    share = np.linspace(0, 1, spectra.size, dtype=np.float32).reshape(spectra.shape)
    expected = librosa.istft(share * spectra, length=len(samples))
    np.testing.assert_allclose(
        invert(spectra, share, len(samples)), expected, rtol=0, atol=2e-6 * np.abs(expected).max()
    )


@given(st.integers(1, 40_000), st.integers(0, 2**32 - 1))
def test_any_number_of_samples_is_transformed_as_in_double_precision_and_back_again(n_samples, seed):
    samples = np.random.default_rng(seed).normal(size=n_samples).astype(np.float32)
    spectra = transform(samples)
    expected = np.fft.rfft(cut_frames(samples) * hann(2048)).T
    np.testing.assert_allclose(spectra, expected, rtol=1e-6, atol=1e-6)
    assert invert(spectra, np.ones(spectra.shape, np.float32), n_samples) == pytest.approx(samples, abs=1e-5)


@given(st.integers(0, 2**32 - 1), st.integers(-149, 120))
def test_silent_frames_stay_silent_beside_loud_ones_of_any_level(seed, level):
    samples = np.zeros(40_000, dtype=np.float32)
    samples[20_000:] = np.ldexp(np.random.default_rng(seed).uniform(-1, 1, 20_000), level).astype(np.float32)
    spectra = transform(samples)
    assert not spectra[:, : (20_000 - 1024) // 512].any()
    assert np.isfinite(spectra).all()


@pytest.mark.parametrize("n", [1, 2, 4, 32])
def test_a_transform_of_numbers_is_numpys(n):
    values = np.random.default_rng(n).normal(size=(n, 2))
    found = np.array(dft([tuple(value) for value in values.tolist()]))
    np.testing.assert_allclose(found @ [1, 1j], np.fft.fft(values @ [1, 1j]), rtol=1e-12, atol=1e-12)


@given(st.integers(1, 5000))
def test_frames_are_counted_as_they_are_cut(n_samples):
    assert len(cut_frames(np.zeros(n_samples))) == count_frames(n_samples)
