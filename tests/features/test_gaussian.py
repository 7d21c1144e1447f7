"""``mfcc-gaussian-v1`` is the Gaussian of librosa's MFCCs, and songs can be compared by it."""

import librosa
import numpy as np
import pytest

from pipeline.clip import SAMPLE_RATE_HZ
from pipeline.features import get_feature_set
from pipeline.features.signal import Signal
from pipeline.sources.demo import GENRES, render_track

GAUSSIAN = get_feature_set("mfcc-gaussian-v1")


def mean_and_covariance(values):
    """Unpack 13 means and the upper triangle of a covariance [shape=(13, 13)]."""
    upper = np.triu_indices(13)
    covariance = np.empty((13, 13))
    covariance[upper] = covariance.T[upper] = values[13:]
    return values[:13], covariance


def divergence(p, q):
    """Return the symmetrised Kullback-Leibler divergence of two Gaussians, twice its usual value (Mandel and Ellis)."""
    (mean_p, covariance_p), (mean_q, covariance_q) = mean_and_covariance(p), mean_and_covariance(q)
    inverse_p, inverse_q = np.linalg.inv(covariance_p), np.linalg.inv(covariance_q)
    apart = mean_p - mean_q
    spread = np.trace(inverse_p @ covariance_q + inverse_q @ covariance_p) - 2 * len(mean_p)
    return float(spread + apart @ (inverse_p + inverse_q) @ apart)


def of(genre, index=0, start_s=0.0, duration_s=3.0):
    start, stop = (int(seconds * SAMPLE_RATE_HZ) for seconds in (start_s, start_s + duration_s))
    return GAUSSIAN.compute(Signal(render_track(genre, index, duration_s=6.0)[start:stop]))


def test_names_and_values_are_mean_and_covariance_of_librosas_mfccs():
    y = render_track("pop", 0, duration_s=3.0)
    mfcc = librosa.feature.mfcc(y=y, sr=SAMPLE_RATE_HZ, n_mfcc=13)
    values = dict(zip(GAUSSIAN.columns, GAUSSIAN.compute(Signal(y)), strict=True))
    expected = {f"mfcc{i + 1}_mean": mfcc[i].mean() for i in range(13)}
    for i in range(13):
        for j in range(i, 13):
            name = f"mfcc{i + 1}_var" if i == j else f"mfcc{i + 1}_mfcc{j + 1}_cov"
            expected[name] = np.mean((mfcc[i] - mfcc[i].mean()) * (mfcc[j] - mfcc[j].mean()))
    assert values == pytest.approx(expected, rel=1e-4, abs=1e-2)
    assert len(values) == 13 + 91


@pytest.mark.parametrize("duration_s", [0.5, 3.0])
@pytest.mark.parametrize("genre", GENRES)
def test_the_covariance_of_music_can_be_inverted(genre, duration_s):
    _, covariance = mean_and_covariance(of(genre, duration_s=duration_s))
    assert np.array_equal(covariance, covariance.T)
    assert np.linalg.eigvalsh(covariance).min() > 0
    assert np.linalg.cond(covariance) < 1e6


def test_a_silent_windows_covariance_is_zero():
    mean, covariance = mean_and_covariance(GAUSSIAN.compute(Signal(np.zeros(66_150, dtype=np.float32))))
    assert not covariance.any()
    assert mean[0] < -1000


def test_the_divergence_is_zero_to_itself_symmetric_and_least_within_a_track():
    metal, later, classical = of("metal"), of("metal", start_s=3.0), of("classical")
    assert divergence(metal, metal) == pytest.approx(0, abs=1e-6)
    assert divergence(metal, classical) == pytest.approx(divergence(classical, metal))
    assert 0 < divergence(metal, later) < divergence(metal, classical)
