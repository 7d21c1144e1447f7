"""FFmpeg's libraries, by PyAV: AAC, WMA, FLAC in Ogg and what else libsndfile can't read, or not to its end.

Nothing but the file itself is opened, whatever it refers to: FFmpeg sees a stream of bytes and no name, may take it for
audio containers only (playlists are none), and decodes on one thread.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import numpy as np

from pipeline.decoders.stream import Stream, mixed_each
from pipeline.errors import AudioError

if TYPE_CHECKING:
    from av.audio.frame import AudioFrame
    from av.container import InputContainer
    from av.packet import Packet

CONTAINERS = (
    "aac", "ac3", "aiff", "amr", "ape", "asf", "au", "caf", "dsf", "eac3", "flac", "loas", "matroska", "mov", "mp3",
    "mpc", "mpc8", "ogg", "tak", "tta", "w64", "wav", "wv",
)  # fmt: skip
"""FFmpeg's names of what it may take a file for."""

CODECS = (
    "aac", "aac_latm", "ac3", "adpcm_ima_qt", "adpcm_ima_wav", "adpcm_ms", "alac", "amrnb", "amrwb", "ape", "dsd_lsbf",
    "dsd_lsbf_planar", "dsd_msbf", "dsd_msbf_planar", "eac3", "flac", "mp1float", "mp2", "mp2float", "mp3", "mp3float",
    "mpc7", "mpc8", "opus", "speex", "tak", "tta", "vorbis", "wavpack", "wmalossless", "wmapro", "wmav1", "wmav2",
    "wmavoice",
)  # fmt: skip
"""FFmpeg's names of the decoders that foreign bytes may reach; ``pcm_…`` besides, less what PyAV can't hand over."""

ESTIMATED = frozenset({"mp3", "aac", "wav", "loas", "amr", "ac3", "eac3"})
"""Containers whose length FFmpeg guesses from their first bytes or their size."""

ENOUGH_BYTES = 2**28
"""Where so much memory is left, a file that can't be decoded for lack of memory is damaged."""

MISSING = "the package av, which is not installed: pip install av"


@dataclass(frozen=True)
class FfmpegStream(Stream):
    """A stream that FFmpeg decodes, from byte `offset` of its file on."""

    offset: int = 0

    def blocks(self) -> Iterator[np.ndarray]:
        """Decode from the start; packets that are damaged are left out, as FFmpeg's own programs do.

        A part at another rate is no part of the same music: it ends there.

        Raises
        ------
        AudioError
            ``undecodable``, at the end, where most packets could not be decoded: this was no audio
        """
        return map(_as_floats, self._frames())

    def count(self) -> int:
        """Decode all, and keep nothing."""
        return sum(frame.samples for frame in self._frames())

    def read_through(self, start: int, n_frames: int) -> np.ndarray:
        """Decode from the start, and keep what is asked for."""
        return next(self.read_through_each([(start, n_frames)]))

    def read_through_each(self, stretches: Sequence[tuple[int, int]]) -> Iterator[np.ndarray]:
        """Decode from the start once, and keep what is asked for."""
        return mixed_each(self._frames(), stretches, lambda frame: frame.samples, _as_floats)

    def _frames(self) -> Iterator["AudioFrame"]:
        import av

        n_good = n_bad = 0
        with _opened(self.path, self.offset) as container:
            for packet in _packets(container):
                try:
                    frames: list[AudioFrame] = packet.decode()  # type: ignore[assignment] # of an audio stream
                except av.FFmpegError as error:
                    _bear(error)
                    n_bad += 1
                    continue
                n_good += 1
                for frame in frames:
                    if frame.sample_rate != self.sample_rate_hz:
                        return
                    if frame.samples:
                        yield frame
        if n_bad > n_good:
            raise AudioError("undecodable", f"not audio that can be decoded: {n_bad} of its packets are damaged")


def open_ffmpeg(path: Path, offset: int = 0) -> FfmpegStream | None:
    """Open a file; None where FFmpeg does not know it, or it has no audio that can be decoded.

    Parameters
    ----------
    path : Path
    offset : int
        bytes before the first that belongs to the audio
    """
    with _opened(path, offset) as container:
        if container is None:
            return None
        context = container.streams.audio[0].codec_context
        rate_hz, channels = context.sample_rate, context.channels
        if not (rate_hz and channels):
            return None
        lasting_us = 0 if container.format.name in ESTIMATED else container.duration
        claimed = round(lasting_us / 1_000_000 * rate_hz) if lasting_us else None
        return FfmpegStream(path, rate_hz, channels, None, claimed, offset)


