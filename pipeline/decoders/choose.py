"""Which decoder reads a file: libsndfile what it reads well, FFmpeg the rest."""

from pathlib import Path

import soundfile

from pipeline.decoders.content import Content, Kind, look
from pipeline.decoders.ffmpeg import MISSING, FfmpegStream, is_installed, open_ffmpeg
from pipeline.decoders.mp3 import with_real_length
from pipeline.decoders.ogg import is_chained
from pipeline.decoders.sndfile import SndfileStream, open_sndfile
from pipeline.decoders.stream import Stream
from pipeline.errors import AudioError

FEWEST_FRAMES = 4096
"""Where a header says that there are no samples, so few behind it are none: a tag, perhaps."""


def open_stream(path: Path) -> Stream:
    """Open the audio of a file.

    Raises
    ------
    AudioError
        ``undecodable``, with what the file holds instead; ``no_samples``
    OSError
        where the system won't let it be read
    """
    content = look(path)
    if content.kind is Kind.FFMPEG:
        return _by_ffmpeg(path, content)
    try:
        stream = open_sndfile(path)
    except soundfile.LibsndfileError as error:
        if content.kind is Kind.NO_AUDIO:
            raise _undecodable(content) from error
        return _by_ffmpeg(path, content)
    if stream is None:
        return _by_ffmpeg(path, content)
    return _as_long_as_it_is(stream, content)


def seconds_of(path: Path) -> float | None:
    """Return how long a file says it is, at the cost of opening it; None where it doesn't say, or can't be opened."""
    try:
        if look(path).kind is Kind.ANY and (known := open_sndfile(path)):
            stream: Stream | None = known
        else:
            stream = open_ffmpeg(path) if is_installed() else None
    except (OSError, soundfile.LibsndfileError):
        return None
    return stream.claimed_frames / stream.sample_rate_hz if stream and stream.claimed_frames else None


def _as_long_as_it_is(stream: SndfileStream, content: Content) -> Stream:
    """Return the stream with its real length, by FFmpeg where libsndfile would not come to its end."""
    better: Stream | None = stream
    if stream.n_frames == 0:
        better = open_ffmpeg(stream.path) if is_installed() else None
        if better is None or better.count() < FEWEST_FRAMES:
            raise AudioError("no_samples", "the file has a header and no samples")
    elif is_installed() and stream.format == "MP3":
        better = with_real_length(stream, content.offset) or open_ffmpeg(stream.path, content.offset)
    elif is_installed() and stream.format == "OGG" and is_chained(stream.path):
        better = open_ffmpeg(stream.path)
    return better or stream


def _by_ffmpeg(path: Path, content: Content) -> FfmpegStream:
    if not is_installed():
        raise _undecodable(content, f", which needs {MISSING}" if content.kind is Kind.FFMPEG else "")
    offset = 0 if content.kind is Kind.FFMPEG else content.offset
    if (stream := open_ffmpeg(path, offset)) is None:
        raise _undecodable(content, ", damaged, encrypted, or without sound" if content.name else "")
    return stream


def _undecodable(content: Content, why: str = "") -> AudioError:
    what = f"it is {content.name}" if content.name else "it begins like no format that is known here"
    return AudioError("undecodable", f"not audio that can be decoded: {what}{why}")
