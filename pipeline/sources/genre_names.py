"""Genres whose names are nearly the same: spellings of one, for both kinds of source."""

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence

from pipeline.errors import InputError

MERGE = ("ask", "fold", "off")
"""ask: what differs by case, blanks, width or normal form is one genre; fold: punctuation and accents too."""

MULTILABEL = ("first", "drop")
"""first: a cell that names several genres counts for the first; drop: for none."""


_SEVERAL = re.compile(r"\s*[|;,/\\]\s*")
_LIST = re.compile(r"\[(.*)\]")
_LISTED = re.compile(r"'((?:[^'\\]|\\.)*)'|\"((?:[^\"\\]|\\.)*)\"|([^,]+)")


def plain_key(genre: str) -> str:
    r"""Return what spellings share that differ by case, blanks (of no width too), width or normal form.

    Examples
    --------
    >>> plain_key("Hip Hop\u200b") == plain_key("hiphop")
    True
    """
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", genre).casefold())
    return "".join(c for c in folded if not c.isspace() and unicodedata.category(c) != "Cf") or genre


def folded_key(genre: str) -> str:
    """Return what spellings share that differ by punctuation, accents or the word for "and" as well.

    Examples
    --------
    >>> folded_key("Hip-Hop") == folded_key("hiphop"), folded_key("Drum & Bass") == folded_key("drum_and_bass")
    (True, True)
    """
    letters = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", genre).casefold())
    words = re.sub(r"[\s_\W]+and[\s_\W]+|[\s_\W]+n[\s_\W]+", " ", letters)
    kept = "".join(c for c in words if c.isalnum())
    return kept or plain_key(genre)


def one_of_several(cells: Sequence[str], how: str = "first", what: str = "genres") -> tuple[list[str], list[str]]:
    """Return what each cell counts for, where it names several genres, and say so: the first, or none.

    It does so by a list, as Python and JSON write it, by a bar, or by a semicolon, comma or slash where other cells
    name each part alone.

    Parameters
    ----------
    cells : sequence of str [shape=(n,)]
    how : str
        one of `MULTILABEL`; what is dropped is empty
    what : str
        the cells name, in the plural

    Raises
    ------
    InputError
        where `how` is none of them

    Examples
    --------
    >>> one_of_several(["Rock|Pop", "Pop", "Rock", "Pop/Rock", "Drum/Bass", "['Jazz', 'Pop']"])[0]
    ['Rock', 'Pop', 'Rock', 'Pop', 'Drum/Bass', 'Jazz']
    >>> one_of_several(["Rock|Pop", "Pop"], "drop")[0]
    ['', 'Pop']
    """
    check_multilabel(how)
    listed = {cell: _listed(cell) for cell in set(cells)}
    alone = {parts[0] for parts in listed.values() if len(parts) == 1 and not _SEVERAL.search(parts[0])}
    for cell, parts in listed.items():
        split = [part for part in map(str.strip, _SEVERAL.split(cell)) if part]
        if len(parts) == 1 and len(split) > 1 and ("|" in cell or alone.issuperset(split)):
            listed[cell] = split
    several = [cell for cell in cells if len(listed[cell]) > 1]
    counted = {cell: "" if len(parts) > 1 and how == "drop" else parts[0] for cell, parts in listed.items()}
    rule = "each counts for the first" if how == "first" else "none counts (--multilabel drop)"
    notes = [f"{len(several)} rows name several {what}, {min(several)!r} for one: {rule}"] if several else []
    return [counted[cell] for cell in cells], notes


def check_multilabel(how: str) -> None:
    """Refuse a way to read several genres that there is none of.

    Raises
    ------
    InputError
        naming those that there are
    """
    if how not in MULTILABEL:
        raise InputError(f"--multilabel {how!r} must be one of {', '.join(MULTILABEL)}")


def _listed(genre: str) -> list[str]:
    """Return the parts of a list as Python or JSON writes it, else the genre as it is."""
    found = _LIST.fullmatch(genre)
    parts = ["".join(part).strip() for part in _LISTED.findall(found[1])] if found else []
    return [part for part in parts if part] or [genre]


def check_merge(how: str) -> None:
    """Refuse a way to merge genres that there is none of.

    Raises
    ------
    InputError
        naming those that there are
    """
    if how not in MERGE:
        raise InputError(f"--merge-genres {how!r} must be one of {', '.join(MERGE)}")


def merge_genres(genres: Sequence[str], how: str = "ask") -> tuple[dict[str, str], list[str]]:
    """Tell which name each spelling of a genre gets, and say what was merged, and what could be.

    Parameters
    ----------
    genres : sequence of str
        of every track or row: the commonest spelling is the name; empty ones are none
    how : str
        one of `MERGE`

    Returns
    -------
    names : dict of str
        by spelling
    notes : list of str

    Raises
    ------
    InputError
        where `how` is none of them
    """
    check_merge(how)
    counted = Counter(genre for genre in genres if genre)
    if how == "off":
        return {genre: genre for genre in counted}, say_twins(counted)
    names: dict[str, str] = {}
    notes = []
    for spellings in _alike(counted, plain_key if how == "ask" else folded_key).values():
        name = max(spellings, key=lambda genre: (counted[genre], genre.strip() == genre, genre))
        names |= dict.fromkeys(spellings, name)
        if len(spellings) > 1:
            listed = ", ".join(f"{genre!r} ({counted[genre]})" for genre in spellings)
            notes.append(f"spellings of one genre, called {name!r}: {listed}; --merge-genres off keeps them apart")
    return names, [*notes, *say_twins(set(names.values()))]


def read_styles(cells: Sequence[str], merge: str, multilabel: str) -> tuple[list[str], list[str]]:
    """Return the style that each cell counts for, empty where it names none, and what was made of them.

    Parameters
    ----------
    cells : sequence of str [shape=(n,)]
    merge, multilabel : str
        as for genres
    """
    styles, several = one_of_several(cells, multilabel, "styles")
    names, merged = merge_genres(styles, merge)
    return [names.get(style, "") for style in styles], [*several, *(f"styles: {note}" for note in merged)]


def say_twins(genres: Iterable[str]) -> list[str]:
    """Say which genres may be one, as their names differ by case, blanks, punctuation or accents alone."""
    groups = [spellings for spellings in _alike(genres, folded_key).values() if len(spellings) > 1]
    return [
        f"{' and '.join(map(repr, spellings))} may be one genre: --merge-genres fold makes them one"
        for spellings in groups
    ]


def _alike(genres: Iterable[str], key: Callable[[str], str]) -> dict[str, list[str]]:
    groups: dict[str, list[str]] = defaultdict(list)
    for genre in sorted(genres):
        groups[key(genre)].append(genre)
    return groups
