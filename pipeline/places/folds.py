"""Which tracks are told by models that have not learned from them, and what is kept whole meanwhile.

``random``, ``track`` and ``artist`` keep whole what the split policies of these names do. ``country`` leaves out one
country after the other: how near an answer comes to a country that no model has learned of.
"""

from collections.abc import Iterator

import numpy as np
import pandas as pd
from sklearn.model_selection import GroupKFold, LeaveOneGroupOut

from pipeline.places.located import Located
from pipeline.random_streams import seed_of

N_FOLDS = 10
"""As Zhou, Claire and King (2014) have it."""

RANDOM, COUNTRY = "random", "country"

POLICY_NAMES = {
    RANDOM: "rows shuffled",
    "track": "recordings kept whole",
    "artist": "artists kept whole",
    COUNTRY: "a country left out",
}


def policies_of(located: Located) -> list[str]:
    """Return the policies that a dataset can be split under."""
    known = ["artist"] if located.rows["artist_known"].any() else []
    countries = located.rows["country"]
    left_out = [COUNTRY] if countries.notna().all() and countries.nunique() > 2 else []
    return [RANDOM, "track", *known, *left_out]


def whole(located: Located, policy: str) -> np.ndarray:
    """Return what is on one side, as a number for each row [shape=(n,)]."""
    rows = located.rows
    if policy == RANDOM:
        return np.arange(len(rows))
    column = {"track": "group", "artist": "artist", COUNTRY: "country"}[policy]
    return pd.factorize(rows[column])[0]


def unit_of(located: Located, policy: str) -> np.ndarray:
    """Return what intervals are over, as a number for each row: what is kept whole, and at least a recording."""
    return whole(located, "track" if policy == RANDOM else policy)


def folds_of(located: Located, policy: str, seed: int) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Yield the rows to learn from and to be told, each row told once.

    But for ``random``, no recording of a row that is told is learned from.
    """
    groups = whole(located, policy)
    n_groups = groups.max() + 1
    recording = whole(located, "track")
    splitter = (
        LeaveOneGroupOut()
        if policy == COUNTRY
        else GroupKFold(min(N_FOLDS, n_groups), shuffle=True, random_state=seed_of("folds of places", seed))
    )
    for train, test in splitter.split(groups, groups=groups):
        twins = np.isin(recording[train], recording[test]) & (policy != RANDOM)
        yield train[~twins], test
