import librosa
import numpy as np
import pytest

from pipeline.clip import SAMPLE_RATE_HZ
from pipeline.features.fourier import N_FFT
from pipeline.features.spectral_shape import spectral_shape

BIN_HZ = SAMPLE_RATE_HZ / N_FFT


def test_centroid_and_bandwidth_are_librosas(samples):
    magnitude = np.abs(librosa.stft(samples))
    centroid, bandwidth, _ = spectral_shape(magnitude, BIN_HZ)
    assert centroid == pytest.approx(librosa.feature.spectral_centroid(S=magnitude)[0], rel=1e-5)
    assert bandwidth == pytest.approx(librosa.feature.spectral_bandwidth(S=magnitude)[0], rel=1e-5)


def test_the_roll_off_is_librosas_or_one_bin_beside_it_where_rounding_decides(samples):
    magnitude = np.abs(librosa.stft(samples))
    rolloff = spectral_shape(magnitude, BIN_HZ)[2]
    difference = np.abs(rolloff - librosa.feature.spectral_rolloff(S=magnitude)[0])
    assert difference.max() <= 1.01 * BIN_HZ
    assert (difference > 1e-6).mean() <= 0.02


def test_the_shape_of_two_lines_is_known():
    magnitude = np.zeros((1025, 1), dtype=np.float32)
    magnitude[[100, 300], 0] = 3, 1
    np.testing.assert_allclose(spectral_shape(magnitude, 1.0)[:, 0], [150, np.sqrt(7500), 300])


def test_a_silent_frame_lies_at_zero():
    assert not spectral_shape(np.zeros((1025, 2), dtype=np.float32), BIN_HZ).any()
