"""Whether there are tracks enough for a comparison, told from their counts, before anything is extracted."""

from collections import Counter
from collections.abc import Mapping

from pymongo.database import Database

FEWEST_TRACKS = 3
"""A genre of fewer can't be learned from and tested on."""

FEWEST_GENRES = 2
NAMED = 10


def say_too_few(genres: Mapping[str, int], source: str) -> str | None:
    """Say why tracks are too few to compare anything, and what can be done with them; None where they are enough.

    Parameters
    ----------
    genres : mapping of int
        tracks that may be used, by genre
    source : str
        audio or table
    """
    enough = [genre for genre, n in genres.items() if n >= FEWEST_TRACKS]
    if len(enough) >= FEWEST_GENRES:
        return None
    counted = sorted(genres.items(), key=lambda pair: (-pair[1], pair[0]))
    largest = ", ".join(f"{genre} {n}" for genre, n in counted[:NAMED])
    more = f" and {len(counted) - NAMED} more genres" if len(counted) > NAMED else ""
    instead = (
        "`genrelab predict` and `genrelab tags` take such a folder as it is"
        if source == "audio"
        else "--to 01_catalogue still shows what is in it"
    )
    return (
        f"too few tracks to compare anything ({largest}{more}): it takes {FEWEST_GENRES} genres of {FEWEST_TRACKS} "
        f"tracks each outside the holdout, and tens of tracks a genre to say much; add some, or {instead}"
    )


def too_few(database: Database, dataset: str) -> str | None:
    """Say what `say_too_few` says of the tracks of a dataset that are not rejected."""
    known = database["datasets"].find_one({"dataset": dataset}, {"source": True}) or {}
    counted = database["tracks"].aggregate(
        [
            {"$match": {"dataset": dataset, "status": {"$ne": "rejected"}}},
            {"$group": {"_id": "$genre", "n": {"$sum": 1}}},
        ]
    )
    return say_too_few(Counter({found["_id"]: found["n"] for found in counted}), known.get("source", "audio"))
