import librosa
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.clip import SAMPLE_RATE_HZ
from pipeline.features.signal import Signal
from pipeline.features.tempo import estimate_tempo, onset_strength


def librosas(onsets):
    return float(np.squeeze(librosa.beat.beat_track(onset_envelope=onsets, sr=SAMPLE_RATE_HZ)[0]))


def test_the_onset_strength_is_librosas(samples):
    mel_db = librosa.power_to_db(librosa.feature.melspectrogram(y=samples, sr=SAMPLE_RATE_HZ))
    expected = librosa.onset.onset_strength(S=mel_db, sr=SAMPLE_RATE_HZ, aggregate=np.median)
    np.testing.assert_array_equal(onset_strength(mel_db), expected)


def test_the_tempo_is_librosas(samples):
    assert Signal(samples).tempo_bpm == np.squeeze(librosa.beat.beat_track(y=samples, sr=SAMPLE_RATE_HZ)[0])


@given(st.integers(22, 1300), st.integers(0, 2**32 - 1), st.sampled_from([0.5, 0.02]))
def test_the_tempo_of_any_onsets_is_librosas(n_frames, seed, share):
    rng = np.random.default_rng(seed)
    onsets = np.where(rng.random(n_frames) < share, rng.exponential(size=n_frames), 0).astype(np.float32)
    assert estimate_tempo(onsets) == librosas(onsets)


@pytest.mark.parametrize("bpm", [90, 120, 140])
def test_the_tempo_of_clicks_is_theirs(bpm):
    beats_s = np.arange(0, 10, 60 / bpm)
    clicks = librosa.clicks(times=beats_s, sr=SAMPLE_RATE_HZ, length=10 * SAMPLE_RATE_HZ)
    assert Signal(clicks.astype(np.float32)).tempo_bpm == pytest.approx(bpm, rel=0.04)
