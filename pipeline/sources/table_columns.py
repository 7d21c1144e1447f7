"""How the columns of a table are called, what their cells hold, and what their names become in MongoDB."""

import re
from collections.abc import Iterable
from itertools import count

import pandas as pd

from pipeline.sources.metadata import DESCRIBED, ORIGIN
from pipeline.store.schema import fields

ID_COLUMNS = (
    "filename", "file_name", "track_id", "file", "path", "id", "song_id", "uri", "track_uri", "spotify_id", "isrc",
    "file_path", "audio_path", "audio_file", "clip_id", "spotify_uri", "spotify_track_id", "instance_id",
)  # fmt: skip
LABEL_COLUMNS = (
    "label", "genre", "Genre", "genre_y", "track_genre", "playlist_genre", "Label", "genre_x", "class", "genre_top",
    "track_genre_top", "top_genre", "music_genre", "main_genre", "primary_genre", "genre_name", "genre_label",
    "class_label", "genres", "style", "category", "target", "genero", "género", "tag", "subgenre",
)  # fmt: skip
SEGMENT_COLUMNS = ("segment", "segment_id", "segment_index", "segment_number")
PLACES = {field: names for field, names in ORIGIN.items() if field != "year"}
"""Where a track is from, in a table of features. A year is a feature there, as in tables of the charts."""

BY_WHOM = {field: DESCRIBED[field] for field in ("artist", "title")}
DESCRIPTIONS = DESCRIBED | PLACES
"""What a table of features may say of a track beside its label."""

IDENTITY = ("line", "track_id", "song_key", "genre", "style", "segment", "stem", "named", "length", *DESCRIPTIONS)
"""What each row of a table is known by, beside its features."""

_BESIDE_PLAIN = re.compile(r"[^0-9.eE+-]")
"""What no column of plain numbers holds; a million of those are read in a tenth of the time."""

_THOUSANDS = re.compile(r"^[+-]?[1-9]\d{0,2}(?:,\d{3})+(?:\.\d+)?$")
_SPACED = re.compile(r"^[+-]?[1-9]\d{0,2}(?:[ \xa0\u2009\u202f'’]\d{3})+(?:[.,]\d+)?$")
_DOTTED = re.compile(r"^[+-]?[1-9]\d{0,2}(?:\.\d{3})+,\d+$")
_BOXED = re.compile(r"^\[\s*([^\[\],\s]+)\s*\]$")
_PERCENT = re.compile(r"[+-]?\d+(?:[.,]\d+)? ?%")
_DECIMAL_COMMA = re.compile(r"^([+-]?\d*),(\d+(?:[eE][+-]?\d+)?)$")


def parse_numbers(cells: pd.Series, *, decimal_comma: bool) -> pd.Series:
    """Return cells as floats, NaN where one holds none.

    TRUE and FALSE are 1 and 0, 12 % is 12, 1,234 and 1 234 are 1234, and [1.5], as arrays of one are written, is 1.5. A
    comma is one of decimals where `decimal_comma` says so, or where the column has no other, and some that can be
    nothing else.
    """
    if not _BESIDE_PLAIN.search("".join(cells)):
        try:
            return cells.where(cells != "", "nan").astype(float)
        except ValueError:  # 1-2, or e
            pass
    shares = cells.str.fullmatch(_PERCENT)
    if shares.any() and (shares | (cells == "")).all():  # a column of shares and plain numbers is nobody's guess
        cells = cells.str.rstrip("% ")
    cells = cells.str.replace("\u2212", "-").str.replace(_BOXED, r"\1", regex=True)
    cells = cells.str.replace(_SPACED, lambda found: re.sub(r"[^\d.,+-]", "", found[0]), regex=True)
    if decimal_comma or _has_decimal_commas(cells):
        if cells.str.match(_DOTTED).any():
            cells = cells.str.replace(r"\.(?=\d{3})", "", regex=True)
        cells = cells.str.replace(_DECIMAL_COMMA, r"\1.\2", regex=True)
    else:
        cells = cells.str.replace(_THOUSANDS, lambda found: found[0].replace(",", ""), regex=True)
    truth = cells.str.lower().map({"true": "1", "false": "0"})
    return pd.to_numeric(truth.fillna(cells), errors="coerce").astype(float)


def _has_decimal_commas(cells: pd.Series) -> bool:
    """Tell whether all numbers with a fraction are written with a comma, and some with other than three digits."""
    filled = cells[cells != ""]
    commas = filled.str.match(_DECIMAL_COMMA)
    return bool(commas.any() and not filled.str.contains(".", regex=False).any()
                and not filled[commas].str.match(_THOUSANDS).all())  # fmt: skip


def is_index(name: str, numbers: pd.Series) -> bool:
    """Tell whether a column is the row index that pandas and R write: unnamed, or called index, and whole numbers."""
    name = name.casefold()
    whole = bool((numbers.dropna() % 1 == 0).all())
    return whole and (name.startswith("unnamed") or (name == "index" and numbers.is_unique))


def reserved_names() -> set[str]:
    """Return the names that no feature may have: a segment, a table's row or an export has something else there."""
    return {*fields("segments"), *IDENTITY, "run_id"}


def field_names(names: Iterable[str]) -> list[str]:
    """Return names that MongoDB takes as fields, each for one column only."""
    reserved, given = reserved_names(), []
    for name in names:
        safe = name.replace(".", "_").replace("\0", "")
        while not safe or safe in reserved or safe.startswith("$"):
            safe = f"feature_{safe.lstrip('$')}"
        numbered = (f"{safe}_{n}" for n in count(2))
        given.append(safe if safe not in given else next(name for name in numbered if name not in given))
    return given
