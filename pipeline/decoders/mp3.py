"""How long an MP3 is. Its header may not tell, or lie, and then libsndfile guesses from the first frame."""

from dataclasses import replace
from pathlib import Path

from pipeline.decoders.ffmpeg import count_packets
from pipeline.decoders.sndfile import SndfileStream

PADDING = 8
"""So many packets more than are music may be there: what an encoder puts before and behind it."""

NEARLY = 1.01
"""A guess that is too long by no more than this share does not keep the decoder from seeking."""

FIRST_BYTES = 2**16


def with_real_length(stream: SndfileStream, offset: int) -> SndfileStream | None:
    """Return an MP3's stream with its real length; None where libsndfile would stop before the end.

    Parameters
    ----------
    stream : SndfileStream
    offset : int
        bytes before the first frame
    """
    found, claimed = count_packets(stream.path), stream.n_frames
    if found is None or claimed is None or abs(found.n_frames - claimed) <= PADDING * found.a_packet:
        return stream
    if found.n_frames > claimed:
        return None
    is_cut = _bytes_claimed(stream.path, offset) > stream.path.stat().st_size - offset
    return replace(
        stream,
        n_frames=found.n_frames if claimed <= NEARLY * found.n_frames else None,
        claimed_frames=claimed if is_cut else None,
    )


def _bytes_claimed(path: Path, offset: int) -> int:
    """Return how many bytes the header in the first frame says that there are; 0 where it doesn't."""
    with path.open("rb") as file:
        file.seek(offset)
        first = file.read(FIRST_BYTES)
    at = min((found for mark in (b"Xing", b"Info") if (found := first.find(mark)) >= 0), default=-1)
    if at < 0:
        return 0
    flags, *numbers = (int.from_bytes(first[at + i : at + i + 4]) for i in (4, 8, 12))
    return numbers[flags & 1] if flags & 2 else 0
