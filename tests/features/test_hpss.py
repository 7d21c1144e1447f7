import librosa
import numpy as np

from pipeline.features.hpss import harmonic_blocks
from pipeline.features.signal import Signal


def test_the_harmonic_part_is_librosas(samples):
    spectra = np.ascontiguousarray(librosa.stft(samples).T)
    expected, _ = librosa.decompose.hpss(spectra.T)
    harmonic = np.concatenate(list(harmonic_blocks(spectra, np.abs(spectra))))
    np.testing.assert_allclose(harmonic.T, expected, rtol=0, atol=1e-6 * np.abs(spectra).max())


def test_both_parts_of_a_signal_are_librosas(samples):
    expected = librosa.effects.hpss(samples)
    signal = Signal(samples)
    for found, part in zip((signal.harmonic, signal.percussive), expected, strict=True):
        np.testing.assert_allclose(found, part, rtol=0, atol=2e-6 * np.abs(samples).max())


def test_silence_stays_silence():
    silence = np.zeros((40, 1025), dtype=np.complex64)
    assert not any(block.any() for block in harmonic_blocks(silence, np.abs(silence)))
