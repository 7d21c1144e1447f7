"""Copies of a recording; ``python -m benchmarks.copies`` measures, prints, and writes ``benchmarks/copies.md``.

Of each clip copies are made: as MP3 and Ogg (libsndfile's encoders; the bit rate is what its quality comes to), louder
and quieter (clipped at full scale), resampled, cut at the start, halved, and 1 % faster and slower. Originals and the
copies of one kind are searched together. Recall is the part of the copies found with their original; wrong pairs are
of two different recordings. Of more than 5,000 tracks a candidate needs one hash more, which the columns "as of many
tracks" show.

The demo corpus is synthetic: its songs repeat loops note by note, so that different songs are more alike than music is,
and a copy at another speed has fewer peaks to tell it from the rest. The threshold, 0.06, was set on these clips,
between the largest share of agreeing pairs that two different recordings have (0.016 in music, 0.040 in the demo
corpus) and the least that a copy has (0.134 and 0.096). Recall here is therefore no estimate from clips that had no
say in it. On 20 clips of the demo corpus that had none, different recordings share 0.017 at most and copies 0.091 at
least; music of other kinds may lie elsewhere.
"""

import datetime
import inspect
import io
import multiprocessing
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
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
from pipeline.extract.copies import FEWEST_COMMON, find_copies
from pipeline.features.fingerprint import HOP_LENGTH, PEAK, fingerprint

PAGE = Path(__file__).with_name("copies.md")
LEVELS_DB = (-9, -3, 3, 9, 12)
BIT_RATES = {128: 0.6, 64: 0.8}
"""MP3 at a constant rate: kilobits a second at 22 050 Hz mono, and the compression level that gives about as much."""
COST = """## Cost

A fingerprint takes {milliseconds:.1f} ms of a clip's extraction (processor time; median, each clip the least of five).

Grouping, on made fingerprints of half a minute; a hundredth of them are copies with a third of the peaks lost and 2 s
cut off. Processor time on one core; memory beside the fingerprints. A track costs more among more of them, since more
have a hash in common by chance: these are all in major scales and on grids of beats."""


def main(audio: str = "", clips: int = 100, tracks: int = 100_000) -> None:
    """Measure on the clips of `audio`, and on those of the demo corpus; group up to so many made tracks."""
    with threadpool_limits(1):
        collections = {"music": find_clips(audio)[:clips]} if audio else {}
        collections["demo corpus"] = find_clips("")[:clips]
        prints = {name: take_prints(files) for name, files in collections.items()}
        milliseconds = time_prints(next(iter(collections.values()))[:10])
    sizes = [n for n in (1_000, 10_000, 30_000, 100_000) if n <= tracks]
    write_page(prints, milliseconds, [in_own_process(n) for n in sizes])


def write_page(
    prints: dict[str, dict[str, dict[str, bytes]]], milliseconds: float, grouped: list[dict[str, float]]
) -> None:
    """Print the page and write it."""
    told = ", ".join(f"{len(of_clip)} clips of {name}" for name, of_clip in prints.items())
    parts = ["# Copies", inspect.getdoc(sys.modules[__name__]), f"{datetime.date.today().isoformat()}, {told}; "
             f"{describe_machine()}."]  # fmt: skip
    for name, of_clip in prints.items():
        parts += [f"## Found in {name}", markdown(judge(of_clip)).rstrip()]
    parts += [COST.format(milliseconds=milliseconds), markdown(pd.DataFrame(grouped)).rstrip()]
    text = "\n\n".join(parts) + "\n"
    typer.echo(text)
    PAGE.write_text(text, encoding="utf-8")


def take_prints(files: list[Path]) -> dict[str, dict[str, bytes]]:
    """Return the fingerprints of each clip and of its copies, by kind."""
    found = {}
    for path in files:
        y = decode(path).y
        found[str(path)] = {kind: fingerprint(copy) for kind, copy in [("original", y), *make_copies(y)]}
    return found


def time_prints(files: list[Path]) -> float:
    """Return the milliseconds of processor time that a clip's fingerprint takes: the median, each the least of five."""
    least = []
    for path in files:
        y, times = decode(path).y, []
        for _ in range(5):
            began = time.process_time()
            fingerprint(y)
            times.append(time.process_time() - began)
        least.append(min(times))
    return 1000 * float(np.median(least))


def judge(prints: dict[str, dict[str, bytes]]) -> pd.DataFrame:
    """Return recall and wrong pairs by kind of copy, as few tracks are searched and as many are."""
    rows = []
    kinds = list(next(iter(prints.values())))
    for kind in kinds[1:]:
        names = [(name, "original") for name in prints] + [(name, "copy") for name in prints]
        both = [of["original"] for of in prints.values()] + [of[kind] for of in prints.values()]
        row: dict[str, str | float] = {"copy": kind}
        for size, fewest in (("", FEWEST_COMMON), (", as of many tracks", FEWEST_COMMON + 1)):
            found = find_copies(names, both, fewest)
            right = sum(a[0] == b[0] for a, b in zip(found["track_a"], found["track_b"], strict=True))
            row |= {f"recall{size}": round(right / len(prints), 2), f"wrong pairs{size}": len(found) - right}
        rows.append(row)
    return pd.DataFrame(rows)


def in_own_process(n_tracks: int) -> dict[str, float]:
    """Group made tracks in a process of its own, so that its memory can be told."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        return pool.submit(group_made, n_tracks).result()


def group_made(n_tracks: int) -> dict[str, float]:
    """Search made fingerprints: a hundredth are copies with a third of the peaks lost and 2 s cut off."""
    rng = np.random.default_rng(0)
    prints = [make_print(rng) for _ in range(n_tracks - n_tracks // 100)]
    copied = prints[: n_tracks // 100]
    for original in copied:
        peaks = np.frombuffer(original, dtype=PEAK)
        kept = peaks[(peaks["frame"] >= 43) & (rng.random(len(peaks)) < 2 / 3)]
        kept["frame"] -= 43
        prints.append(kept.tobytes())
    before, began = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
    found = find_copies([str(i) for i in range(n_tracks)], prints)
    seconds = time.process_time() - began
    first = n_tracks - n_tracks // 100
    right = sum(int(b) - first == int(a) for a, b in zip(found["track_a"], found["track_b"], strict=True))
    more = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 2**20
    return {"tracks": n_tracks, "seconds of processor": round(seconds, 1), "GiB more": round(more, 2),
            "copies found": round(right / len(copied), 3), "wrong pairs": len(found) - right}  # fmt: skip


def make_print(rng: np.random.Generator) -> bytes:
    """Return about 1000 peaks of half a minute: notes of a major scale on a grid of beats, as music has them."""
    n, scale = 1000, np.array([0, 2, 4, 5, 7, 9, 11])
    step = 60 / rng.uniform(60, 180) / 4 * SAMPLE_RATE_HZ / HOP_LENGTH
    frame = np.rint(rng.integers(0, int(646 / step), n) * step + rng.normal(0, 0.6, n)).clip(0, 645)
    semitone = rng.integers(0, 12) + scale[rng.integers(0, 7, n)] + 12 * rng.integers(0, 4, n)
    peaks = np.empty(n, dtype=PEAK)
    peaks["frame"], peaks["band"] = frame, (2 * semitone % 96 + (rng.random(n) < 0.3)).clip(0, 95)
    return np.unique(peaks).tobytes()


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
