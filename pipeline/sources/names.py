"""What a file's name tells: which track it is, and which segment of it."""

import re
import unicodedata

AUDIO_SUFFIXES = frozenset(
    {
        ".wav", ".flac", ".ogg", ".oga", ".mp3", ".au", ".aiff", ".aif", ".aifc", ".snd", ".w64", ".rf64",
        ".opus", ".spx", ".mp1", ".mp2", ".m4a", ".m4b", ".m4p", ".mp4", ".aac", ".alac", ".ac3", ".amr", ".3gp",
        ".wma", ".asf", ".wv", ".ape", ".mka", ".webm", ".caf", ".tta", ".tak", ".mpc", ".dsf", ".ra", ".rm",
    }
)  # fmt: skip
"""How audio is named. A file that is so, and can't be decoded, is told of; any other is passed by."""

FEATURE_SUFFIXES = frozenset({".npy", ".npz", ".png", ".jpg", ".jpeg", ".csv", ".json", ".pkl", ".h5", ".pt"})
"""How files are named that hold a track's features or its picture: rows of tables are called so."""

_SUFFIXES = AUDIO_SUFFIXES | FEATURE_SUFFIXES
_SEGMENT_PATTERNS = (
    re.compile(r"(?P<track>.+\.\d+)\.(?P<segment>\d+)"),  # blues.00000.3
    re.compile(r"(?P<track>.+)_segment_(?P<segment>\d+)"),  # blues_69_segment_3
    re.compile(r"(?P<segment>\d{1,3})-(?P<track>\d{4,})"),  # 1-000574
)


def stem(name: str) -> str:
    """Return the last part of a path without the extension of audio or of features; other dots stay."""
    return folders_and_stem(name)[1]


def folders_and_stem(name: str) -> tuple[list[str], str]:
    """Return the folders on the way to a file, and its `stem`."""
    *folders, base = _parts(name) or [""]
    before, _, suffix = base.rpartition(".")
    return folders, before if before and f".{suffix.lower()}" in _SUFFIXES else base


def track_and_segment(name: str) -> tuple[str, int | None]:
    """Tell the track and the segment number that a row's name stands for; folders stay part of the track.

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
    >>> track_and_segment("rock/01.wav")
    ('rock/01', None)
    """
    folders, base = folders_and_stem(name)
    for pattern in _SEGMENT_PATTERNS:
        match = pattern.fullmatch(base)
        if match:
            return "/".join([*folders, match["track"]]), int(match["segment"])
    return "/".join([*folders, base]), None


def matching_key(name: str) -> str:
    """Return a form under which spellings of one file's name are equal: no folder, extension, case, leading zeros.

    Examples
    --------
    >>> matching_key("Blues/Blues.00000.WAV")
    'blues.00000'
    >>> matching_key("000574.mp3")
    '574'
    """
    key = _folded(stem(name))
    return key.lstrip("0") or "0" if key.isascii() and key.isdigit() else key


def matching_paths(name: str) -> list[str]:
    """Return the `matching_key` with all folders before it, with one fewer, and so on down to none.

    Examples
    --------
    >>> matching_paths("Genres/Rock/01.wav")
    ['genres/rock/1', 'rock/1', '1']
    """
    folders = [_folded(part) for part in _parts(name)[:-1]]
    return ["/".join([*folders[i:], matching_key(name)]) for i in range(len(folders) + 1)]


def _parts(name: str) -> list[str]:
    path = unicodedata.normalize("NFC", name.strip().replace("\\", "/"))
    return [part for part in path.split("/") if part not in ("", ".")]


def _folded(part: str) -> str:
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", part).casefold())
