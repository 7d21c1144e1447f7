import librosa
import numpy as np

from pipeline.features.hpss import harmonic_share
from pipeline.features.signal import Signal


def test_the_harmonic_share_is_librosas(samples):
    magnitude = np.abs(librosa.stft(samples))
    expected, _ = librosa.decompose.hpss(magnitude, mask=True)
    np.testing.assert_allclose(harmonic_share(magnitude), expected, rtol=0, atol=1e-6)


def test_both_parts_of_a_signal_are_librosas(samples):
    expected = librosa.effects.hpss(samples)
    signal = Signal(samples)
    for found, part in zip((signal.harmonic, signal.percussive), expected, strict=True):
        np.testing.assert_allclose(found, part, rtol=0, atol=2e-6 * np.abs(samples).max())


def test_of_silence_each_part_has_half():
    assert (harmonic_share(np.zeros((1025, 40), dtype=np.float32)) == 0.5).all()
