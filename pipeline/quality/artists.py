"""How far a genre rests on a few artists."""

import pandas as pd

from pipeline.quality.check import Check, named
from pipeline.splits import artist_key

TOO_MUCH_OF_ONE = 0.5
"""A genre of which more than this share is by one artist is a genre of that artist."""


def artist_concentration(tracks: pd.DataFrame) -> pd.DataFrame:
    """Describe whom the tracks of each genre are by.

    Parameters
    ----------
    tracks : pd.DataFrame
        ``genre``, ``artist`` (as written; splits' `artist_key` says what is one artist, and what is unknown)

    Returns
    -------
    pd.DataFrame
        by ``genre``, the most concentrated first: ``tracks``; ``unknown``, those of unknown artists; ``artists``;
        ``commonest`` and its ``share`` of the tracks whose artist is known; ``effective_artists``, how many artists of
        equal share would be as concentrated: 1 / Σ share² (Simpson 1949; Hill 1973, of order 2)
    """
    rows = []
    for genre, spelled in tracks.groupby("genre")["artist"]:
        artists = spelled.map(artist_key)
        shares = artists.value_counts(normalize=True)
        known = len(shares) > 0
        rows.append(
            {
                "genre": genre,
                "tracks": len(artists),
                "unknown": int(artists.isna().sum()),
                "artists": len(shares),
                "commonest": spelled[artists == min(shares.index[shares == shares.max()])].min() if known else None,
                "share": shares.max() if known else None,
                "effective_artists": 1 / (shares**2).sum() if known else None,
            }
        )
    columns = ["genre", "tracks", "unknown", "artists", "commonest", "share", "effective_artists"]
    types = {"share": float, "effective_artists": float}
    return pd.DataFrame(rows, columns=columns).astype(types).set_index("genre").sort_values("effective_artists")


def check_artists(tracks: pd.DataFrame) -> list[Check]:
    """Name the genres that are by one artist alone, and those that are mostly by one."""
    found = artist_concentration(tracks)
    found = found[found["artists"] > 0]
    if found.empty:
        none = "no artist is known (--metadata names them)"
        return [Check("one_artist_genres", "ok", 0, none), Check("artist_concentration", "ok", 0, none)]
    is_alone = (found["artists"] == 1) & (found["tracks"] - found["unknown"] > 1)
    mostly = ~is_alone & (found["share"] > TOO_MUCH_OF_ONE) & (found["artists"] > 1)
    return [
        Check.counted(
            "one_artist_genres", is_alone.sum(), _alone(found[is_alone]) or "every genre has several artists"
        ),
        Check.counted("artist_concentration", mostly.sum(), _concentrated(found[~is_alone], int(mostly.sum()))),
    ]


def _alone(genres: pd.DataFrame) -> str:
    if genres.empty:
        return ""
    words = []
    for genre, row in genres.iterrows():
        unknown = f", {row['unknown']} more by unknown ones" if row["unknown"] else ""
        words.append(f"{genre}: {row['commonest']}, {row['tracks'] - row['unknown']} tracks{unknown}")
    names = named(sorted(map(str, genres.index)), ", ")
    which = "it rests" if len(words) == 1 else "each rests"
    return f"a score on this data says nothing about {names}: {which} on one artist ({named(words)})"


def _concentrated(genres: pd.DataFrame, n_mostly: int) -> str:
    sentences = [
        f"{genre}: {row['share']:.0%} by {row['commonest']}, {row['artists']} artists that count as "
        f"{row['effective_artists']:.1f}"
        for genre, row in genres[genres["artists"] > 1].iterrows()
    ]
    if n_mostly:
        chosen = genres[(genres["artists"] > 1)]["share"] > TOO_MUCH_OF_ONE
        sentences = [words for words, is_chosen in zip(sentences, chosen, strict=True) if is_chosen]
        return f"mostly by one artist, so a score there is much about that artist: {named(sentences)}"
    return (
        f"no other genre is mostly by one artist; the most concentrated: {sentences[0]}"
        if sentences
        else "no other genre"
    )
