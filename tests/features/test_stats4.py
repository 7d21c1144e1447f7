"""``spectral-stats4`` against librosa's own functions, called one by one on the samples."""

import librosa
import numpy as np
import pytest

from pipeline.clip import SAMPLE_RATE_HZ
from pipeline.features import get_feature_set
from pipeline.features.signal import Signal
from pipeline.sources.demo import render_track

STATS4 = get_feature_set("spectral-stats4")


def by_librosa(y):
    """Compute the 681 values by name, as the set's documentation defines them."""
    sr = SAMPLE_RATE_HZ
    harmonic, percussive = librosa.effects.hpss(y)
    chroma = librosa.feature.chroma_stft(y=y, sr=sr)
    many = {
        "mfcc": librosa.feature.mfcc(y=y, sr=sr),
        "mel": librosa.power_to_db(librosa.feature.melspectrogram(y=y, sr=sr)),
        "chroma": chroma,
        "tonnetz": librosa.feature.tonnetz(chroma=chroma, sr=sr),
    }
    one = {
        "harmonic_rms": librosa.feature.rms(y=harmonic),
        "percussive_rms": librosa.feature.rms(y=percussive),
        "spectral_centroid": librosa.feature.spectral_centroid(y=y, sr=sr),
        "rms": librosa.feature.rms(y=y),
    }
    descriptors = {f"{name}{i}": row for name, rows in many.items() for i, row in enumerate(rows, start=1)} | one
    statistics = {"mean": np.mean, "std": np.std, "min": np.min, "max": np.max}
    values = {
        f"{name}_{statistic}": of_frames(frames)
        for name, frames in descriptors.items()
        for statistic, of_frames in statistics.items()
    }
    (tempo_bpm,) = np.atleast_1d(librosa.beat.beat_track(y=y, sr=sr)[0])
    return values | {"tempo": tempo_bpm}


@pytest.mark.parametrize(("genre", "duration_s"), [("classical", 3.0), ("disco", 10.0)])
def test_all_681_values_are_librosas_own(genre, duration_s):
    y = render_track(genre, 0, duration_s=duration_s)
    found = dict(zip(STATS4.columns, STATS4.compute(Signal(y)), strict=True))
    assert len(found) == 681
    # Float32 sums of either side differ by a few parts in a million; a mel band at the floor by less than 0.01 dB.
    assert found == pytest.approx(by_librosa(y), rel=1e-4, abs=1e-3)


def test_minimum_mean_and_maximum_are_in_order():
    values = STATS4.compute(Signal(render_track("jazz", 0, duration_s=3.0)))[:-1].reshape(-1, 4)
    mean, std, least, most = values.T
    assert (least <= mean).all()
    assert (mean <= most).all()
    assert ((std >= 0) & (std <= most - least)).all()


def test_what_separates_harmonic_from_percussive_sound_shows():
    steady = np.sin(2 * np.pi * 440 * np.arange(3 * SAMPLE_RATE_HZ) / SAMPLE_RATE_HZ).astype(np.float32)
    clicks = np.zeros(3 * SAMPLE_RATE_HZ, dtype=np.float32)
    clicks[:: SAMPLE_RATE_HZ // 4] = 1
    for samples, louder, softer in [
        (steady, "harmonic_rms_mean", "percussive_rms_mean"),
        (clicks, "percussive_rms_mean", "harmonic_rms_mean"),
    ]:
        values = dict(zip(STATS4.columns, STATS4.compute(Signal(samples)), strict=True))
        assert values[louder] > 10 * values[softer]
