"""Real files of every encoder at hand, and ways to damage them; the n-th mutation of a seed is always the same."""

import io
import random
import struct
import zlib
from functools import lru_cache

import numpy as np
import soundfile

from pipeline.clip import SAMPLE_RATE_HZ

LENGTH_S = 0.8
ENCODERS = (
    *(("WAV", subtype) for subtype in ("PCM_16", "PCM_U8", "PCM_24", "FLOAT", "DOUBLE", "ULAW")),
    *(("WAV", subtype) for subtype in ("IMA_ADPCM", "MS_ADPCM", "GSM610", "NMS_ADPCM_16", "G721_32", "MPEG_LAYER_III")),
    ("WAVEX", "PCM_16"), ("RF64", "PCM_16"), ("W64", "PCM_16"),
    ("FLAC", "PCM_16"), ("FLAC", "PCM_24"), ("OGG", "VORBIS"), ("OGG", "OPUS"), ("MP3", "MPEG_LAYER_III"),
    ("AIFF", "PCM_16"), ("AIFF", "IMA_ADPCM"), ("AU", "PCM_16"), ("AU", "G723_24"), ("CAF", "ALAC_16"),
    *((kind, "PCM_16") for kind in ("AVR", "HTK", "SVX", "MAT4", "MAT5", "MPC2K", "NIST", "PAF", "PVF", "SDS", "VOC")),
    ("IRCAM", "PCM_16"), ("XI", "DPCM_16"), ("WVE", "ALAW"), ("VOC", "ULAW"), ("PAF", "PCM_24"), ("CAF", "ULAW"),
)  # fmt: skip
"""Container and coding; libsndfile knows a file by its content, so all of them can come under any name."""

MAIN = ("WAV", "MP3", "FLAC", "OGG")
"""What music comes in: half of all mutations are of these."""

EXTREMES = (0, 1, 2, 3, 127, 128, 255, 256, 1023, 1024, 1025, 0x7FFF, 0x8000, 0xFFFF, 0x10000, 2**24, 2**28,
            2**31 - 1, 2**31, 2**32 - 2, 2**32 - 1, 2**36 - 1, 2**63 - 1, 2**63, 2**64 - 1)  # fmt: skip
HEADER_BYTES = 160
REVERSED_BITS = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))


@lru_cache(maxsize=1)
def seeds() -> dict[str, bytes]:
    """Return undamaged files by container, coding, channels and rate."""
    random_numbers = np.random.default_rng(0)
    made = {}
    for kind, coding in ENCODERS:
        for channels, rate_hz in ((1, 24_000 if coding == "OPUS" else SAMPLE_RATE_HZ), (2, 48_000)):
            time_s = np.arange(round(LENGTH_S * rate_hz)) / rate_hz
            tone = 0.4 * np.sin(2 * np.pi * 330 * time_s * (1 + time_s))[:, None]
            samples = tone + 0.05 * random_numbers.standard_normal((len(time_s), channels))
            content = _encoded(samples, kind, coding, rate_hz)
            if content:
                made[f"{kind} {coding} {channels} ch {rate_hz} Hz"] = content
    return made


def mutation(seed: int, number: int) -> tuple[str, bytes]:
    """Return what the mutation was made of, and its content."""
    draw = random.Random(f"{seed}/{number}")
    files = seeds()
    names = [name for name in files if name.split()[0] in MAIN] if draw.random() < 0.5 else list(files)
    name = draw.choice(names)
    content = bytearray(files[name])
    for _ in range(draw.choice((1, 1, 2, 4))):
        content = draw.choice(MUTATORS)(content, draw)
    if name.startswith("OGG") and draw.random() < 0.8:
        _mend_ogg_sums(content)
    return name, bytes(content)


def _encoded(samples: np.ndarray, kind: str, coding: str, rate_hz: int) -> bytes:
    """Return an empty file where this libsndfile does not write so, as mono formats don't write stereo."""
    handle = io.BytesIO()
    try:
        soundfile.write(handle, samples, rate_hz, format=kind, subtype=coding)
    except (soundfile.LibsndfileError, ValueError):
        return b""
    return handle.getvalue()


def _flip_bits(content: bytearray, draw: random.Random) -> bytearray:
    for _ in range(draw.choice((1, 3, 10, 100))):
        if content:
            content[draw.randrange(len(content))] ^= 1 << draw.randrange(8)
    return content


