"""What a file's name tells: which track it is, and which segment of it."""

import re
import unicodedata
from pathlib import PurePosixPath

AUDIO_SUFFIXES = frozenset({".wav", ".flac", ".ogg", ".oga", ".mp3", ".au", ".aiff", ".aif"})

_SEGMENT_PATTERNS = (
    re.compile(r"(?P<track>.+\.\d+)\.(?P<segment>\d+)"),  # blues.00000.3
    re.compile(r"(?P<track>.+)_segment_(?P<segment>\d+)"),  # blues_69_segment_3
    re.compile(r"(?P<segment>\d{1,3})-(?P<track>\d{4,})"),  # 1-000574
)


def stem(name: str) -> str:
    """Return the last part of a path without its audio extension; other dots stay."""
    base = PurePosixPath(name.strip().replace("\\", "/")).name
    suffix = PurePosixPath(base).suffix
    return base[: -len(suffix)] if suffix.lower() in AUDIO_SUFFIXES else base


def track_and_segment(name: str) -> tuple[str, int | None]:
    """Tell the track and the segment number that a row's name stands for.

    Examples
    --------
    >>> track_and_segment("blues.00000.3.wav")
    ('blues.00000', 3)
    >>> track_and_segment("blues_69_segment_3.wav")
    ('blues_69', 3)
    >>> track_and_segment("1-000574.mp3")
    ('000574', 1)
    >>> track_and_segment("blues.00000.wav")
    ('blues.00000', None)
    """
    base = stem(name)
    for pattern in _SEGMENT_PATTERNS:
        match = pattern.fullmatch(base)
        if match:
            return match["track"], int(match["segment"])
    return base, None


def matching_key(name: str) -> str:
    """Return a form under which spellings of one file's name are equal: no folder, extension, case, leading zeros.

    Examples
    --------
    >>> matching_key("Blues/Blues.00000.WAV")
    'blues.00000'
    >>> matching_key("000574.mp3")
    '574'
    """
    key = unicodedata.normalize("NFC", stem(name)).casefold()
    return str(int(key)) if key.isascii() and key.isdigit() else key
