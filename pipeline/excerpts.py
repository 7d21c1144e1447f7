"""Which stretches of a file are analysed: its middle, several stretches spread over it, or all of it.

This is the one place that decides it. A file of up to `LONGEST_WHOLE_S` is one stretch, whatever was asked for.
"""

from pipeline.clip import CLIP_S
from pipeline.errors import InputError

MIDDLE, SPREAD, ALL = "middle", "spread", "all"
EXCERPTS = (MIDDLE, SPREAD, ALL)
"""What can be asked for."""

LONGEST_WHOLE_S = 1.1 * CLIP_S
"""A file up to this long is analysed whole; of a longer one, the middle `CLIP_S` are, as in the FMA corpus."""

MOST_SPREAD = 5
"""Stretches that `SPREAD` takes at most: what a song costs is bounded. An odd number, as all are: see `plan`."""


def check_excerpts(asked: str, option: str = "--excerpts") -> str:
    """Return `asked` if it is one of `EXCERPTS`, or empty.

    Raises
    ------
    InputError
        where it is neither
    """
    if asked and asked not in EXCERPTS:
        raise InputError(f"{option} {asked!r}: there are {', '.join(EXCERPTS)}")
    return asked


def middle_of(n_frames: int, rate_hz: int) -> tuple[int, int]:
    """Return the first frame of the clip of a file, and how many frames it has."""
    if n_frames <= LONGEST_WHOLE_S * rate_hz:
        return 0, n_frames
    wanted = round(CLIP_S * rate_hz)
    return (n_frames - wanted) // 2, wanted


def plan(n_frames: int, rate_hz: int, excerpts: str) -> list[tuple[int, int]]:
    """Return the first frame and the number of frames of each stretch, in order and side by side at the most.

    - ``middle``: `middle_of`.
    - ``spread``: the file is cut into 1, 3 or 5 equal parts, as many as have room for a clip, and the middle `CLIP_S`
      of each are taken. The number is odd, so that the middle of the file is one of them.
    - ``all``: one clip behind the other from the start; the last may be shorter.

    Parameters
    ----------
    n_frames : int
        of the whole file
    rate_hz : int
    excerpts : str
        one of `EXCERPTS`
    """
    start, wanted = middle_of(n_frames, rate_hz)
    if excerpts == MIDDLE or wanted == n_frames:
        return [(start, wanted)]
    fitting = n_frames // wanted
    if excerpts == SPREAD:
        n_parts = min(MOST_SPREAD, fitting - (fitting + 1) % 2)
        return [(((2 * i + 1) * n_frames - n_parts * wanted) // (2 * n_parts), wanted) for i in range(n_parts)]
    rest = n_frames - fitting * wanted
    return [(i * wanted, wanted) for i in range(fitting)] + ([(fitting * wanted, rest)] if rest else [])
