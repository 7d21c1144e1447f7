"""What the metadata say of tracks, as split policies read it."""

import pandas as pd

from pipeline.splits.policies import find_policy, predefined_side
from pipeline.title_keys import artist_key


def read_known(tracks: pd.DataFrame) -> pd.DataFrame:
    """Return tracks with what is read in their ``artist`` and ``predefined_split``.

    Returns
    -------
    pd.DataFrame
        with ``artist_known`` (bool) and ``predefined`` (as `predefined_side` returns it) besides
    """
    known = tracks["artist"].map(artist_key).notna()
    return tracks.assign(artist_known=known, predefined=tracks["predefined_split"].map(predefined_side))


def say_known(policy: str, tracks: pd.DataFrame) -> list[str]:
    """Say what `policy` does with the tracks of which the metadata don't say enough; see ``Policy.say_known``.

    Parameters
    ----------
    policy : str
    tracks : pd.DataFrame
        as `read_known` returns them

    Raises
    ------
    InputError
        where the policy is unknown, or the metadata don't say enough of any track
    """
    return find_policy(policy).say_known(tracks)
