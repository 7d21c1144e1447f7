"""What was heard, as data URIs: the spectrogram's picture and the sound, so that neither needs a place on the disk."""

import base64
import io
from functools import cache

import librosa
import numpy as np
from matplotlib import colormaps
from PIL import Image

from pipeline.clip import SAMPLE_RATE_HZ
from pipeline.report.listening import wav

FREQUENCIES = (("256 Hz", 256), ("1 kHz", 1024), ("4 kHz", 4096))


def picture_uri(levels: np.ndarray) -> str:
    """Return a picture of levels [shape=(n_bands, n_columns), dtype=uint8], lowest band at the bottom, as PNG."""
    image = Image.fromarray(levels[::-1])
    image.putpalette(_magma())
    file = io.BytesIO()
    image.save(file, format="PNG")
    return _uri("image/png", file.getvalue())


def sound_uri(y: np.ndarray) -> str:
    """Return a clip [shape=(n,), dtype=int16] as WAV."""
    return _uri("audio/wav", wav(y))


@cache
def frequency_ticks(n_bands: int) -> tuple[tuple[str, float], ...]:
    """Return labels of the mel axis, and their height as a share of the picture's."""
    centres_hz = librosa.mel_frequencies(n_mels=n_bands + 2, fmax=SAMPLE_RATE_HZ / 2)[1:-1]
    return tuple(
        (label, float(np.interp(hz, centres_hz, np.arange(n_bands) + 0.5) / n_bands)) for label, hz in FREQUENCIES
    )


@cache
def _magma() -> bytes:
    return (colormaps["magma"](np.arange(256))[:, :3] * 255).round().astype(np.uint8).tobytes()


def _uri(kind: str, content: bytes) -> str:
    return f"data:{kind};base64,{base64.b64encode(content).decode()}"
