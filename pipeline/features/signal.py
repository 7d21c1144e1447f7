"""A mono signal and what feature sets need to know of it, each computed once, when first asked for."""

from functools import cached_property

import librosa
import numpy as np
import scipy.fft

from pipeline.clip import SAMPLE_RATE_HZ
from pipeline.features.bands import N_MFCC
from pipeline.features.chroma import chroma_stft, estimate_tuning
from pipeline.features.fourier import HOP_LENGTH, N_FFT, invert, transform
from pipeline.features.hpss import harmonic_share
from pipeline.features.mel import decibels, melspectrogram
from pipeline.features.spectral_shape import spectral_shape
from pipeline.features.tempo import estimate_tempo, onset_strength
from pipeline.features.waveform import root_mean_square, zero_crossing_rate


class Signal:
    """A stretch of music, seen through librosa's defaults: Hann windows of 2048 samples, hop 512, centred, zero-padded.

    Every property equals, to rounding, what librosa 0.11 gives for the samples alone; arrays are
    [shape=(…, n_frames)] as there.

    Parameters
    ----------
    y : np.ndarray [shape=(n,), dtype=float32]
        mono, 22 050 Hz; n >= 7680, so that medians of 31 frames can be taken
    """

    def __init__(self, y: np.ndarray):
        self.y = y

    @cached_property
    def magnitude(self) -> np.ndarray:
        """Absolute values of ``librosa.stft`` [shape=(1025, n_frames), dtype=float32]."""
        return np.abs(self._spectra)

    @cached_property
    def power(self) -> np.ndarray:
        """Squares of `magnitude` [shape=(1025, n_frames), dtype=float32]."""
        return self.magnitude**2

    @cached_property
    def mel_db(self) -> np.ndarray:
        """``librosa.power_to_db`` of ``librosa.feature.melspectrogram`` [shape=(128, n_frames)], dB."""
        return decibels(melspectrogram(self.magnitude))

    @cached_property
    def mfcc(self) -> np.ndarray:
        """``librosa.feature.mfcc`` [shape=(20, n_frames)]."""
        return scipy.fft.dct(self.mel_db, axis=0, type=2, norm="ortho")[:N_MFCC]

    @cached_property
    def chroma(self) -> np.ndarray:
        """``librosa.feature.chroma_stft`` [shape=(12, n_frames)], each frame's maximum 1; zeros where silent."""
        return chroma_stft(self.power, estimate_tuning(self.power))

    @cached_property
    def rms(self) -> np.ndarray:
        """``librosa.feature.rms`` of the samples [shape=(1, n_frames)]."""
        return root_mean_square(self.y)

    @cached_property
    def zero_crossing_rate(self) -> np.ndarray:
        """``librosa.feature.zero_crossing_rate`` [shape=(1, n_frames)], share of samples."""
        return zero_crossing_rate(self.y)

    @property
    def spectral_centroid(self) -> np.ndarray:
        """``librosa.feature.spectral_centroid`` [shape=(1, n_frames)], Hz."""
        return self._shape[:1]

    @property
    def spectral_bandwidth(self) -> np.ndarray:
        """``librosa.feature.spectral_bandwidth`` [shape=(1, n_frames)], Hz."""
        return self._shape[1:2]

    @property
    def rolloff(self) -> np.ndarray:
        """``librosa.feature.spectral_rolloff`` [shape=(1, n_frames)], Hz."""
        return self._shape[2:]

    @cached_property
    def harmonic(self) -> np.ndarray:
        """First part of ``librosa.effects.hpss`` [shape=(n,)], samples."""
        return invert(self._spectra, harmonic_share(self.magnitude), len(self.y))

    @cached_property
    def percussive(self) -> np.ndarray:
        """Second part of ``librosa.effects.hpss`` [shape=(n,)], samples."""
        return self.y - self.harmonic

    @cached_property
    def tonnetz(self) -> np.ndarray:
        """``librosa.feature.tonnetz`` of `chroma` [shape=(6, n_frames)].

        Called with samples, librosa would take the constant-Q chroma of their harmonic part: 0.16 s for 30 seconds of
        music, where this takes a thousandth of it.
        """
        return librosa.feature.tonnetz(chroma=self.chroma)

    @cached_property
    def tempo_bpm(self) -> float:
        """Tempo of ``librosa.beat.beat_track``, beats a minute; 0 where there is no onset."""
        return estimate_tempo(onset_strength(self.mel_db))

    @cached_property
    def _spectra(self) -> np.ndarray:
        return transform(self.y)

    @cached_property
    def _shape(self) -> np.ndarray:
        return spectral_shape(self.magnitude, SAMPLE_RATE_HZ / N_FFT)


__all__ = ["HOP_LENGTH", "N_FFT", "Signal"]
