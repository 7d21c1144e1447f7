"""Tracks that a dataset has and its source does not show: are they gone, or only out of sight?

What can't be read is not gone. Of what can be, a few are taken to be gone; a large share may as well be a disk that is
not there, or a table that was cut off, and stays until somebody says otherwise.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path, PurePosixPath
from typing import Any

from pipeline.errors import InputError
from pipeline.printable import count

LARGE_SHARE = Fraction(1, 5)
"""So much of a dataset is not taken out unasked."""

MOST_NAMED = 5


@dataclass(frozen=True)
class Absent:
    """What becomes of the tracks that the source does not show.

    Attributes
    ----------
    unread : dict of str
        the tracks that can't be read now, each with the folder or file that is why; they stay
    kept : set of str
        tracks that can't be found, and stay
    gone : set of str
        tracks that are to be taken out
    """

    unread: Mapping[str, str]
    kept: Set[str]
    gone: Set[str]


def sort_out(
    before: Mapping[str, Mapping[str, Any]],
    lost: Mapping[str, int],
    held: int,
    *,
    unread: Mapping[str, str],
    remove_missing: bool,
) -> Absent:
    """Tell what becomes of tracks that the source does not show, or not whole.

    Parameters
    ----------
    before : mapping
        the dataset's tracks, with the ``missing`` of each
    lost : mapping
        how much each of these tracks has lost: 1 for a file, rows for a table; 0 where nothing could be used of it
    held : int
        how much the dataset had, in the same unit
    unread : mapping
        tracks that can't be read now
    remove_missing : bool
        take out whatever can't be found
    """
    is_large = sum(lost.values()) >= LARGE_SHARE * held
    kept = {
        name
        for name, n in lost.items()
        if n and not remove_missing and (is_large or before[name].get("missing") == "gone")
    }
    return Absent(unread, kept, lost.keys() - kept)


def refuse_other_music(
    dataset: str, option: str, location: Path, known: Mapping[str, Any], lost: Mapping[str, int], held: int
) -> None:
    """Refuse a source that has nothing of what the dataset holds.

    That is another collection, or the same one seen from another level: its genres would be others.

    Raises
    ------
    InputError
        with the ways to go on
    """
    if held and sum(lost.values()) == held:
        n, source = say_tracks(sum(map(bool, lost.values()))), known["location"]
        came, mend = (
            ("all of which came from it", "put them back")
            if str(location) == source
            else (f"which come from {source!r}", "give that one for the same music")
        )
        raise InputError(
            f"{option} {str(location)!r} has none of the {n} of dataset {dataset!r}, {came}: {mend}, give another "
            "--dataset for other music, or --remove-missing to put this music in their place"
        )


def find_above(name: str, places: Iterable[str]) -> str | None:
    """Return which of `places` a path lies in, or is."""
    path = PurePosixPath(name)
    return next((place for place in map(str, (path, *path.parents)) if place in places), None)


def say_unread(unread: Mapping[str, str], why: Mapping[str, str]) -> list[str]:
    """Say what can't be read, a sentence each; `why` has the reasons by folder or file."""
    counted = Counter(sorted(unread.values())).most_common()
    sentences = [f"{place!r}: {why[place]}; {say_tracks(n)} kept, features included" for place, n in counted]
    if len(sentences) > MOST_NAMED:
        n_more = sum(n for _, n in counted[MOST_NAMED:])
        sentences[MOST_NAMED:] = [
            f"{say_tracks(n_more)} kept for like reasons in {len(sentences) - MOST_NAMED} more places"
        ]
    return sentences


def say_tracks(n: int) -> str:
    """Return ``1 track``, ``2 tracks``."""
    return count(n, "track")


def say_genres(before: Mapping[str, Mapping[str, Any]], names: Iterable[str]) -> str:
    """Return how many of the tracks are of which genre, the most frequent first."""
    counted = Counter(before[name]["genre"] for name in sorted(names)).most_common()
    by_genre = [f"{genre} {n}" for genre, n in counted[:MOST_NAMED]]
    return ", ".join([*by_genre, *([f"{len(counted) - MOST_NAMED} more genres"] if len(counted) > MOST_NAMED else [])])
