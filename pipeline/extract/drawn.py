"""Which side of the holdout a content lies on, whatever its track is called: a renamed file stays where it was."""

import pandas as pd
from pymongo.database import Database

from pipeline.store import are_among, read_frame, records_of, upsert

DRAWN = "drawn"
MOST_NAMED = 3


def follow_content(database: Database, dataset: str, tracks: pd.DataFrame) -> list[str]:
    """Set ``holdout`` of tracks not drawn yet whose content was drawn under another name; say which.

    Parameters
    ----------
    database : Database
    dataset : str
    tracks : pd.DataFrame
        ``track_id``, ``content_hash``, ``holdout`` (True, False, or missing); changed in place

    Returns
    -------
    list of str
        a sentence, where there are such tracks
    """
    known = read_frame(database[DRAWN], {"dataset": dataset}, ["content_hash", "holdout", "track_id"])
    known = known.set_index("content_hash")
    is_back = tracks["holdout"].isna() & are_among(tracks["content_hash"], known.index)
    if not is_back.any():
        return []
    of_content = known.loc[tracks["content_hash"][is_back]]
    tracks["holdout"] = tracks["holdout"].astype(object)
    tracks.loc[is_back, "holdout"] = of_content["holdout"].astype(bool).to_numpy()
    there = set(tracks["track_id"])
    renamed = [
        f"{old} is {new}" + (" (held out)" if held else "")
        for new, old, held in zip(
            tracks["track_id"][is_back], of_content["track_id"], of_content["holdout"], strict=True
        )
        if old not in there
    ]
    if not renamed:
        return []
    named = ", ".join(renamed[:MOST_NAMED])
    more = f" and {len(renamed) - MOST_NAMED} more" if len(renamed) > MOST_NAMED else ""
    sentence = (
        f"{len(renamed)} tracks have another name and the content of before, and stay on their side of the holdout"
    )
    return [f"{sentence}: {named}{more}"]


def remember(database: Database, dataset: str, tracks: pd.DataFrame) -> None:
    """Keep on which side of the holdout the content of tracks lies; what is not there any more stays known.

    Parameters
    ----------
    database : Database
    dataset : str
    tracks : pd.DataFrame
        ``track_id``, ``content_hash``, ``holdout`` (bool)
    """
    known = tracks.dropna(subset=["content_hash"]).drop_duplicates("content_hash")
    upsert(
        database[DRAWN],
        (
            {"dataset": dataset, **of, "holdout": bool(of["holdout"])}
            for of in records_of(known[["content_hash", "track_id", "holdout"]])
        ),
        new=database[DRAWN].find_one({"dataset": dataset}) is None,
    )