def is_installed() -> bool:
    """Tell whether there is PyAV."""
    return find_spec("av") is not None


def load() -> None:
    """Load the libraries, if they are there, as something that takes memory and time."""
    if is_installed():
        _codecs()


@dataclass(frozen=True)
class Packets:
    """How much audio the packets of a file hold, decoded or not: frames, and those of a packet."""

    n_frames: int
    a_packet: int


def count_packets(path: Path) -> Packets | None:
    """Add up the packets of a file without decoding them; None where FFmpeg does not know it."""
    import av

    with _opened(path, 0) as container:
        if container is None:
            return None
        stream = container.streams.audio[0]
        total = longest = 0
        try:
            for packet in container.demux(stream):  # half a million in three hours
                if lasting := packet.duration:
                    total += lasting
                    longest = max(longest, lasting)
        except av.FFmpegError as error:  # damaged: what comes before it counts
            _bear(error)
        ticks = float((stream.time_base or 0) * stream.codec_context.sample_rate)
        return Packets(round(total * ticks), round(longest * ticks)) if total and ticks else None


def read_texts(path: Path) -> dict[str, str]:
    """Return the tags of a file and of its audio, by FFmpeg's names; none where it does not know the file."""
    with _opened(path, 0) as container:
        return {} if container is None else {**container.metadata, **container.streams.audio[0].metadata}


@contextmanager
def _opened(path: Path, offset: int) -> Iterator["InputContainer | Any"]:
    """Give an open container, with an audio stream that can be decoded; None where there is none."""
    import av

    with path.open("rb") as file:
        options = {
            "format_whitelist": ",".join(CONTAINERS),
            "codec_whitelist": ",".join(_codecs()),
            "protocol_whitelist": "",
        }
        try:
            container = av.open(_From(file, offset), "r", options=options, metadata_errors="replace")
        except av.FFmpegError as error:
            _bear(error)
            yield None
            return
        with container:
            audio = container.streams.audio
            if audio and audio[0].codec_context and audio[0].codec_context.name in _codecs():
                audio[0].codec_context.thread_type = "NONE"
                audio[0].codec_context.thread_count = 1
                yield container
            else:
                yield None


@cache
def _codecs() -> frozenset[str]:
    import av

    pcm = (name for name in av.codecs_available if name.startswith("pcm_") and not name.startswith("pcm_s64"))
    return frozenset({*CODECS, *pcm})


def _packets(container: "InputContainer") -> Iterator["Packet"]:
    """Yield the packets of the first audio stream, as far as the container is whole."""
    import av

    packets = iter(container.demux(container.streams.audio[0]))
    while True:
        try:
            packet = next(packets)
        except StopIteration:
            return
        except av.FFmpegError as error:  # damaged: what comes before it counts
            _bear(error)
            return
        yield packet


def _bear(error: Exception) -> None:
    """Take an error of FFmpeg's for damage of the file, if it is one: not where this machine has no memory left.

    FFmpeg also says "no memory" where a damaged header wants some absurd amount of it.
    """
    if isinstance(error, MemoryError):
        bytearray(ENOUGH_BYTES)  # raises again where memory is short


def _as_floats(frame: "AudioFrame") -> np.ndarray:
    """Return a decoder's samples as floats, [shape=(n, channels)]."""
    signal = frame.to_ndarray()  # planar (channels, n), or packed (1, n * channels)
    block = signal.T if frame.format.is_planar else signal.reshape(frame.samples, -1)
    if block.dtype == np.uint8:
        return (block.astype(np.float32) - 128) / 128
    if block.dtype.kind == "i":
        return block.astype(np.float32) / np.float32(2 ** (8 * block.dtype.itemsize - 1))
    return block.astype(np.float32)


class _From:
    """A file that begins at `offset`; all that FFmpeg asks of one."""

    def __init__(self, file: IO[bytes], offset: int):
        self._file, self._offset = file, offset
        file.seek(offset)
        self.read = file.read

    def seek(self, position: int, whence: int = 0) -> int:
        return self._file.seek(position + (self._offset if whence == 0 else 0), whence) - self._offset

    def tell(self) -> int:
        return self._file.tell() - self._offset
