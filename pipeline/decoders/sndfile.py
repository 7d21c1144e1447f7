"""libsndfile: WAV, FLAC, Ogg Vorbis and Opus, MP3, AU, AIFF."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile

from pipeline.decoders.stream import Stream, mixed

FORMATS = frozenset({"WAV", "WAVEX", "RF64", "W64", "FLAC", "OGG", "MP3", "AU", "AIFF"})
"""What is decoded, as libsndfile names it. It knows a file by its content and takes a score of other, mostly extinct
formats, some of whose decoders write thousands of lines to the terminal about damage."""

BLOCK_VALUES = 2**22
"""Samples of all channels decoded at once, 16 MB. Every MP3's clip fits as a whole, and must: soundfile seeks after
each reading, and what an MP3 gives after a seek begins damaged."""

UNKNOWN = 2**62
"""libsndfile tells 2**63 - 1 frames where it doesn't know."""

LONGEST_FLAC_FRAME, SHORTEST_FLAC_FRAME_BYTES = 65_535, 10
"""Samples that a FLAC's frame has at most, and bytes that it has at least: what bounds a claim."""


@dataclass(frozen=True)
class SndfileStream(Stream):
    """A stream that libsndfile decodes; `asked_frames`, how many it is asked for, `format`, its name of the format."""

    format: str
    asked_frames: int

    def read(self, start: int, n_frames: int) -> np.ndarray:
        """Seek, and read."""
        with soundfile.SoundFile(self.path) as file:
            try:
                if start:
                    file.seek(start)
            except soundfile.LibsndfileError:  # a damaged file may not have that frame
                return np.empty(0, dtype=np.float32)
            return mixed(_blocks(file, n_frames))

    def read_each(self, stretches: Sequence[tuple[int, int]]) -> Iterator[np.ndarray]:
        """Seek to each, and read it."""
        return (self.read(start, n_frames) for start, n_frames in stretches)

    def blocks(self) -> Iterator[np.ndarray]:
        """Read from the start, asked for the same each time: asked otherwise, it might answer otherwise."""
        with soundfile.SoundFile(self.path) as file:
            yield from _blocks(file, self.asked_frames)


def open_sndfile(path: Path) -> SndfileStream | None:
    """Open a file; None where it is none of `FORMATS`.

    Raises
    ------
    soundfile.LibsndfileError
        where a file of theirs is broken from the start
    """
    with soundfile.SoundFile(path) as file:
        if file.format not in FORMATS:
            return None
        n_frames = file.frames if _can_be(file, path) else None
        return SndfileStream(path, file.samplerate, file.channels, n_frames, n_frames, file.format, file.frames)


def _can_be(file: soundfile.SoundFile, path: Path) -> bool:
    """Tell whether a file can be as long as it says."""
    if file.format == "FLAC":
        return file.frames <= path.stat().st_size / SHORTEST_FLAC_FRAME_BYTES * LONGEST_FLAC_FRAME
    return file.frames < UNKNOWN


def _blocks(file: soundfile.SoundFile, n_frames: int) -> Iterator[np.ndarray]:
    """Yield the next `n_frames`, [shape=(n, channels)], in large blocks; end where the file ends or is damaged."""
    most = BLOCK_VALUES // file.channels
    while n_frames > 0:
        asked = min(n_frames, most)
        block = np.full((asked, file.channels), np.nan, dtype=np.float32)
        try:
            n_read = len(file.read(out=block))
        except soundfile.LibsndfileError:  # which does not tell how much was decoded before: what is written, was
            n_read = int(np.argmax(np.append(np.isnan(block[:, -1]), True)))
        if n_read:
            yield block[:n_read]
        if n_read < asked:
            return
        n_frames -= n_read
