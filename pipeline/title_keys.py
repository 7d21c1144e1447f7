"""What spellings of one artist, and of one recording's title, have in common."""

import re
import unicodedata
from functools import lru_cache

import pandas as pd

NO_NAMES = ("", "unknown", "unknown artist", "various artists", "n/a", "-", "?")
"""What people write where they don't know the artist, or where there are many."""

NO_TITLES = re.compile(r"(untitled|unknown|no title|intro|outro|interlude|skit|prelude|live|track ?\d*|\d{1,2})?")
"""What many recordings of one artist are called, folded as `title_key` does it."""

_BESIDE_THE_TITLE = re.compile(
    r"[(\[]\s*(?:feat|ft|featuring|with)\b[^)\]]*[)\]]|\b(?:feat|ft|featuring)\b[^()\[\]-]*"
    r"|[(\[][^()\[\]]*\bremaster(?:ed)?\b[^()\[\]]*[)\]]|\s-\s[^-]*\bremaster(?:ed)?\b[^-]*$"
)
"""Guests and remasters: the recording is the same. "Live", "remix", "part 2" stay: it is another one."""


@lru_cache(maxsize=100_000)
def artist_key(name: str | None) -> str | None:
    """Return what two spellings of an artist have in common: NFC, case folded, white space squeezed.

    None where the artist is unknown.
    """
    if not isinstance(name, str):
        return None
    folded = unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())
    key = re.sub(r"\s+", " ", folded).strip()
    return None if key in NO_NAMES else key


def title_key(title: str | None) -> str | None:
    """Return what two spellings of a recording's title have in common: letters and digits, without accents or case.

    Guests and remasters are left out, "(live)" and "(remix)" are kept. None where the title says nothing.

    Examples
    --------
    >>> title_key("That's The Way (I Like It) [Remastered 2004]")
    'thats the way i like it'
    >>> title_key("Crazy (Live)")
    'crazy live'
    """
    if not isinstance(title, str):
        return None
    letters = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", title).casefold())
    plain = _BESIDE_THE_TITLE.sub(" ", letters).replace("&", " and ")
    kept = "".join("" if unicodedata.combining(c) or c in "'’`" else c if c.isalnum() else " " for c in plain)
    key = " ".join(kept.split())
    return None if NO_TITLES.fullmatch(key) else key


def same_titles(tracks: pd.DataFrame) -> pd.Series:
    """Return a label for each track, the same for those of one artist and title; None where either is unknown.

    Spaces in titles don't count: people forget them.

    Parameters
    ----------
    tracks : pd.DataFrame
        ``artist``, ``title``
    """
    known = zip(tracks["artist"].tolist(), tracks["title"].tolist(), strict=True)
    keys = [(artist_key(artist), title_key(title)) for artist, title in known]
    labels = [f"{artist}\0{title.replace(' ', '')}" if artist and title else None for artist, title in keys]
    return pd.Series(labels, index=tracks.index, dtype=object)
