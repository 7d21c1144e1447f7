"""What a file says of itself: genre, artist and title in ID3, Vorbis comments, MP4 and the like, by FFmpeg."""

from pathlib import Path

from pipeline.decoders.content import Kind, look
from pipeline.decoders.ffmpeg import read_texts

FIELDS = {"genre": ("genre",), "artist": ("artist", "album_artist", "performer"), "title": ("title",)}
"""A track's field, and FFmpeg's names of the tags that tell it, the best first."""


def read_tags(path: Path) -> dict[str, str]:
    """Return ``genre``, ``artist`` and ``title``, as far as the file's tags tell them.

    Raises
    ------
    OSError
        where the system won't let it be read
    """
    content = look(path)
    if content.kind is Kind.NO_AUDIO:
        return {}
    texts = {name.casefold(): text.strip() for name, text in read_texts(path).items() if text.strip()}
    return {
        field: found for field, names in FIELDS.items() if (found := next(filter(None, map(texts.get, names)), None))
    }
