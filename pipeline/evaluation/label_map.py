"""Which genre of one dataset is which of another: by names that are the same but for spelling, or as a table says."""

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from pathlib import Path

from pipeline.errors import InputError
from pipeline.sources.csv_file import read_csv
from pipeline.sources.genre_names import folded_key

OPTION = "--map"


def map_genres(theirs: Iterable[str], ours: Iterable[str], given: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return for genres of another dataset the genre that a model knows them by; one without such a genre is left out.

    Names that differ by case, hyphens, blanks or accents alone map by themselves, unless two genres of the model do.

    Parameters
    ----------
    theirs : iterable of str
        genres of the other dataset
    ours : iterable of str
        genres that the model knows
    given : mapping, optional
        what `read_map` read; it goes before what maps by itself, and a genre that it maps to nothing is left out

    Raises
    ------
    InputError
        where `given` names a genre that one of the two does not have
    """
    theirs, ours, given = sorted(set(theirs)), sorted(set(ours)), dict(given or {})
    for named, known, whose in ((given, theirs, "the dataset that is tested on"), (given.values(), ours, "the model")):
        for name in sorted(set(filter(None, named)) - set(known)):
            raise InputError(f"{OPTION} names genre {name!r}, which {whose} does not have{_instead(name, known)}")
    folded: dict[str, list[str]] = {}
    for genre in ours:
        folded.setdefault(folded_key(genre), []).append(genre)
    found = {}
    for genre in theirs:
        alike = [genre] if genre in ours else folded.get(folded_key(genre), [])
        name = given[genre] if genre in given else alike[0] if len(alike) == 1 else ""
        if name:
            found[genre] = name
    return found


def read_map(path: Path) -> dict[str, str]:
    """Read a table of two columns: a genre of the dataset that is tested on, and the model's genre, empty for none.

    The first row is a header; any names will do.

    Raises
    ------
    InputError
        where it can't be read, has other columns, or maps a genre twice
    """
    table, ragged = read_csv(path.expanduser(), OPTION)
    if len(table.header) != 2 or ragged:
        line = f" (line {ragged[0][0]} has {ragged[0][1]})" if ragged else f", not {len(table.header)}"
        raise InputError(
            f"{OPTION} {str(path)!r} must have two columns, the genre tested on and the model's genre{line}: write a "
            "header and a row a genre, like hiphop,rap"
        )
    pairs = list(zip(*(table.column(name) for name in table.header), strict=True))
    mapping = {theirs: ours for theirs, ours in pairs if theirs}
    for theirs, ours in pairs:
        if theirs and mapping[theirs] != ours:
            raise InputError(f"{OPTION} {str(path)!r} maps genre {theirs!r} twice, to {ours!r} and {mapping[theirs]!r}")
    return mapping


def _instead(name: str, known: list[str]) -> str:
    near = get_close_matches(name, known, n=1)
    return f": did you mean {near[0]!r}?" if near else f"; there are: {', '.join(known)}"
