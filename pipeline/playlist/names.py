"""Tracks by words of their names, and the nearest names where nothing fits."""

import unicodedata
from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher
from pathlib import PurePosixPath

from pipeline.printable import count

MOST_OFFERED = 3
MOST_COMPARED = 100


def shown_names(artists: Iterable[object], titles: Iterable[object], paths: Iterable[str]) -> list[str]:
    """Return what tracks are called in a list: artist and title, as far as they are texts.

    Without a title its file's name stands for it, and without an artist, too, the whole path. Tracks that would be
    called the same are told apart by the ends of their paths, as long as these have to be.

    >>> shown_names(["Nina Simone", None, None], ["Sinnerman", "Four Women", None], ["a/1.mp3", "a/2.mp3", "a/3.mp3"])
    ['Nina Simone - Sinnerman', 'Four Women', 'a/3.mp3']
    >>> shown_names(["Nina Simone"] * 3, [None] * 3, ["x/a/1.mp3", "x/b/1.mp3", "x/b/2.mp3"])
    ['Nina Simone - a/1.mp3', 'Nina Simone - b/1.mp3', 'Nina Simone - 2.mp3']
    >>> shown_names([None] * 2, ["Sinnerman"] * 2, ["live/1.mp3", "studio/1.mp3"])
    ['Sinnerman (live/1.mp3)', 'Sinnerman (studio/1.mp3)']
    """
    tracks = list(zip(artists, titles, paths, strict=True))
    names = [_shown_name(*track, PurePosixPath(track[2]).name) for track in tracks]
    of_name: dict[str, set[str]] = {}
    for name, (_, _, path) in zip(names, tracks, strict=True):
        of_name.setdefault(name, set()).add(path)
    ends = {path: end for alike in of_name.values() if len(alike) > 1 for path, end in _distinct_ends(alike).items()}
    return [
        _shown_name(*track, ends[track[2]], told_apart=True) if len(of_name[name]) > 1 else name
        for name, track in zip(names, tracks, strict=True)
    ]


def _shown_name(artist: object, title: object, path: str, end: str, *, told_apart: bool = False) -> str:
    by, titled = (text if isinstance(text, str) else "" for text in (artist, title))
    called = f"{titled} ({end})" if titled and told_apart else titled or (end if by else path)
    return f"{by} - {called}" if by else called


def _distinct_ends(paths: Iterable[str]) -> dict[str, str]:
    """Return the shortest ends of different paths by which they differ, all of as many parts."""
    parts = {path: PurePosixPath(path).parts for path in paths}
    for n in range(1, max(map(len, parts.values())) + 1):
        ends = {path: "/".join(of[-n:]) for path, of in parts.items()}
        if len(set(ends.values())) == len(ends):
            return ends
    return {path: path for path in parts}  # they differ by signs that a path has no parts for


def say_unlisted(paths: Iterable[str | None]) -> list[str]:
    """Say how many files no playlist can hold, and name one; nothing where there are none."""
    out = [path for path in paths if isinstance(path, str) and not is_listable(path)]
    are = f"{count(len(out), 'file')} {'is' if len(out) == 1 else 'are'}"
    return [f"{are} in no playlist: it can't hold a path with a line break, as {out[0]!r} has."] if out else []


def is_listable(path: str) -> bool:
    """Tell whether a playlist can hold a path: it has a line for each."""
    return "\n" not in path and "\r" not in path


def fold(*texts: str | None) -> str:
    """Return what texts have in common with those that somebody may type: lower case, no accents, no signs.

    >>> fold("Beyoncé", "Déjà Vu (feat. JAY-Z)", None)
    'beyonce deja vu feat jay z'
    """
    joined = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", " ".join(t for t in texts if t)).casefold())
    kept = "".join("" if unicodedata.combining(c) or c in "'’`" else c if c.isalnum() else " " for c in joined)
    return " ".join(kept.split())


def matching(asked: str, names: Sequence[str]) -> list[int]:
    """Return which folded names have all the words that are asked for; whole words, where such names are there."""
    words = fold(asked).split()
    if not words:
        return []
    found = [place for place, name in enumerate(names) if all(word in name for word in words)]
    whole = [place for place in found if set(words) <= set(names[place].split())]
    return whole or found


def nearest_names(asked: str, names: Sequence[str]) -> list[int]:
    """Return the folded names that are most like what is asked for, the most alike first.

    Those that share most runs of three letters with it are compared word by word.
    """
    wanted = fold(asked)
    runs = _runs(wanted)
    shared = sorted(range(len(names)), key=lambda place: -len(runs & _runs(names[place])))[:MOST_COMPARED]
    alike = {place: _likeness(wanted, names[place]) for place in shared if runs & _runs(names[place])}
    return sorted(alike, key=lambda place: -alike[place])[:MOST_OFFERED]


def _likeness(wanted: str, name: str) -> float:
    """Return how much each word that is asked for is like the word of a name that is most like it, on average."""
    there = name.split()
    best = [max(SequenceMatcher(None, word, other).ratio() for other in there) for word in wanted.split()]
    return sum(best) / max(len(best), 1)


def _runs(text: str) -> set[str]:
    return {text[i : i + 3] for i in range(len(text) - 2)}
