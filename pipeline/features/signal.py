"""A mono signal and what feature sets need to know of it, each computed once, when first asked for."""

import warnings
from functools import cached_property

import librosa
import numpy as np

from pipeline.clip import SAMPLE_RATE_HZ
from pipeline.features.hpss import separate

N_FFT = 2048
HOP_LENGTH = 512
N_MFCC = 20


class Signal:
    """A stretch of music, seen through librosa's defaults: Hann windows of 2048 samples, hop 512, centred, zero-padded.

    Every property equals what librosa 0.11 gives for the samples alone; arrays are [shape=(…, n_frames)] as there.

    Parameters
    ----------
    samples : np.ndarray [shape=(n,), dtype=float32]
        mono, 22 050 Hz
    """

    def __init__(self, samples: np.ndarray):
        self.samples = samples

    @cached_property
    def stft(self) -> np.ndarray:
        """``librosa.stft`` [shape=(1025, n_frames), dtype=complex64]."""
        return librosa.stft(self.samples, n_fft=N_FFT, hop_length=HOP_LENGTH)

    @cached_property
    def magnitude(self) -> np.ndarray:
        """Absolute values of `stft` [shape=(1025, n_frames)]."""
        return np.abs(self.stft)

    @cached_property
    def power(self) -> np.ndarray:
        """Squares of `magnitude` [shape=(1025, n_frames)]."""
        return self.magnitude**2

    @cached_property
    def mel_db(self) -> np.ndarray:
        """``librosa.power_to_db`` of ``librosa.feature.melspectrogram`` [shape=(128, n_frames)], dB."""
        return librosa.power_to_db(librosa.feature.melspectrogram(S=self.power, sr=SAMPLE_RATE_HZ))

    @cached_property
    def mfcc(self) -> np.ndarray:
        """``librosa.feature.mfcc`` [shape=(20, n_frames)]."""
        return librosa.feature.mfcc(S=self.mel_db, n_mfcc=N_MFCC)

    @cached_property
    def chroma(self) -> np.ndarray:
        """``librosa.feature.chroma_stft`` [shape=(12, n_frames)], each frame's maximum 1; zeros where silent."""
        with warnings.catch_warnings():  # a silent window has no tuning
            warnings.filterwarnings("ignore", "Trying to estimate tuning from empty frequency set", UserWarning)
            return librosa.feature.chroma_stft(S=self.power, sr=SAMPLE_RATE_HZ)

    @cached_property
    def rms(self) -> np.ndarray:
        """``librosa.feature.rms`` of the samples [shape=(1, n_frames)]."""
        return librosa.feature.rms(y=self.samples)

    @cached_property
    def zero_crossing_rate(self) -> np.ndarray:
        """``librosa.feature.zero_crossing_rate`` [shape=(1, n_frames)], share of samples."""
        return librosa.feature.zero_crossing_rate(self.samples)

    @cached_property
    def spectral_centroid(self) -> np.ndarray:
        """``librosa.feature.spectral_centroid`` [shape=(1, n_frames)], Hz."""
        return librosa.feature.spectral_centroid(S=self.magnitude, sr=SAMPLE_RATE_HZ)

    @cached_property
    def spectral_bandwidth(self) -> np.ndarray:
        """``librosa.feature.spectral_bandwidth`` [shape=(1, n_frames)], Hz."""
        return librosa.feature.spectral_bandwidth(S=self.magnitude, sr=SAMPLE_RATE_HZ)

    @cached_property
    def rolloff(self) -> np.ndarray:
        """``librosa.feature.spectral_rolloff`` [shape=(1, n_frames)], Hz."""
        return librosa.feature.spectral_rolloff(S=self.magnitude, sr=SAMPLE_RATE_HZ)

    @cached_property
    def harmonic(self) -> np.ndarray:
        """First part of ``librosa.effects.hpss`` [shape=(n,)], samples."""
        return self._inverse(self._separated[0])

    @cached_property
    def percussive(self) -> np.ndarray:
        """Second part of ``librosa.effects.hpss`` [shape=(n,)], samples."""
        return self._inverse(self._separated[1])

    @cached_property
    def tempo_bpm(self) -> float:
        """Tempo of ``librosa.beat.beat_track``, beats a minute; 0 where there is no onset."""
        onset_strength = librosa.onset.onset_strength(S=self.mel_db, sr=SAMPLE_RATE_HZ, aggregate=np.median)
        tempo_bpm, _ = librosa.beat.beat_track(onset_envelope=onset_strength, sr=SAMPLE_RATE_HZ)
        return float(np.squeeze(tempo_bpm))

    @cached_property
    def _separated(self) -> tuple[np.ndarray, np.ndarray]:
        return separate(self.stft)

    def _inverse(self, stft: np.ndarray) -> np.ndarray:
        return librosa.istft(stft, n_fft=N_FFT, hop_length=HOP_LENGTH, length=len(self.samples))
