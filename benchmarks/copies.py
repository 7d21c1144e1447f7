"""Copies of a recording; ``python -m benchmarks.copies`` measures, prints, and writes ``benchmarks/copies.md``.

Of each clip copies are made: as MP3 and Ogg (libsndfile's encoders; the bit rate is what its quality comes to), louder
and quieter (clipped at full scale), resampled, cut at the start, halved, and 1 % faster and slower. Originals and the
copies of one kind are searched together. Recall is the part of the copies found with their original; wrong pairs are
of two different recordings.
"""

import datetime
import inspect
import io
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import librosa
import numpy as np
import pandas as pd
import soundfile
import typer
from threadpoolctl import threadpool_limits

from benchmarks.clips import describe_machine, find_clips
from benchmarks.tables import markdown
from pipeline.audio import decode
from pipeline.clip import SAMPLE_RATE_HZ
from pipeline.extract.copies import find_copies
from pipeline.features.fingerprint import fingerprint

PAGE = Path(__file__).with_name("copies.md")
LEVELS_DB = (-9, -3, 3, 9, 12)
BIT_RATES = {128: 0.6, 64: 0.8}
"""MP3 at a constant rate: kilobits a second at 22 050 Hz mono, and the compression level that gives about as much."""


def main(audio: str = "", clips: int = 100) -> None:
    """Measure on the clips of `audio`, else of the demo corpus."""
    files = find_clips(audio)[:clips]
    with threadpool_limits(1):
        table, milliseconds = measure(files)
    told = f"{datetime.date.today().isoformat()}, {len(files)} clips; {describe_machine()}."
    cost = f"A fingerprint takes {milliseconds:.1f} ms a clip (median, one core)."
    text = f"# Copies\n\n{inspect.getdoc(sys.modules[__name__])}\n\n{told}\n\n{markdown(table)}\n{cost}\n"
    typer.echo(text)
    PAGE.write_text(text, encoding="utf-8")


def measure(files: list[Path]) -> tuple[pd.DataFrame, float]:
    """Return recall and wrong pairs by kind of copy, and the milliseconds that a fingerprint takes."""
    prints: dict[str, dict[str, bytes]] = {}
    seconds = []
    for path in files:
        y = decode(path).y
        for kind, copy in [("original", y), *make_copies(y)]:
            began = time.perf_counter()
            prints.setdefault(kind, {})[str(path)] = fingerprint(copy)
            seconds.append(time.perf_counter() - began)
    originals = prints.pop("original")
    rows = []
    for kind, copies in prints.items():
        names = [(name, "original") for name in originals] + [(name, "copy") for name in copies]
        found = find_copies(names, [*originals.values(), *copies.values()])
        right = sum(a[0] == b[0] for a, b in zip(found["track_a"], found["track_b"], strict=True))
        rows.append({"copy": kind, "recall": right / len(copies), "wrong pairs": len(found) - right})
    return pd.DataFrame(rows), 1000 * float(np.median(seconds))


def make_copies(y: np.ndarray) -> Iterator[tuple[str, np.ndarray]]:
    """Yield copies of a clip with what they are called.

    Parameters
    ----------
    y : np.ndarray [shape=(n,), dtype=float32]
        mono, 22 050 Hz
    """
    for rate, level in BIT_RATES.items():
        yield f"MP3, about {rate} kb/s", _encoded(y, "MP3", "MPEG_LAYER_III", compression_level=level)
    yield "Ogg Vorbis", _encoded(y, "OGG", "VORBIS")
    for gain_db in LEVELS_DB:
        yield f"{gain_db:+d} dB", np.clip(y * 10 ** (gain_db / 20), -1, 1).astype(np.float32)
    for rate in (16_000, 44_100):
        there = librosa.resample(y, orig_sr=SAMPLE_RATE_HZ, target_sr=rate)
        yield f"by way of {rate} Hz", librosa.resample(there, orig_sr=rate, target_sr=SAMPLE_RATE_HZ)
    for shift_s in (0.5, 5):
        yield f"{shift_s:g} s cut off", y[int(shift_s * SAMPLE_RATE_HZ) :]
    yield "first half", y[: len(y) // 2]
    yield "second half", y[len(y) // 2 :]
    for percent in (1, -1):
        played_at = SAMPLE_RATE_HZ * (1 + percent / 100)
        yield f"speed {percent:+d} %", librosa.resample(y, orig_sr=played_at, target_sr=SAMPLE_RATE_HZ)


def _encoded(y: np.ndarray, kind: str, subtype: str, **how: float) -> np.ndarray:
    held = io.BytesIO()
    constant = {"bitrate_mode": "CONSTANT"} if how else {}
    soundfile.write(held, y, SAMPLE_RATE_HZ, format=kind, subtype=subtype, **how, **constant)
    with tempfile.NamedTemporaryFile(suffix=f".{kind.lower()}") as copy:
        Path(copy.name).write_bytes(held.getvalue())
        return decode(Path(copy.name)).y


if __name__ == "__main__":
    typer.run(main)
