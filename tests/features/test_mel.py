import librosa
import numpy as np

from pipeline.clip import SAMPLE_RATE_HZ
from pipeline.features.mel import melspectrogram
from pipeline.features.signal import Signal


def test_mel_bands_are_librosas(samples):
    magnitude = np.abs(librosa.stft(samples))
    expected = librosa.feature.melspectrogram(S=magnitude**2, sr=SAMPLE_RATE_HZ)
    np.testing.assert_allclose(melspectrogram(np.ascontiguousarray(magnitude.T)).T, expected, rtol=1e-5)


def test_mfcc_are_librosas(samples):
    expected = librosa.feature.mfcc(y=samples, sr=SAMPLE_RATE_HZ)
    np.testing.assert_allclose(Signal(samples).mfcc, expected, rtol=1e-4, atol=2e-3)
