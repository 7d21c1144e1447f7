import librosa
import numpy as np

from pipeline.features.hpss import separate
from pipeline.sources.demo import render_track


def test_separation_is_that_of_librosa():
    stft = librosa.stft(render_track("disco", 0, duration_s=6.0))
    harmonic, percussive = separate(stft)
    expected_harmonic, expected_percussive = librosa.decompose.hpss(stft)
    loudest = np.abs(stft).max()
    np.testing.assert_allclose(harmonic, expected_harmonic, atol=1e-6 * loudest)
    np.testing.assert_allclose(percussive, expected_percussive, atol=1e-6 * loudest)


def test_silence_stays_silence():
    for part in separate(np.zeros((1025, 40), dtype=np.complex64)):
        assert not part.any()
