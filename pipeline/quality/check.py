"""What a check says: one row of ``data_quality.csv``."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Literal

import pandas as pd

from pipeline.tables import DATA_QUALITY

MOST_NAMED = 20
"""A row names so many at most: a person reads it in a cell of a table."""


MEANINGS = {
    "rejects": "files and rows that could not be used",
    "no_label": "files or rows of which nothing tells the genre; a warning where that is more than one in ten",
    "missing_tracks": "tracks that the source did not show when it was last catalogued; they count with what is known",
    "missing_metadata": "tracks of an unknown artist; titles and predefined splits are counted beside",
    "columns_left_out": "columns of a table that look like features and are none: they count, name, repeat the label …",
    "lost_genres": "genres of which most files or rows can't be used",
    "genre_twins": "groups of genres whose names differ by case, blanks, punctuation or accents alone",
    "genre_balance": "genres; a warning where the largest has over twice the tracks of the smallest",
    "small_genres": "genres of under ten tracks",
    "few_tracks": "tracks of the genre in the middle, where these are under ten; no row where they are not",
    "duplicates": "tracks with exactly the content of an earlier one: the same audio, or the same row of a table",
    "duplicates_across_genres": "contents that have more than one genre",
    "same_recording": "recordings that several tracks hold, exactly or nearly: no split tears such a group",
    "large_groups": "of these, groups of more than a handful of tracks, which a chain of likenesses may have made",
    "recordings_across_genres": "recordings, told by content, sound, or artist and title, with more than one genre",
    "same_title": "groups of tracks with the same artist and title, spellings folded",
    "near_duplicates": "pairs of tracks whose features are nearer than chance explains, as of two cuts of a recording",
    "non_finite_values": "values that are missing or infinite, and rows or files rejected for one; a row a window",
    "constant_features": "features that never vary; a row a window",
    "artist_constant_features": "features that name the artist: the same on all tracks of each one; a row a window",
    "scaled_before": "features of a table that were scaled over all rows before they came; a row a window",
    "label_telling_features": "features of a table each of which parts the genres by itself; a row a window",
    "test_side": "tracks that are tested in the first split; a warning where none is held out besides",
    "repeats_of_tested": "tracks left out of training by a predefined split: they repeat tested ones; no row if none",
    "artists_on_both_sides": "test tracks of the first split by artists who are learned from as well",
    "unlike_sides": "genres whose shares on the two sides of the first split differ by more than chance explains",
    "one_artist_genres": "genres whose known artist is always the same: no score says anything about such a genre",
    "artist_concentration": "other genres of which one artist has more than half the tracks",
    "impossible_places": "tracks with degrees that no place has; no row where no track has any",
    "swapped_places": "tracks whose latitude and longitude seem to be the other way round; no row where none have any",
    "null_island": "tracks from 0 north, 0 east, which stands for an unknown place; no row where none have any",
    "places_elsewhere": "tracks from far outside the country that is told; no row where no track has any place",
    "one_session_countries": "countries whose tracks may be one recording session; no row where no track has any place",
    "suspicious_labels": "tracks outside the holdout whose label no judge believes: a list to listen to",
    "learned_from_other_music": "feature sets that a network learned from other music; no row where none are",
    "synthetic_music": "tracks that a computer made; no row where none are",
    "learned_from_a_sample": "models that learned from a sample of whole tracks, rows being many; no row where none",
}
"""What ``n`` counts, for every check there is; the table of ``exports/README.md`` is made of these."""

_OF_A_WINDOW = re.compile(r"_([\d.e+-]+)s$")

GRAVE = frozenset(
    {
        "synthetic_music",
        "learned_from_other_music",
        "no_label",
        "few_tracks",
        "one_artist_genres",
        "duplicates_across_genres",
        "artists_on_both_sides",
        "lost_genres",
    }
)
"""Checks whose warning goes with every headline: it says that a score can't mean what it seems to."""


@dataclass(frozen=True)
class Check:
    """One row: what was looked at, whether it is a warning, how many there are, and which, in words."""

    check: str
    status: Literal["ok", "warning"]
    n: int
    detail: str

    def __post_init__(self) -> None:
        if _OF_A_WINDOW.sub("", self.check) not in MEANINGS:
            raise ValueError(f"no check {self.check!r}: add it to MEANINGS")

    @classmethod
    def counted(cls, check: str, n: int, detail: str) -> "Check":
        """Return a check that warns where there is anything to count."""
        return cls.warning_if(n > 0, check, n, detail)

    @classmethod
    def warning_if(cls, warn: bool, check: str, n: int, detail: str) -> "Check":
        """Return a check that warns where `warn` is true."""
        return cls(check, "warning" if warn else "ok", int(n), detail)


def name_check(check: str) -> str:
    """Return a check in words, of one window with its length.

    >>> name_check("artist_constant_features_3s")
    'artist constant features, 3-second rows'
    """
    base, window = _OF_A_WINDOW.sub("", check), _OF_A_WINDOW.search(check)
    return base.replace("_", " ") + (f", {window[1]}-second rows" if window else "")


def as_table(checks: Iterable[Check]) -> pd.DataFrame:
    """Return checks as ``data_quality`` declares them."""
    return pd.DataFrame([asdict(check) for check in checks], columns=DATA_QUALITY.names)


def named(items: Sequence[str], separator: str = "; ") -> str:
    """Join the first ``MOST_NAMED`` of `items`, and say how many more there are."""
    more = [f"and {len(items) - MOST_NAMED} more"] if len(items) > MOST_NAMED else []
    return separator.join([*items[:MOST_NAMED], *more])
