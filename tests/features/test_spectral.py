"""``spectral-v1`` is what librosa's own functions give, called one by one on the samples with their defaults."""

import csv

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from benchmarks.recipe import published
from pipeline.clip import SAMPLE_RATE_HZ
from pipeline.errors import InputError
from pipeline.features import FEATURE_SETS, get_feature_set
from pipeline.features.moments import mean_and_variance
from pipeline.features.signal import Signal
from pipeline.sources.demo import render_track

SPECTRAL = get_feature_set("spectral-v1")


@pytest.mark.parametrize("genre", ["rock", "classical"])
def test_all_57_values_are_librosas_own(genre):
    y = render_track(genre, 0, duration_s=6.0)
    expected = published(y)
    found = SPECTRAL.compute(Signal(y))
    assert (found.shape, found.dtype) == ((57,), np.float64)
    assert dict(zip(SPECTRAL.columns, found, strict=True)) == pytest.approx(expected, rel=1e-4, abs=1e-6)


def test_the_same_samples_give_the_same_values_to_the_last_bit():
    y = render_track("jazz", 0, duration_s=3.0)
    assert np.array_equal(SPECTRAL.compute(Signal(y)), SPECTRAL.compute(Signal(y.copy())))


@pytest.mark.parametrize("n_samples", [SAMPLE_RATE_HZ // 2, 66_149, 66_150])
def test_any_window_from_half_a_second_on_has_finite_values(n_samples):
    y = render_track("metal", 0, duration_s=3.0)[:n_samples]
    assert np.isfinite(SPECTRAL.compute(Signal(y))).all()


@given(arrays(np.float32, st.tuples(st.integers(1, 3), st.integers(1, 99)), elements=st.floats(-1e9, 1e9, width=32)))
def test_means_and_variances_are_those_of_numpy_in_double_precision(rows):
    expected = np.stack([rows.mean(axis=1, dtype=np.float64), rows.var(axis=1, dtype=np.float64)], axis=1).ravel()
    rounded = 1e-12 * np.abs(rows).max(initial=0.0, axis=1).astype(np.float64)
    for found in (mean_and_variance(rows), mean_and_variance(np.asfortranarray(rows))):
        assert (np.abs(found - expected) <= 1e-12 * np.abs(expected) + np.stack([rounded, rounded**2], 1).ravel()).all()


def test_a_silent_window_is_no_error_and_has_finite_values():
    values = dict(zip(SPECTRAL.columns, SPECTRAL.compute(Signal(np.zeros(66_150, dtype=np.float32))), strict=True))
    assert np.isfinite(list(values.values())).all()
    assert values["rms_mean"] == values["chroma_stft_mean"] == 0


def test_a_pure_tone_has_its_centroid_at_its_pitch():
    y = (0.5 * np.sin(2 * np.pi * 1000 * np.arange(66_150) / SAMPLE_RATE_HZ)).astype(np.float32)
    values = dict(zip(SPECTRAL.columns, SPECTRAL.compute(Signal(y)), strict=True))
    assert values["spectral_centroid_mean"] == pytest.approx(1000, rel=0.02)
    assert values["rms_mean"] == pytest.approx(0.5 / np.sqrt(2), rel=0.02)
    assert values["zero_crossing_rate_mean"] == pytest.approx(2000 / SAMPLE_RATE_HZ, rel=0.02)


def test_a_feature_set_that_there_is_not_is_refused_naming_those_there_are():
    with pytest.raises(InputError, match="'mel-v9'; there are: " + ", ".join(FEATURE_SETS)):
        get_feature_set("mel-v9")


@pytest.mark.realdata
def test_names_and_order_are_those_of_the_public_table(real_data):
    with open(real_data / "tables" / "features_30_sec.csv", newline="") as handle:
        header = next(csv.reader(handle))
    assert header == ["filename", "length", *SPECTRAL.columns, "label"]
