"""One core: features of both datasets of a clip, its 30 seconds and its ten 3-second segments, decoding included.

The floor is decoding and one forward and one inverse FFT of every frame, in single precision, and nothing else. Each
clip is measured by all three one after the other, and the ratios are taken clip by clip, so that a busy moment of the
machine hits all three. Times are those of the processor, on one thread: the recipe's of one go, else the least of five.
"""

import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import scipy.fft

from benchmarks.recipe import CALLS, published
from benchmarks.tables import spread
from pipeline.audio import cut, decode
from pipeline.extract.batch import keep_freed_memory
from pipeline.features import get_feature_set
from pipeline.features.fourier import cut_frames
from pipeline.features.signal import Signal

WINDOWS_S = (30.0, 3.0)
REPEATS = 5
OURS = {
    "(transform and magnitudes, shared)": ("magnitude",),
    "chroma_stft": ("power", "chroma"),
    "rms": ("rms",),
    "spectral_centroid, spectral_bandwidth, rolloff": ("spectral_centroid",),
    "zero_crossing_rate": ("zero_crossing_rate",),
    "harmony, perceptr": ("harmonic", "percussive"),
    "mfcc": ("mel_db", "mfcc"),
    "tempo": ("tempo_bpm",),
}
"""Row of the table → properties of a signal, in the order in which they are asked for."""


def measure_totals(clips: Sequence[Path]) -> pd.DataFrame:
    """Time recipe, ours and the floor on each clip.

    Returns
    -------
    pandas.DataFrame
        median over clips of milliseconds, and median, smallest and largest of the ratios
    """
    rows = []
    for path in clips:
        recipe_ms = milliseconds(_analyse, path, published, repeats=1)
        rows.append((recipe_ms, milliseconds(_analyse, path, _ours), milliseconds(_floor, path)))
    recipe, ours, floor = np.array(rows).T
    table = [
        ("recipe / ours", spread(recipe / ours, 1)),
        ("ours / floor", spread(ours / floor, 1)),
        ("recipe", f"{np.median(recipe):.0f} ms"),
        ("ours", f"{np.median(ours):.0f} ms"),
        ("floor", f"{np.median(floor):.0f} ms"),
    ]
    return pd.DataFrame(table, columns=["", f"a clip (median of {len(clips)}; range)"])


def measure_descriptors(clips: Sequence[Path]) -> pd.DataFrame:
    """Time each descriptor of the 30-second clips by librosa's own call, and by ours after what it builds on."""
    recipe = {name: [] for name in CALLS}
    ours = {name: [] for name in OURS}
    for path in clips:
        samples = decode(path).y
        for name, call in CALLS.items():
            recipe[name].append(milliseconds(call, samples, repeats=1))
        timed = [_time_properties(samples) for _ in range(REPEATS)]
        for name in OURS:
            ours[name].append(min(times[name] for times in timed))
    rows = []
    for name in OURS:
        parts = [part for part in ([name] if name in recipe else name.split(", ")) if part in recipe]
        theirs_ms = sum(np.median(recipe[part]) for part in parts)
        ours_ms = np.median(ours[name])
        rows.append((name, f"{theirs_ms / ours_ms:.0f}" if parts else "", f"{theirs_ms:.1f}" if parts else "",
                     f"{ours_ms:.1f}"))  # fmt: skip
    return pd.DataFrame(rows, columns=["descriptor", "recipe / ours", "recipe, ms", "ours, ms"])


def warm_up(path: Path) -> None:
    """Let everything be compiled and loaded before the first measurement, and memory be kept as workers keep it."""
    keep_freed_memory()
    samples = decode(path).y
    published(samples)
    _ours(samples)
    _floor(path)


def _time_properties(samples: np.ndarray) -> dict[str, float]:
    signal, times = Signal(samples), {}
    for name, properties in OURS.items():
        started = time.process_time()
        for each in properties:
            getattr(signal, each)
        times[name] = 1000 * (time.process_time() - started)
    return times


def _analyse(path: Path, compute: Callable[[np.ndarray], object]) -> None:
    samples = decode(path).y
    for window_s in WINDOWS_S:
        for window in cut(samples, window_s):
            compute(window.y)


def _ours(samples: np.ndarray) -> np.ndarray:
    return get_feature_set("spectral-v1").compute(Signal(samples))


def _floor(path: Path, block: int = 64) -> None:
    samples = decode(path).y
    for window_s in WINDOWS_S:
        for window in cut(samples, window_s):
            frames = cut_frames(window.y)
            for first in range(0, len(frames), block):
                scipy.fft.irfft(scipy.fft.rfft(frames[first : first + block]))


def milliseconds(call: Callable[..., object], *arguments, repeats: int = REPEATS) -> float:
    """Return the least of some times; of the processor, not of the clock, so that other work hardly counts."""
    times = []
    for _ in range(repeats):
        started = time.process_time()
        call(*arguments)
        times.append(time.process_time() - started)
    return 1000 * min(times)
