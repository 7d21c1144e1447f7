"""Music in formats that soundfile doesn't write, by PyAV."""

import io

import av
import numpy as np

RATE_HZ = 44_100


def noise(duration_s: float, seed: int = 0) -> np.ndarray:
    """Return noise whose loudness changes, so that bit rates and places do."""
    rng = np.random.default_rng(seed)
    n = round(duration_s * RATE_HZ)
    loudness = 0.02 + 0.3 * np.interp(np.arange(n), np.arange(0, n, RATE_HZ), rng.random(len(range(0, n, RATE_HZ))))
    return (loudness * rng.standard_normal(n)).clip(-1, 1).astype(np.float32)


def encode(y: np.ndarray, container: str, codec: str, **options: str) -> bytes:
    """Return a mono signal at `RATE_HZ` as a file; `options` of the codec, ``write_xing`` of MP3's container."""
    file = io.BytesIO()
    of_container = {name: options.pop(name) for name in ("write_xing",) if name in options}
    with av.open(file, "w", format=container, options=of_container) as out:
        stream = out.add_stream(codec, rate=RATE_HZ, layout="mono", options=options)
        if "global_quality" not in options:
            stream.bit_rate = 128_000
        context = stream.codec_context
        context.open()
        frame = av.AudioFrame.from_ndarray(np.round(y * 32767).astype(np.int16)[None], format="s16", layout="mono")
        frame.sample_rate = RATE_HZ
        resampler = av.AudioResampler(context.format.name, "mono", RATE_HZ, context.frame_size or 4096)
        for part in [*resampler.resample(frame), *resampler.resample(None)]:
            out.mux(stream.encode(part))
        out.mux([packet for packet in stream.encode(None) if packet.size])  # FLAC ends with one of no sound
    return file.getvalue()
