"""Which style lies below which genre: two-level labels made a tree, by rules that are told."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from pipeline.printable import count

FEWEST_UNITS = 15
"""Artists (or tracks) of a style: of fewer, too few would be left to calibrate on beside those that are tested."""
MOST_NAMED = 4


@dataclass(frozen=True)
class Nested:
    """Styles below genres, each style below one.

    Attributes
    ----------
    parents : dict of str
        genre of each style; at least two styles of each genre
    styles : pd.Series of str
        by track id, of the tracks that keep theirs
    remarks : list of str
        which did not, and why, a sentence each
    """

    parents: Mapping[str, str]
    styles: pd.Series
    remarks: list[str]


def nest(tracks: pd.DataFrame) -> Nested:
    """Put each style below one genre.

    A style that occurs below several genres belongs to the one below which most of its tracks are, and to none where
    two have as many. A style of fewer than `FEWEST_UNITS` units is none, nor is one that is alone below its genre, as
    nothing is left to tell there. A track that loses its style by this keeps its genre.

    Parameters
    ----------
    tracks : pd.DataFrame
        a row a track: ``track_id``, ``genre``, ``unit``; ``style``, missing where it is not known
    """
    known, remarks = tracks[tracks["style"].notna()], []
    n_unknown = len(tracks) - len(known)
    if n_unknown and len(known):
        remarks.append(f"{n_unknown} of {count(len(tracks), 'track')} have no style.")
    counts = known.groupby(["style", "genre"]).size().rename("n").reset_index()
    most = counts[counts["n"] == counts.groupby("style")["n"].transform("max")]
    parents = most[~most["style"].duplicated(keep=False)].set_index("style")["genre"]
    stray = known["style"].map(parents) != known["genre"]
    if stray.any():
        several = sorted(known["style"][stray].unique())
        remarks.append(
            f"{count(len(several), 'style')} below several genres ({_shorten(several)}): each belongs where most of "
            f"its tracks are, or nowhere where two have as many; {count(int(stray.sum()), 'track')} lose theirs."
        )
    known = known[~stray]
    units = known.groupby("style")["unit"].nunique()
    few = units.index[units < FEWEST_UNITS]
    if len(few):
        lost = known["style"].isin(few)
        remarks.append(
            f"{count(len(few), 'style')} by fewer than {FEWEST_UNITS} artists, or of fewer tracks ({_shorten(few)}): "
            f"{count(int(lost.sum()), 'track')} lose theirs."
        )
        known = known[~lost]
    of_genre = known.groupby("genre")["style"].nunique()
    single = of_genre.index[of_genre < 2]
    if len(single):
        remarks.append(
            f"Nothing to tell below {_shorten(single)}: the only style left there says no more than the genre."
        )
        known = known[~known["genre"].isin(single)]
    return Nested(
        known.drop_duplicates("style").set_index("style")["genre"].sort_index().to_dict(),
        known.set_index("track_id")["style"],
        remarks,
    )


def _shorten(names) -> str:
    more = len(names) - MOST_NAMED
    return ", ".join(names[:MOST_NAMED]) + (f" and {more} more" if more > 0 else "")


def codes_of(parents: Mapping[str, str], genres: tuple[str, ...]) -> np.ndarray:
    """Return the genre of each style as a number [shape=(k,)], styles and genres in their order."""
    return np.array([genres.index(genre) for genre in parents.values()], dtype=int)
