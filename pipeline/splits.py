"""Which rows are for training and which for testing; fits nothing."""

import hashlib

import numpy as np
import pandas as pd

from pipeline.errors import InputError

POLICIES = ("random", "track")
TEST_SHARE = 0.25
LEFT_FOR_TRAINING = 2
"""A genre keeps at least this many tracks outside the holdout, so that it can be trained and tested."""


def draw_holdout(tracks: pd.DataFrame, share: float, seed: int) -> pd.Series:
    """Draw the holdout among tracks that were not drawn upon before; an earlier draw stands.

    Stratified by genre: the open places are shared out by largest remainder, then filled in an order that a hash of
    seed and track decides, so that neither order nor number of the other tracks matters to who comes first.

    Parameters
    ----------
    tracks : pd.DataFrame
        ``track_id``, ``genre``, ``group`` (duplicates share one), ``holdout`` (True, False, or missing: not drawn yet)
    share : float
        0 <= share < 1
    seed : int

    Returns
    -------
    pd.Series of bool
        by the index of `tracks`

    Raises
    ------
    InputError
        where `share` is out of range
    """
    if not 0 <= share < 1:
        raise InputError(f"--holdout {share:g} must be at least 0 and below 1")
    before = tracks.assign(drawn=tracks["holdout"].map({True: 1.0, False: 0.0}).astype(float))
    groups = before.groupby("group").agg(genre=("genre", "first"), drawn=("drawn", "max"))
    open_groups = groups[groups["drawn"].isna()]
    places = _places(groups, share)
    chosen: set[str] = set()
    for genre, candidates in open_groups.groupby("genre"):
        ranked = sorted(candidates.index, key=lambda group: _rank(seed, group))
        chosen.update(ranked[: places[genre]])
    drawn = tracks["group"].map(groups["drawn"])
    return (drawn == 1) | (drawn.isna() & tracks["group"].isin(chosen))


def _places(groups: pd.DataFrame, share: float) -> dict[str, int]:
    """Return how many more groups of each genre go to the holdout."""
    sizes = groups.groupby("genre").size()
    held = groups[groups["drawn"] == 1].groupby("genre").size().reindex(sizes.index, fill_value=0)
    quota = sizes * share
    target = np.floor(quota).astype(int)
    short = round(share * len(groups)) - int(target.sum())
    if short > 0:
        remainder = (quota - target).sort_index().sort_values(ascending=False, kind="stable")
        target[remainder.index[:short]] += 1
    room = (sizes - LEFT_FOR_TRAINING).clip(lower=0)
    return (np.minimum(target, room) - held).clip(lower=0).astype(int).to_dict()


def _rank(seed: int, group: str) -> bytes:
    return hashlib.sha256(f"{seed}/{group}".encode()).digest()


def split_groups(policy: str, rows: pd.DataFrame) -> np.ndarray:
    """Return what must stay on one side under `policy`, as a number for each row.

    Parameters
    ----------
    policy : str
        ``random``: each row by itself, identical rows together; ``track``: a track, with its duplicates
    rows : pd.DataFrame [shape=(n, …)]
        ``content`` and ``group``, numbers

    Raises
    ------
    InputError
        where the policy is unknown
    """
    columns = {"random": "content", "track": "group"}
    if policy not in columns:
        raise InputError(f"no split policy {policy!r}; there are: {', '.join(columns)}")
    return rows[columns[policy]].to_numpy()


def train_test_split(
    groups: np.ndarray, genres: np.ndarray, seed: int, repeat: int = 0, test_share: float = TEST_SHARE
) -> tuple[np.ndarray, np.ndarray]:
    """Split rows at random, stratified by genre, no group on both sides.

    A genre with a single group goes to training.

    Parameters
    ----------
    groups, genres : np.ndarray [shape=(n,)]
    seed, repeat : int
        each pair of them gives a split of its own, at least 0
    test_share : float
        share of a genre's groups

    Returns
    -------
    train, test : np.ndarray of int
        row numbers, ascending
    """
    rng = np.random.default_rng([seed, repeat])
    codes, _ = pd.factorize(groups, sort=True)
    genre_of_group = pd.Series(genres).groupby(codes).first()
    in_test = np.zeros(len(genre_of_group), dtype=bool)
    for _, members in genre_of_group.groupby(genre_of_group, sort=True):
        n_test = min(round(len(members) * test_share) or 1, len(members) - 1)
        in_test[rng.permutation(members.index.to_numpy())[:n_test]] = True
    test = in_test[codes]
    return np.flatnonzero(~test), np.flatnonzero(test)
