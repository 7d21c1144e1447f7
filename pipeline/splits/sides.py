"""Rows on their sides under a policy, and the proof that nothing is on both."""

import numpy as np
import pandas as pd

from pipeline.errors import GenrelabError
from pipeline.splits.policies import find_policy


def split_rows(
    policy: str, rows: pd.DataFrame, genres: np.ndarray, *, seed: int, repeat: int = 0
) -> tuple[np.ndarray, np.ndarray]:
    """Split rows into those to learn from and those to test on.

    Parameters
    ----------
    policy : str
    rows : pd.DataFrame [shape=(n, …)]
        as in ``Samples``
    genres : np.ndarray [shape=(n,)]
    seed, repeat : int
        each pair of them gives a split of its own, but for policies that draw none: theirs is always the same

    Returns
    -------
    train, test : np.ndarray of int
        row numbers, ascending; together all rows, but for those that the policy leaves out

    Raises
    ------
    InputError
        where the policy is unknown
    GenrelabError
        where something that is to stay whole lies on both sides, which no input should bring about
    """
    chosen = find_policy(policy)
    train, test = chosen.split(rows, genres, seed=seed, repeat=repeat)
    if torn := on_both_sides(chosen.groups(rows), train, test):
        raise GenrelabError(
            f"split {policy!r}, seed {seed}, repeat {repeat}: {len(torn)} groups lie on both sides, "
            f"{torn[0]} the first; this is a fault of the program, please report it"
        )
    return train, test


def on_both_sides(groups: np.ndarray, train: np.ndarray, test: np.ndarray) -> list:
    """Return the values of `groups` that are both among rows `train` and among rows `test`."""
    codes, names = pd.factorize(groups)
    learned, tested = (np.bincount(codes[rows], minlength=len(names)) > 0 for rows in (train, test))
    return list(np.asarray(names)[learned & tested])
