"""Frame sequences are librosa's arrays, row by row, and bear being stored in half precision."""

import librosa
import numpy as np
import pytest

from pipeline.clip import SAMPLE_RATE_HZ
from pipeline.features import get_feature_set
from pipeline.features.signal import Signal
from pipeline.sources.demo import render_track

MELSPEC, MFCC = get_feature_set("melspec-frames-v1"), get_feature_set("mfcc-frames-v1")


@pytest.fixture(scope="module", params=["hiphop", "classical"])
def music(request):
    return render_track(request.param, 0, duration_s=3.0)


def test_melspec_frames_are_librosas_mel_spectrogram_in_db(music):
    expected = librosa.power_to_db(librosa.feature.melspectrogram(y=music, sr=SAMPLE_RATE_HZ))
    np.testing.assert_allclose(MELSPEC.compute(Signal(music)), expected.T, atol=1e-2)


def test_mfcc_frames_are_librosas_first_13_coefficients(music):
    expected = librosa.feature.mfcc(y=music, sr=SAMPLE_RATE_HZ, n_mfcc=13)
    np.testing.assert_allclose(MFCC.compute(Signal(music)), expected.T, rtol=1e-4, atol=1e-2)


@pytest.mark.parametrize("feature_set", [MELSPEC, MFCC], ids=lambda feature_set: feature_set.name)
@pytest.mark.parametrize(("duration_s", "n_frames"), [(3.0, 130), (30.0, 1292)])
def test_the_number_of_frames_is_the_published_one(feature_set, duration_s, n_frames):
    noise = np.random.default_rng(0).uniform(-1, 1, int(duration_s * SAMPLE_RATE_HZ)).astype(np.float32)
    assert feature_set.compute(Signal(noise)).shape == (n_frames, len(feature_set.columns))


def in_half_precision(values):
    return values.astype(np.float16).astype(np.float64)


def test_half_precision_costs_a_band_no_more_than_a_thirtieth_of_a_db(music):
    bands = MELSPEC.compute(Signal(music))
    assert abs(in_half_precision(bands) - bands).max() <= 1 / 32


def test_half_precision_costs_a_coefficient_no_more_than_1_part_in_2048(music):
    for samples in (music, np.zeros_like(music)):
        coefficients = MFCC.compute(Signal(samples))
        error = abs(in_half_precision(coefficients) - coefficients)
        assert (error <= abs(coefficients) / 2048 + 1e-7).all()


def test_the_loudest_and_the_softest_sound_fit_half_precision():
    for level in (0, 1e-30, 1, 1e4):
        noise = np.random.default_rng(0).uniform(-level, level, SAMPLE_RATE_HZ).astype(np.float32)
        for feature_set in (MELSPEC, MFCC):
            assert np.isfinite(in_half_precision(feature_set.compute(Signal(noise)))).all()
