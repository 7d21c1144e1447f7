import librosa
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from pipeline.clip import SAMPLE_RATE_HZ
from pipeline.features.mel import decibels, mel_bank, melspectrogram
from pipeline.features.signal import Signal


@pytest.mark.parametrize(
    ("rate_hz", "n_fft", "n_mels"), [(SAMPLE_RATE_HZ, 2048, 128), (16_000, 512, 96), (8_000, 256, 10)]
)
def test_the_bank_is_librosas(rate_hz, n_fft, n_mels):
    expected = librosa.filters.mel(sr=rate_hz, n_fft=n_fft, n_mels=n_mels)
    np.testing.assert_allclose(mel_bank(rate_hz, n_fft, n_mels), expected, rtol=3e-7, atol=0)


@given(arrays(np.float32, (3, 4), elements=st.floats(0, 2.0**60, width=32)))
def test_decibels_are_librosas(power):
    np.testing.assert_array_equal(decibels(power), librosa.power_to_db(power))


def test_mel_bands_are_librosas(samples):
    magnitude = np.abs(librosa.stft(samples))
    expected = librosa.feature.melspectrogram(S=magnitude**2, sr=SAMPLE_RATE_HZ)
    np.testing.assert_allclose(melspectrogram(magnitude), expected, rtol=1e-5)


def test_mfcc_are_librosas(samples):
    expected = librosa.feature.mfcc(y=samples, sr=SAMPLE_RATE_HZ)
    np.testing.assert_allclose(Signal(samples).mfcc, expected, rtol=1e-4, atol=2e-3)
