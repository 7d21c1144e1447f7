"""MP3 decoders that packages bring; ``python -m benchmarks.decoders`` measures, prints, and writes ``decoders.md``.

Clips of 30 seconds, two of them a stereo signal at 44.1 kHz, are encoded by LAME (192 kb/s). Each file is decoded to
floats by all, one after the other, on one thread; times are the processor's, the least of seven. A difference is the
largest of all samples of all clips from libsndfile's. What is not installed (``pip install miniaudio``) is left out.

libsndfile decodes here, since it is the fastest. minimp3 cuts off what lies beyond full scale; other samples are within
5e-5. Symphonia, a decoder in Rust, is in no Python package of its name.
"""

import datetime
import inspect
import io
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

import av
import numpy as np
import pandas as pd
import soundfile
import soxr
import typer
from threadpoolctl import threadpool_limits

from benchmarks.clips import describe_machine, find_clips
from benchmarks.speed import milliseconds
from benchmarks.tables import markdown
from pipeline.audio import decode
from pipeline.audio_file import open_audio
from pipeline.clip import SAMPLE_RATE_HZ

PAGE = Path(__file__).with_name("decoders.md")
RATE_HZ = 44_100
RATE_BITS_PER_S = 192_000
REPEATS = 7


def main(audio: str = "", clips: int = 8) -> None:
    """Measure on clips of a folder, else of the demo corpus, and write the page."""
    files = find_clips(audio)[: 2 * clips]
    with tempfile.TemporaryDirectory() as folder, threadpool_limits(1):
        songs = [_encoded(Path(folder) / f"{i}.mp3", *files[2 * i : 2 * i + 2]) for i in range(len(files) // 2)]
        tables = [measure_decoders(songs), measure_parts(songs)]
    told = f"{datetime.date.today().isoformat()}, {len(songs)} clips; {describe_machine()}, {_versions()}."
    text = "\n".join([f"# MP3\n\n{inspect.getdoc(sys.modules[__name__])}\n\n{told}\n", *map(markdown, tables)])
    typer.echo(text)
    PAGE.write_text(text, encoding="utf-8")


def measure_decoders(songs: list[Path]) -> pd.DataFrame:
    """Time each decoder, and compare what it gives."""
    expected = [DECODERS["libsndfile (mpg123)"](song) for song in songs]
    theirs = None
    rows = []
    for name, call in DECODERS.items():
        if name.startswith("miniaudio") and not find_spec("miniaudio"):
            continue
        times = np.array([milliseconds(call, song, repeats=REPEATS) for song in songs])
        theirs = times if theirs is None else theirs
        off = max(float(np.abs(call(song) - y).max()) for song, y in zip(songs, expected, strict=True))
        rows.append((name, f"{np.median(times):.1f}", f"{np.median(times / theirs):.2f}", f"{off:.1e}"))
    return pd.DataFrame(rows, columns=["decoder", "a clip, ms", "of libsndfile's", "largest difference"])


def measure_parts(songs: list[Path]) -> pd.DataFrame:
    """Time what a clip costs until it can be analysed, and what of it is what."""
    parts = {
        "all: `pipeline.audio.decode`": decode,
        "of it: to know its real length": open_audio,
        "of it: decoding": DECODERS["libsndfile (mpg123)"],
        "of it: resampling one channel": lambda song: resample(),
    }
    noise = np.random.default_rng(0).uniform(-1, 1, 30 * RATE_HZ).astype(np.float32)
    resample = partial(soxr.resample, noise, RATE_HZ, SAMPLE_RATE_HZ, quality="HQ")
    rows = [
        (name, f"{np.median([milliseconds(call, song, repeats=REPEATS) for song in songs]):.1f}")
        for name, call in parts.items()
    ]
    return pd.DataFrame(rows, columns=["a clip as MP3, 44.1 kHz stereo", "ms"])


def _by_libsndfile(song: Path) -> np.ndarray:
    return soundfile.read(song, dtype="float32")[0]


def _by_miniaudio(song: Path) -> np.ndarray:
    import miniaudio

    decoded = miniaudio.mp3_read_file_f32(str(song))
    return np.frombuffer(decoded.samples, dtype=np.float32).reshape(-1, decoded.nchannels)


def _by_ffmpeg(song: Path) -> np.ndarray:
    with av.open(io.BytesIO(song.read_bytes())) as file:
        file.streams.audio[0].codec_context.thread_count = 1
        return np.concatenate([frame.to_ndarray() for frame in file.decode(audio=0)], axis=1).T


DECODERS: dict[str, Callable[[Path], np.ndarray]] = {
    "libsndfile (mpg123)": _by_libsndfile,
    "miniaudio (minimp3)": _by_miniaudio,
    "PyAV (FFmpeg)": _by_ffmpeg,
}


def _encoded(path: Path, *channels: Path) -> Path:
    """Write an MP3 whose channels are clips."""
    signals = [soxr.resample(decode(clip).y, SAMPLE_RATE_HZ, RATE_HZ)[: 29 * RATE_HZ] for clip in channels]
    with av.open(str(path), "w", format="mp3") as file:
        stream = file.add_stream("libmp3lame", rate=RATE_HZ, layout="stereo", format="fltp", bit_rate=RATE_BITS_PER_S)
        frame = av.AudioFrame.from_ndarray(np.stack(signals).astype(np.float32), format="fltp", layout="stereo")
        frame.sample_rate = RATE_HZ
        for packet in [*stream.encode(frame), *stream.encode(None)]:
            file.mux(packet)
    return path


def _versions() -> str:
    names = [name for name in ("av", "miniaudio", "soxr") if find_spec(name)]
    return ", ".join([*(f"{name} {version(name)}" for name in names), f"libsndfile {soundfile.__libsndfile_version__}"])


if __name__ == "__main__":
    typer.run(main)
