"""What was heard, as data URIs: the spectrogram's picture and the sound, so that neither needs a place on the disk."""

import base64
import io
import struct
import wave
import zlib
from functools import cache

import librosa
import numpy as np
from matplotlib import colormaps

from pipeline.clip import SAMPLE_RATE_HZ

FREQUENCIES = (("256 Hz", 256), ("1 kHz", 1024), ("4 kHz", 4096))


def picture_uri(levels: np.ndarray) -> str:
    """Return a picture of levels [shape=(n_bands, n_columns), dtype=uint8], lowest band at the bottom, as PNG."""
    rows = levels[::-1]
    scanlines = np.pad(rows, ((0, 0), (1, 0))).tobytes()  # each begins with its filter: none
    header = struct.pack(">IIBBBBB", rows.shape[1], rows.shape[0], 8, 3, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"PLTE", _magma()), (b"IDAT", zlib.compress(scanlines, 6)), (b"IEND", b""))
    content = b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data)) for name, data in chunks
    )
    return _uri("image/png", content)


def sound_uri(y: np.ndarray) -> str:
    """Return a clip [shape=(n,), dtype=int16] as WAV."""
    file = io.BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(SAMPLE_RATE_HZ)
        sound.writeframes(y.astype("<i2").tobytes())
    return _uri("audio/wav", file.getvalue())


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
