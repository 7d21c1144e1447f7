"""Near duplicates, as a check: which there are, and on which sides of the holdout they lie."""

import pandas as pd

from pipeline.extract.near_features import NearDuplicates
from pipeline.quality.check import Check, named


def check_near_duplicates(found: NearDuplicates, tracks: pd.DataFrame) -> Check:
    """Name the pairs, with their genres where these differ, and say how many the holdout tears apart.

    Parameters
    ----------
    found : NearDuplicates
    tracks : pd.DataFrame
        ``track_id``, ``genre``, ``holdout``
    """
    about = tracks.set_index("track_id")
    pairs, n_torn = [], 0
    for pair in found.pairs.itertuples():
        a, b = about.loc[pair.track_a], about.loc[pair.track_b]
        n_torn += a["holdout"] is not None and b["holdout"] is not None and a["holdout"] != b["holdout"]
        genres = (f" ({a['genre']})", f" ({b['genre']})") if a["genre"] != b["genre"] else ("", "")
        pairs.append(f"{pair.track_a}{genres[0]} ~ {pair.track_b}{genres[1]}")
    if pairs:
        torn = f". {n_torn} of the pairs have one side in the holdout" if n_torn else ""
        return Check.counted(
            "near_duplicates", len(pairs), f"nearer than chance, the nearest first: {named(pairs)}{torn}"
        )
    if not found.threshold:
        return Check("near_duplicates", "ok", 0, "too few different tracks to tell")
    farther = " or farther" if found.is_farther else ""
    return Check(
        "near_duplicates", "ok", 0,
        f"no two tracks are as near as copies: the nearest are {found.nearest:.2f} of the way to their tenth neighbour "
        f"apart{farther}, and chance explains {found.threshold:.2f}",
    )  # fmt: skip
