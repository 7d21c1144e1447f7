"""A sample of rows that keeps groups whole, for what can't learn from all of them."""

import numpy as np
import pandas as pd

from pipeline.splits.draw import main_genres


def sample_groups(groups: np.ndarray, genres: np.ndarray, most_rows: int, rng: np.random.Generator) -> np.ndarray:
    """Draw whole groups, stratified by genre, until the next one would bring its genre beyond its share.

    A group of several genres counts for the one that most of its rows are of. Each genre keeps one group at least, even
    if that is beyond its share; only so can there be more than `most_rows`.

    Parameters
    ----------
    groups, genres : np.ndarray [shape=(n,)]
    most_rows : int
        all rows where there are no more
    rng : np.random.Generator

    Returns
    -------
    np.ndarray of int
        row numbers, ascending
    """
    if len(groups) <= most_rows:
        return np.arange(len(groups))
    codes, _ = pd.factorize(groups, sort=True)
    sizes, genre_of_group = np.bincount(codes), main_genres(codes, genres)
    drawn = np.zeros(len(sizes), dtype=bool)
    for genre in np.unique(genre_of_group):
        members = rng.permutation(np.flatnonzero(genre_of_group == genre))
        filled = np.cumsum(sizes[members])
        fits = filled <= most_rows * (filled[-1] / len(groups))
        fits[0] = True
        drawn[members[fits]] = True
    return np.flatnonzero(drawn[codes])
