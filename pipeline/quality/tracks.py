"""Checks of what the catalogue knows: rejects, gaps, genres and exact duplicates."""

import pandas as pd

from pipeline.quality.check import Check, named
from pipeline.sources.metadata import DESCRIBED
from pipeline.store import are_among

IMBALANCE = 2.0
"""The largest genre may hold this many times the tracks of the smallest before it is called unbalanced."""

FEW_TRACKS = 10

MISSING = {"unreadable": "could not be read", "gone": "could not be found"}


def check_rejects(reasons: pd.Series) -> Check:
    """Count rejects by their reason."""
    counted = reasons.value_counts()
    detail = ", ".join(f"{reason} {n}" for reason, n in counted.items()) or "every file and row can be used"
    return Check.counted("rejects", counted.sum(), detail)


def check_missing(tracks: pd.DataFrame) -> Check:
    """Count tracks whose file or rows were not there; their features stay, and count."""
    missing = tracks[tracks["missing"].notna()]
    counted = missing["missing"].value_counts()
    why = [f"{counted[reason]} {words}" for reason, words in MISSING.items() if reason in counted]
    of_genres = [f"{genre} {n}" for genre, n in missing["genre"].value_counts().items()]
    detail = f"{', '.join(why)}; by genre: {named(of_genres, ', ')}; kept, with the features that they have"
    return Check.counted("missing_tracks", len(missing), detail if len(missing) else "every track is there")


def check_metadata(tracks: pd.DataFrame) -> Check:
    """Count tracks that metadata say nothing of; without the artist nobody can tell singer from genre."""
    unknown = tracks[list(DESCRIBED)].isna().sum()
    sentences = [f"{unknown[field]} of {len(tracks)} tracks have no {field.replace('_', ' ')}" for field in DESCRIBED]
    return Check.counted("missing_metadata", unknown["artist"], ", ".join(sentences))


def check_balance(tracks: pd.DataFrame) -> list[Check]:
    """Compare the sizes of the genres."""
    counts = tracks["genre"].value_counts()
    if counts.empty:
        return [Check("genre_balance", "warning", 0, "no track can be used")]
    largest, smallest = counts.index[0], counts.index[-1]
    ratio = counts.iloc[0] / counts.iloc[-1]
    few = counts[counts < FEW_TRACKS]
    sizes = f"{largest} has {counts.iloc[0]} tracks, {smallest} has {counts.iloc[-1]}: {ratio:.1f} to 1"
    small = (
        f"under {FEW_TRACKS} tracks: {named(list(few.index), ', ')}" if len(few) else f"none under {FEW_TRACKS} tracks"
    )
    return [
        Check.warning_if(ratio > IMBALANCE, "genre_balance", len(counts), sizes),
        Check.counted("small_genres", len(few), small),
    ]


def check_few(tracks: pd.DataFrame) -> list[Check]:
    """Warn where a genre has few tracks as a rule; nothing is said where it has enough."""
    counts = tracks["genre"].value_counts()
    middle = counts.median()
    if counts.empty or middle >= FEW_TRACKS:
        return []
    words = (
        f"half of the genres have {middle:g} tracks or fewer. An interval tells how a score may change with other "
        "tracks to be tested on, and not how it would change with other tracks to learn from"
    )
    return [Check("few_tracks", "warning", int(middle), words)]


def originals(tracks: pd.DataFrame) -> pd.Series:
    """Return the first track of the same content, itself where there is none before it.

    What `settle` found stands; before that, tracks of one content hash are the same.

    Parameters
    ----------
    tracks : pd.DataFrame
        ``track_id``, ``content_hash``, ``duplicate_of``; sorted by ``track_id``

    Returns
    -------
    pd.Series of str
        by the index of `tracks`
    """
    hashed = tracks["content_hash"].fillna(tracks["track_id"])
    same = tracks["track_id"].groupby(hashed).transform("first")
    return tracks["duplicate_of"].where(are_among(tracks["duplicate_of"], tracks["track_id"])).fillna(same)


def check_duplicates(tracks: pd.DataFrame) -> list[Check]:
    """Name tracks with exactly the same content, and once more those that have two genres."""
    first = originals(tracks)
    repeated = first[first != tracks["track_id"]]
    pairs = [f"{tracks.at[i, 'track_id']} = {original}" for i, original in repeated.items()]
    torn = tracks.groupby(first)["genre"].nunique()
    across = tracks[first.isin(torn.index[torn > 1])].groupby(first)
    conflicts = [" = ".join(f"{row.track_id} ({row.genre})" for row in same.itertuples()) for _, same in across]
    return [
        Check.counted("duplicates", len(pairs), named(pairs) or "no two tracks have the same content"),
        Check.counted("duplicates_across_genres", len(conflicts), _torn(conflicts)),
    ]


def _torn(conflicts: list[str]) -> str:
    if not conflicts:
        return "no content has two genres"
    return f"the same content is filed under several genres, where no answer can be right for all: {named(conflicts)}"
