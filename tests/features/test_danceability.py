"""Danceability: a steady beat scores high, music that swells and ebbs low, whatever its level."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.clip import SAMPLE_RATE_HZ
from pipeline.features.danceability import _fluctuations, danceability

TEN_SECONDS = 10 * SAMPLE_RATE_HZ
TIME_S = np.arange(TEN_SECONDS) / SAMPLE_RATE_HZ
HISS = np.random.default_rng(0).uniform(-0.5, 0.5, TEN_SECONDS)
BEATEN = (HISS * np.exp(-(TIME_S % 0.5) / 0.05)).astype(np.float32)
SWELLING = (HISS * (1 + 0.9 * np.sin(2 * np.pi * TIME_S / 9))).astype(np.float32)


def test_fluctuations_are_the_residuals_of_a_straight_line_fitted_to_every_stretch():
    walk = np.random.default_rng(0).normal(size=120).cumsum()
    for scale in (31, 50, 120):
        stretches = np.lib.stride_tricks.sliding_window_view(walk, scale)
        residuals = [
            np.mean((stretch - np.polyval(np.polyfit(range(scale), stretch, 1), range(scale))) ** 2)
            for stretch in stretches
        ]
        assert _fluctuations(walk, np.array([scale])) == pytest.approx(np.mean(residuals), rel=1e-9)


def test_the_exponent_is_that_of_the_level():
    # White levels sum up to a random walk, whose fluctuations grow with the square root of the scale.
    rng = np.random.default_rng(0)
    levels = rng.uniform(0.5, 1.5, 3000)
    tone = np.tile(np.sin(2 * np.pi * np.arange(220) / 55), 3000)
    assert danceability((np.repeat(levels, 220) * tone).astype(np.float32)) == pytest.approx(1 / 0.5, rel=0.1)


def test_a_steady_beat_scores_high_and_swelling_noise_low():
    assert danceability(BEATEN) > 3
    assert danceability(SWELLING) < 0.8


@given(gain=st.floats(1e-4, 1e4))
def test_the_level_of_the_recording_does_not_matter(gain):
    assert danceability(BEATEN * np.float32(gain)) == pytest.approx(danceability(BEATEN), rel=1e-3)
    assert danceability(SWELLING * np.float32(gain)) == pytest.approx(danceability(SWELLING), rel=1e-3)


@given(n_samples=st.integers(1, TEN_SECONDS))
def test_a_stretch_of_any_length_stays_in_range(n_samples):
    assert 0 <= danceability(BEATEN[:n_samples]) <= 5


@pytest.mark.parametrize("samples", [np.zeros(TEN_SECONDS), np.full(TEN_SECONDS, 0.5), BEATEN[:8000]])
def test_silence_a_constant_and_less_than_two_fifths_of_a_second_score_zero(samples):
    assert danceability(samples.astype(np.float32)) == 0
