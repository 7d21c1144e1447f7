"""What a file holds, by its first bytes, in words for a person; its name may say something else."""

import codecs
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

HEAD_BYTES = 4096
MOST_ZEROS = 2**24


class Kind(Enum):
    """Who may read it."""

    ANY = "libsndfile first, FFmpeg where that can't"
    FFMPEG = "FFmpeg: libsndfile can't, and may take it for something else"
    NO_AUDIO = "nobody"


@dataclass(frozen=True)
class Content:
    """What a file holds.

    Attributes
    ----------
    kind : Kind
    name : str
        in words; empty where nobody knows
    offset : int
        bytes before it: tags of another program, zeros
    """

    kind: Kind
    name: str
    offset: int = 0


OGG = {
    b"\x01vorbis": (Kind.ANY, "Vorbis in Ogg"),
    b"OpusHead": (Kind.ANY, "Opus"),
    b"\x7fFLAC": (Kind.FFMPEG, "FLAC in Ogg"),
    b"Speex   ": (Kind.FFMPEG, "Speex"),
    b"\x80theora": (Kind.FFMPEG, "video in Ogg"),
}

STARTS = {
    b"RIFF": (Kind.ANY, "WAV"), b"RF64": (Kind.ANY, "WAV"), b"fLaC": (Kind.ANY, "FLAC"), b"FORM": (Kind.ANY, "AIFF"),
    b".snd": (Kind.ANY, "AU"), b"wvpk": (Kind.FFMPEG, "WavPack"), b"MAC ": (Kind.FFMPEG, "Monkey's Audio"),
    b"caff": (Kind.FFMPEG, "Core Audio Format"), b"TTA1": (Kind.FFMPEG, "True Audio"), b"tBaK": (Kind.FFMPEG, "TAK"),
    b"MPCK": (Kind.FFMPEG, "Musepack"), b"MP+": (Kind.FFMPEG, "Musepack"), b"DSD ": (Kind.FFMPEG, "DSD"),
    b"#!AMR": (Kind.FFMPEG, "AMR"), b"\x1aE\xdf\xa3": (Kind.FFMPEG, "Matroska or WebM"),
    b"0&\xb2u\x8ef\xcf\x11": (Kind.FFMPEG, "Windows Media"), b".RMF": (Kind.NO_AUDIO, "RealAudio"),
    b"MThd": (Kind.NO_AUDIO, "MIDI, notes without sound"), b"%PDF": (Kind.NO_AUDIO, "a PDF"),
    b"PK\x03\x04": (Kind.NO_AUDIO, "a ZIP archive"), b"\x1f\x8b": (Kind.NO_AUDIO, "compressed by gzip"),
    b"Rar!": (Kind.NO_AUDIO, "a RAR archive"), b"7z\xbc\xaf": (Kind.NO_AUDIO, "a 7-Zip archive"),
    b"\x89PNG": (Kind.NO_AUDIO, "a PNG picture"), b"\xff\xd8\xff": (Kind.NO_AUDIO, "a JPEG picture"),
    b"GIF8": (Kind.NO_AUDIO, "a GIF picture"), b"SQLite format": (Kind.NO_AUDIO, "a database"),
    b"\x7fELF": (Kind.NO_AUDIO, "a program"), b"version https://git-lfs": (Kind.NO_AUDIO, "a Git LFS pointer: fetch "
    "the file itself by `git lfs pull`"),
}  # fmt: skip
"""First bytes, who may read what begins so, and its name."""


def look(path: Path) -> Content:
    """Tell what a file holds.

    Tags and zeros before the first frame are passed by, be they of 12 MB: pictures lie in them.
    """
    with path.open("rb") as file:
        offset = 0
        while True:
            file.seek(offset)
            head = file.read(HEAD_BYTES)
            skipped = _tag_bytes(head)
            if not skipped and head and not any(head):
                skipped = len(head)
            elif not skipped and head[:1] == b"\0" and not any(head[:16]):
                skipped = len(head) - len(head.lstrip(b"\0"))
            if not skipped or offset > MOST_ZEROS:
                break
            offset += skipped
        kind, name = _named(head)
    return Content(kind, name, offset)


def _tag_bytes(head: bytes) -> int:
    """Return how long the tag is that begins here, 0 where none does."""
    if head[:3] == b"ID3" and len(head) >= 10:
        return 10 + (head[6] << 21 | head[7] << 14 | head[8] << 7 | head[9]) + (10 if head[5] & 0x10 else 0)
    if head[:8] == b"APETAGEX" and len(head) >= 32:
        return 32 + int.from_bytes(head[12:16], "little")
    return 0


def _named(head: bytes) -> tuple[Kind, str]:
    if head[:4] == b"OggS":
        return next((found for mark, found in OGG.items() if mark in head[:256]), (Kind.ANY, "Ogg"))
    if head[4:8] == b"ftyp":
        return Kind.FFMPEG, "MP4, as of AAC or Apple Lossless"
    if head[4:8] in (b"moov", b"mdat", b"wide", b"free") and head[:2] == b"\0\0":
        return Kind.FFMPEG, "QuickTime or MP4"
    found = next((found for start, found in STARTS.items() if head.startswith(start)), None)
    if found:
        return found
    if len(head) > 1 and head[0] == 0xFF and head[1] & 0xF6 == 0xF0:
        return Kind.FFMPEG, "AAC"
    if len(head) > 1 and head[0] == 0xFF and head[1] & 0xE0 == 0xE0:
        return Kind.ANY, "MP3"
    return _named_text(head)


def _named_text(head: bytes) -> tuple[Kind, str]:
    try:
        text = codecs.getincrementaldecoder("utf-8")().decode(head).lstrip("\ufeff \t\r\n").lower()
    except UnicodeDecodeError:
        return Kind.ANY, ""
    if not text or any(not (letter.isprintable() or letter in "\t\r\n\f") for letter in text):
        return Kind.ANY, ""
    if text.startswith(("<!doctype html", "<html", "<head", "<body")):
        return Kind.NO_AUDIO, "a web page (HTML), as a failed download leaves it"
    if text.startswith("#extm3u"):
        return Kind.NO_AUDIO, "a playlist"
    return Kind.NO_AUDIO, "text"
