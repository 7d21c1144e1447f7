import warnings

import librosa
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.clip import SAMPLE_RATE_HZ
from pipeline.features.chroma import chroma_stft, estimate_tuning, filter_bank
from pipeline.features.signal import Signal
from pipeline.sources.demo import render_track


def librosas(function, *args, **options):
    with warnings.catch_warnings():  # a signal without peaks has no tuning
        warnings.filterwarnings("ignore", "Trying to estimate tuning from empty frequency set", UserWarning)
        return function(*args, **options)


def test_the_tuning_is_librosas(samples):
    power = np.abs(librosa.stft(samples)) ** 2
    expected = librosas(librosa.estimate_tuning, S=power, sr=SAMPLE_RATE_HZ, bins_per_octave=12)
    assert estimate_tuning(power) == expected


@given(st.floats(-0.5, 0.5))
def test_the_bank_is_librosas(tuning):
    expected = librosa.filters.chroma(sr=SAMPLE_RATE_HZ, n_fft=2048, tuning=tuning)
    np.testing.assert_allclose(filter_bank(tuning), expected, rtol=1e-6, atol=1e-30)


@pytest.mark.parametrize("tuning", [-0.4, -0.15, 0.0, 0.25])
def test_the_tuning_of_an_instrument_out_of_tune_is_found(tuning):
    time_s = np.arange(3 * SAMPLE_RATE_HZ) / SAMPLE_RATE_HZ
    notes = 220 * 2 ** ((np.array([0, 4, 7, 12, 16]) + tuning) / 12)
    signal = Signal(sum(np.sin(2 * np.pi * hz * time_s) for hz in notes).astype(np.float32))
    assert estimate_tuning(signal.power) == pytest.approx(tuning, abs=0.05)


def test_chroma_are_librosas_under_any_tuning(samples):
    power = np.abs(librosa.stft(samples)) ** 2
    for tuning in (-0.5, 0.0, 0.37):
        expected = librosa.feature.chroma_stft(S=power, sr=SAMPLE_RATE_HZ, tuning=tuning)
        np.testing.assert_allclose(chroma_stft(power, tuning), expected, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("genre", ["blues", "jazz", "metal"])
def test_chroma_of_music_are_librosas_tuning_included(genre):
    music = render_track(genre, 0, duration_s=6.0)
    expected = librosa.feature.chroma_stft(y=music, sr=SAMPLE_RATE_HZ)
    np.testing.assert_allclose(Signal(music).chroma, expected, rtol=1e-3, atol=1e-5)


def test_silence_has_no_pitch():
    assert not chroma_stft(np.zeros((1025, 5), dtype=np.float32), 0.0).any()
    assert estimate_tuning(np.zeros((1025, 5), dtype=np.float32)) == 0
