"""Draw groups of any size up to a share of each genre."""

import numpy as np
import pandas as pd

TEST_SHARE = 0.25
OVERSHOOT = 1.25
"""A group that would bring a genre beyond this many times its share is passed over."""


def fill(sizes: np.ndarray, target: float, at_most: int) -> np.ndarray:
    """Take groups in their order, each that brings the sum nearer to `target` and not far beyond it.

    Where all groups have one size, these are the first so and so many.

    Parameters
    ----------
    sizes : np.ndarray [shape=(n,), dtype=int]
    target : float
        sum of sizes
    at_most : int
        number of groups

    Returns
    -------
    np.ndarray of bool [shape=(n,)]
    """
    taken = np.zeros(len(sizes), dtype=bool)
    left = np.arange(len(sizes))
    while True:
        filled = sizes[taken].sum()
        left = left[_helps(sizes[left], filled, target)]
        room = at_most - int(taken.sum())
        if not len(left) or room <= 0:
            return taken
        helps = _helps(sizes[left], filled + np.cumsum(sizes[left]) - sizes[left], target)
        n = len(left) if helps.all() else int(helps.argmin())  # the first of `left` always helps
        taken[left[: min(n, room)]] = True
        left = left[n:]


def _helps(sizes: np.ndarray, filled: np.ndarray, target: float) -> np.ndarray:
    return (sizes < 2 * (target - filled)) & (filled + sizes <= OVERSHOOT * target)


def main_genres(codes: np.ndarray, genres: np.ndarray) -> np.ndarray:
    """Return the genre, as a number in sorted order, that most rows of each group are of; the first of two equal ones.

    Parameters
    ----------
    codes : np.ndarray [shape=(n,), dtype=int]
        of the groups, each from 0 on
    genres : np.ndarray [shape=(n,)]

    Returns
    -------
    np.ndarray of int [shape=(n_groups,)]
    """
    numbers, names = pd.factorize(np.asarray(genres), sort=True)
    cells, n = np.unique(codes * max(len(names), 1) + numbers, return_counts=True)
    return most_frequent(*np.divmod(cells, max(len(names), 1)), n, codes.max(initial=-1) + 1)


def most_frequent(groups: np.ndarray, genres: np.ndarray, n: np.ndarray, n_groups: int) -> np.ndarray:
    """Return the genre that counts most in each group, the first of two equal ones.

    Parameters
    ----------
    groups, genres : np.ndarray of int [shape=(n_cells,)]
    n : np.ndarray [shape=(n_cells,)]
        how much a genre counts in a group
    n_groups : int

    Returns
    -------
    np.ndarray of int [shape=(n_groups,)]
        0 where nothing is counted
    """
    order = np.lexsort((genres, -n, groups))
    found = np.zeros(n_groups, dtype=int)
    found[groups[order][::-1]] = genres[order][::-1]  # the first of each group comes last, and stands
    return found


def train_test_split(
    groups: np.ndarray, genres: np.ndarray, rng: np.random.Generator, test_share: float = TEST_SHARE
) -> tuple[np.ndarray, np.ndarray]:
    """Split rows at random, stratified by genre, no group on both sides.

    A group of several genres counts for the one that most of its rows are of. A genre with a single group goes to
    training; one with more has at least one on either side. A group with more than half of its genre's rows is too
    large to be tested on, unless the genre has no smaller one.

    Parameters
    ----------
    groups, genres : np.ndarray [shape=(n,)]
    rng : np.random.Generator
    test_share : float
        share of a genre's rows

    Returns
    -------
    train, test : np.ndarray of int
        row numbers, ascending
    """
    codes, _ = pd.factorize(groups, sort=True)
    sizes, genre_of_group = np.bincount(codes), main_genres(codes, genres)
    in_test = np.zeros(len(sizes), dtype=bool)
    for genre in np.unique(genre_of_group):
        members = rng.permutation(np.flatnonzero(genre_of_group == genre))
        if len(members) == 1:
            continue
        drawn = fill(sizes[members], test_share * sizes[members].sum(), len(members) - 1)
        if not drawn.any():
            drawn[sizes[members].argmin()] = True
        in_test[members[drawn]] = True
    test = in_test[codes]
    return np.flatnonzero(~test), np.flatnonzero(test)