def _flip_in_header(content: bytearray, draw: random.Random) -> bytearray:
    for _ in range(draw.choice((1, 2, 5))):
        if content:
            content[draw.randrange(min(HEADER_BYTES, len(content)))] ^= 1 << draw.randrange(8)
    return content


def _set_field(content: bytearray, draw: random.Random) -> bytearray:
    """Set a field of the header, wherever it lies and however wide it is, to an extreme."""
    width, order = draw.choice(((1, "B"), (2, "H"), (2, "H"), (4, "I"), (4, "I"), (4, "I"), (8, "Q")))
    at = draw.randrange(0, HEADER_BYTES, draw.choice((1, 2)))
    value = draw.choice(EXTREMES) % 2 ** (8 * width)
    content[at : at + width] = struct.pack(draw.choice("<>") + order, value)
    return content


def _truncate(content: bytearray, draw: random.Random) -> bytearray:
    return content[: draw.randrange(len(content) + 1)]


def _truncate_in_header(content: bytearray, draw: random.Random) -> bytearray:
    return content[: draw.randrange(HEADER_BYTES)]


def _stretch(content: bytearray, draw: random.Random) -> slice:
    start = draw.randrange(len(content) + 1)
    return slice(start, start + draw.choice((1, 4, 50, 1000)))


def _insert(content: bytearray, draw: random.Random) -> bytearray:
    """Insert noise, zeros, or a chunk whose size is an extreme."""
    size = struct.pack(draw.choice("<>") + "I", draw.choice(EXTREMES) % 2**32)
    tag = draw.choice(
        (b"LIST", b"fmt ", b"data", b"fact", b"COMM", b"SSND", b"cue ", b"smpl", b"bext", b"PEAK", b"ID3")
    )
    chunk = draw.choice((draw.randbytes(draw.choice((1, 7, 300))), bytes(64), tag + size + draw.randbytes(20)))
    at = draw.choice((draw.randrange(len(content) + 1), 12, 36, 0))
    content[at:at] = chunk
    return content


def _repeat(content: bytearray, draw: random.Random) -> bytearray:
    at = draw.randrange(len(content) + 1)
    content[at:at] = content[_stretch(content, draw)]
    return content


def _remove(content: bytearray, draw: random.Random) -> bytearray:
    del content[_stretch(content, draw)]
    return content


def _swap(content: bytearray, draw: random.Random) -> bytearray:
    one, other = _stretch(content, draw), _stretch(content, draw)
    content[one], content[other] = content[other], content[one]
    return content


def _blank(content: bytearray, draw: random.Random) -> bytearray:
    place = _stretch(content, draw)
    content[place] = bytes([draw.choice((0, 255))]) * len(content[place])
    return content


def _splice(content: bytearray, draw: random.Random) -> bytearray:
    """Put the rest of another file behind this one's beginning."""
    other = draw.choice(list(seeds().values()))
    return content[: draw.randrange(len(content) + 1)] + other[draw.randrange(len(other)) :]


MUTATORS = (
    _flip_bits, _flip_in_header, _flip_in_header, _set_field, _set_field, _set_field, _truncate, _truncate_in_header,
    _insert, _insert, _repeat, _remove, _swap, _blank, _splice,
)  # fmt: skip


def _mend_ogg_sums(content: bytearray) -> None:
    """Make the check sums of Ogg pages right again, so that the damage gets past them to the decoder."""
    at = content.find(b"OggS")
    while at >= 0 and at + 27 <= len(content):
        lacing = content[at + 27 : at + 27 + content[at + 26]]
        end = at + 27 + len(lacing) + sum(lacing)
        content[at + 22 : at + 26] = bytes(4)
        content[at + 22 : at + 26] = _ogg_sum(bytes(content[at:end]))
        at = content.find(b"OggS", at + 27)


def _ogg_sum(page: bytes) -> bytes:
    """Ogg's CRC-32 is that of zlib with the bits the other way round, begun with 0 and not inverted."""
    reversed_sum = zlib.crc32(page.translate(REVERSED_BITS), 0xFFFFFFFF) ^ 0xFFFFFFFF
    return reversed_sum.to_bytes(4, "big").translate(REVERSED_BITS)
