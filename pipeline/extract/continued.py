"""Short recordings that go on in one another: pieces of longer ones, whatever their files are called."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from pymongo.database import Database
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from pipeline.features.joints import find_joints

FEWEST_JOINTS = 4
LEAST_SHARE = 0.2
"""So many of the short tracks, at least, have to go on in others: two to six of a hundred seem to by chance."""


@dataclass(frozen=True)
class Continued:
    """What was found of short tracks.

    Attributes
    ----------
    recordings : pd.Series [shape=(n,)]
        a number that pieces of one recording share, by the place of the track; missing for others
    notes : list of str
        a sentence, or none
    """

    recordings: pd.Series
    notes: list[str]


def find_continued(database: Database, dataset: str, tracks: pd.DataFrame) -> Continued:
    """Look among the short tracks of each genre for those that continue others.

    Parameters
    ----------
    database : Database
    dataset : str
    tracks : pd.DataFrame
        ``track_id`` and ``genre`` of usable tracks
    """
    nobody = pd.Series([None] * len(tracks), dtype=object)
    asked = {"dataset": dataset, "status": "ready", "edges": {"$nin": [None, b""]}}
    found = database["tracks"].find(asked, {"_id": False, "track_id": True, "edges": True})
    edges = {track["track_id"]: bytes(track["edges"]) for track in found}
    short = tracks.reset_index(drop=True)
    short = short[short["track_id"].isin(edges)]
    joints = [
        of_genre.index.to_numpy()[find_joints([edges[name] for name in of_genre["track_id"]])]
        for _, of_genre in short.groupby("genre")
    ]
    pairs = np.concatenate([np.empty((0, 2), dtype=int), *joints])
    if len(pairs) < max(FEWEST_JOINTS, LEAST_SHARE * len(short)):
        return Continued(nobody, [])
    graph = coo_array((np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=(len(tracks), len(tracks)))
    _, labels = connected_components(graph, directed=False)
    joined = np.unique(pairs)
    nobody[joined] = labels[joined]
    first, behind = (tracks["track_id"].iloc[place] for place in pairs[0])
    n_groups = len(np.unique(labels[joined]))
    note = (
        f"{len(joined)} of {len(short)} short tracks go on in one another ({first!r} in {behind!r}): they were cut "
        f"from longer ones, {n_groups} as far as is found, and are kept together so. Not all joints can be heard, so "
        "pieces of a song may still lie on both sides; where the files are called by song and number, like "
        "song_03.wav, they are put together as one track"
    )
    return Continued(nobody, [note])
