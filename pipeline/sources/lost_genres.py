"""Genres of which most files or rows can't be used: named, as a comparison without them is another one."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import pandas as pd

MOST = 0.5


@dataclass(frozen=True)
class LostGenre:
    """How many of a genre's files or rows there were, how many can't be used, and why most of these can't."""

    genre: str
    n: int
    n_lost: int
    reason: str


def lost_genres(genres: Iterable[str], reasons: Iterable[str]) -> list[LostGenre]:
    """Return the genres that lose at least half of their files or rows.

    Parameters
    ----------
    genres : iterable of str [shape=(n,)]
        of each file or row; an empty one is none
    reasons : iterable of str [shape=(n,)]
        why it can't be used, empty where it can

    Examples
    --------
    >>> lost_genres(["rock", "rock", "jazz"], ["too_short", "too_short", ""])
    [LostGenre(genre='rock', n=2, n_lost=2, reason='too_short')]
    """
    all_of: Counter[str] = Counter()
    lost: dict[str, Counter[str]] = {}
    for genre, reason in zip(genres, reasons, strict=True):
        if genre:
            all_of[genre] += 1
            if reason:
                lost.setdefault(genre, Counter())[reason] += 1
    return [
        LostGenre(genre, all_of[genre], why.total(), why.most_common(1)[0][0])
        for genre, why in sorted(lost.items())
        if why.total() >= MOST * all_of[genre]
    ]


def rejected_for(tracks: pd.DataFrame, why: Mapping[str, str]) -> list[str]:
    """Return why each track is rejected, empty where it is not.

    Parameters
    ----------
    tracks : pd.DataFrame
        ``track_id``, ``status``
    why : mapping of str
        the reason of each reject, by track
    """
    known = zip(tracks["track_id"].tolist(), tracks["status"].tolist(), strict=True)
    return [why.get(name, "rejected") if status == "rejected" else "" for name, status in known]


def say_lost(genre: str, n: int, n_lost: int, reason: str) -> str:
    """Say how much of a genre is lost, and why."""
    how_many = f"all {n}" if n_lost == n else f"{n_lost} of {n}"
    return f"genre {genre!r} loses {how_many}, most as {reason}"
