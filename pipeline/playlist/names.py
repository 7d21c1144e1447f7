"""Tracks by words of their names, and the nearest names where nothing fits."""

import unicodedata
from collections.abc import Sequence
from difflib import SequenceMatcher
from pathlib import PurePosixPath

MOST_OFFERED = 3
MOST_COMPARED = 100


def shown_name(artist: object, title: object, path: str) -> str:
    """Return what a track is called in a list, which tells it from others: artist and title, as far as they are texts.

    Without a title its file's name stands for it, and without an artist, too, the whole path.

    >>> shown_name("Nina Simone", "Sinnerman", "a/1.mp3"), shown_name("Nina Simone", None, "a/1.mp3")
    ('Nina Simone - Sinnerman', 'Nina Simone - 1.mp3')
    >>> shown_name(None, "Sinnerman", "a/1.mp3"), shown_name(None, None, "a/1.mp3")
    ('Sinnerman', 'a/1.mp3')
    """
    by = artist if isinstance(artist, str) else ""
    called = title if isinstance(title, str) and title else PurePosixPath(path).name if by else path
    return f"{by} - {called}" if by else called


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
