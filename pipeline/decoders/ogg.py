"""Whether an Ogg file is a chain: one recording behind the other, as radio streams and `cat` make them."""

from pathlib import Path

HEADER_BYTES = 27
BEGINS = 2
"""The flag of a page with which a recording begins."""


def is_chained(path: Path) -> bool:
    """Tell whether another recording begins behind the first page of sound; libsndfile would stop there."""
    at, begun, end = 0, False, path.stat().st_size
    with path.open("rb") as file:
        while at + HEADER_BYTES <= end:
            file.seek(at)
            header = file.read(HEADER_BYTES)
            if header[:4] != b"OggS":
                return False  # damaged: what follows is for the decoder to find
            begins = bool(header[5] & BEGINS)
            if begins and begun:
                return True
            begun = begun or not begins
            at += HEADER_BYTES + header[26] + sum(file.read(header[26]))
    return False
