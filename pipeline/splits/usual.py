"""Which policy results are read under where nobody asks for one: decided from the tracks alone."""

import pandas as pd

from pipeline.splits.policies import POLICIES, USUAL
from pipeline.splits.policies.artist import ARTIST

ENOUGH_KNOWN = 0.5
"""Where the artists of more than this share of the tracks are known, they are kept whole."""


def usual_policy(tracks: pd.DataFrame) -> tuple[str, str]:
    """Return the policy that results are read under unless another one is asked for, and why, as a sentence.

    ``artist`` where the artists of most tracks are known, else ``track``. Every run decides by this function, once;
    what it decided is a fact of the run.

    Parameters
    ----------
    tracks : pd.DataFrame
        one row a track: ``artist_known`` (bool), as `read_known` returns it
    """
    n_known, n = int(tracks["artist_known"].sum()), len(tracks)
    policy = ARTIST.name if n_known > ENOUGH_KNOWN * n else USUAL
    known = f"the artists of {n_known} of {n} tracks are known" if n_known else "no artist is known"
    return policy, f"Results are read {POLICIES[policy].phrase} (--split {policy}): {known}."
