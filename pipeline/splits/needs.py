"""What a policy needs to be known of the tracks, and what it makes of those of which it isn't."""

import pandas as pd

from pipeline.errors import InputError
from pipeline.splits.groups import artist_key
from pipeline.splits.predefined import SIDES, predefined_side, predefined_split


def read_known(tracks: pd.DataFrame) -> pd.DataFrame:
    """Return tracks with what policies read in their ``artist`` and ``predefined_split``: `say_known`'s columns."""
    known = tracks["artist"].map(artist_key).notna()
    return tracks.assign(artist_known=known, predefined=tracks["predefined_split"].map(predefined_side))


def say_known(policy: str, tracks: pd.DataFrame) -> list[str]:
    """Say what `policy` does with the tracks of which the metadata don't say enough.

    Parameters
    ----------
    policy : str
    tracks : pd.DataFrame
        one row a track: ``artist_known`` (bool), ``predefined`` (as `predefined_side` returns it)

    Returns
    -------
    list of str
        sentences; none for policies that need no metadata

    Raises
    ------
    InputError
        where the metadata don't say enough of any track
    """
    if policy == "artist":
        n_unknown = int((~tracks["artist_known"]).sum())
        if n_unknown == len(tracks):
            raise InputError(
                "--split artist: no artist is known; give a CSV with a column of artists to --metadata, "
                "or choose --split track"
            )
        return [say_unknown_artists(n_unknown, len(tracks))]
    if policy == "predefined":
        counts = tracks["predefined"].value_counts().reindex([*SIDES, ""], fill_value=0)
        if not counts["train"] + counts["valid"] or not counts["test"]:
            raise InputError(
                f"--split predefined: the metadata name {counts['train']} tracks for train, {counts['valid']} for "
                f"valid and {counts['test']} for test; give a CSV with a column of such a split to --metadata, "
                "or choose --split track"
            )
        return [
            f"Predefined split: {counts['train'] + counts['valid']} tracks to learn from ({counts['train']} train, "
            f"{counts['valid']} valid), {counts['test']} to test on; {counts['']} have another value or none, "
            "and are neither learned from nor scored."
        ]
    return []


def say_unknown_artists(n_unknown: int, n_tracks: int) -> str:
    """Say what becomes of the tracks whose artist is unknown."""
    if not n_unknown:
        return f"The artists of all {n_tracks} tracks are known."
    return f"{n_unknown} of {n_tracks} tracks have no known artist: each counts as an artist of its own."


def say_split(policy: str, rows: pd.DataFrame) -> list[str]:
    """Say what `policy` makes of rows: what `say_known` does, and the duplicates that leave training.

    Parameters
    ----------
    policy : str
    rows : pd.DataFrame
        as in ``Samples``

    Raises
    ------
    InputError
        as `say_known`
    """
    tracks = rows.drop_duplicates("track", ignore_index=True)
    told = say_known(policy, tracks)
    if policy == "predefined":
        train, _ = predefined_split(tracks["predefined"], tracks["group"].to_numpy())
        n_leaving = int(tracks["predefined"].isin(("train", "valid")).sum()) - len(train)
        if n_leaving:
            told.append(f"{n_leaving} tracks to learn from repeat one that is tested on, and leave.")
    return told
