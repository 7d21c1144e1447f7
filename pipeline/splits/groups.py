"""What belongs together: rows with the same values, names of one artist, and chains of such links."""

import re
import unicodedata
from hashlib import blake2b

import numpy as np
import pandas as pd
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

NO_NAMES = ("", "unknown", "unknown artist", "various artists", "n/a", "-", "?")
"""What people write where they don't know the artist, or where there are many."""

NO_TITLES = re.compile(r"(untitled|unknown|no title|intro|outro|interlude|skit|prelude|live|track ?\d*|\d{1,2})?")
"""What many recordings of one artist are called, folded as `title_key` does it."""

_BESIDE_THE_TITLE = re.compile(
    r"[(\[]\s*(?:feat|ft|featuring|with)\b[^)\]]*[)\]]|\b(?:feat|ft|featuring)\b[^()\[\]-]*"
    r"|[(\[][^()\[\]]*\bremaster(?:ed)?\b[^()\[\]]*[)\]]|\s-\s[^-]*\bremaster(?:ed)?\b[^-]*$"
)
"""Guests and remasters: the recording is the same. "Live", "remix", "part 2" stay: it is another one."""

FEWEST_VALUES = 8
"""Distinct values that a row has at least, if two tracks that have it in common are to be one group."""


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
    keys = [(artist_key(a), title_key(t)) for a, t in zip(tracks["artist"], tracks["title"], strict=True)]
    labels = [f"{artist}\0{title.replace(' ', '')}" if artist and title else None for artist, title in keys]
    return pd.Series(labels, index=tracks.index, dtype=object)


def recordings(tracks: pd.DataFrame) -> pd.Series:
    """Return the first track that holds the same recording, as 02_extract found it; the track itself where none does.

    Parameters
    ----------
    tracks : pd.DataFrame
        ``track_id``, ``same_recording_as``, ``duplicate_of`` (what earlier versions knew: exact copies)

    Returns
    -------
    pd.Series of str
        by the index of `tracks`
    """
    return tracks["same_recording_as"].fillna(tracks["duplicate_of"]).fillna(tracks["track_id"])


def join(*labels: np.ndarray) -> np.ndarray:
    """Number the connected components of rows that share a label of any kind.

    Parameters
    ----------
    *labels : array-like [shape=(n,)]
        rows with the same label of one kind belong together; a missing label joins nothing

    Returns
    -------
    np.ndarray of int [shape=(n,)]
        from 0, in the order of first appearance
    """
    n_nodes = n_rows = len(labels[0])
    ends, starts = [], []
    for kind in labels:
        codes, names = pd.factorize(np.asarray(kind))
        known = np.flatnonzero(codes >= 0)
        starts.append(known)
        ends.append(n_nodes + codes[known])
        n_nodes += len(names)
    rows, nodes = np.concatenate(starts), np.concatenate(ends)
    graph = coo_array((np.ones(len(rows), dtype=np.int8), (rows, nodes)), shape=(n_nodes, n_nodes))
    _, components = connected_components(graph, directed=False)
    return pd.factorize(components[:n_rows])[0]


def same_rows(X: np.ndarray) -> np.ndarray:
    """Number the rows so that those with exactly the same values have the same number.

    Parameters
    ----------
    X : np.ndarray [shape=(n, …)]
        vectors, or anything else that may be large: of a row no more than its hash is kept

    Returns
    -------
    np.ndarray of int [shape=(n,)]
    """
    cells = np.empty(len(X), dtype=object)
    cells[:] = [blake2b((row + 0.0).tobytes()).digest() for row in X]  # with 0.0 the two zeros are one
    return pd.factorize(cells)[0]


def telling(X: np.ndarray) -> np.ndarray:
    """Tell which rows could not be the same by chance.

    They have eight distinct values, and as many as half their columns. The features of silence are a few constants
    over and over, and a table of counts and classes repeats itself; that two tracks have such a row in common says
    nothing.

    Returns
    -------
    np.ndarray of bool [shape=(n,)]
    """
    ordered = np.sort(X, axis=1)
    n_distinct = 1 + (np.diff(ordered, axis=1) != 0).sum(axis=1)
    return n_distinct >= max(FEWEST_VALUES, X.shape[1] / 2)
