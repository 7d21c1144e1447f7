"""The one place that decides which tracks hold the same recording, and by what."""

from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from pipeline.splits import join

TOLD = frozenset({"name", "joint"})
"""Reasons that are told of as a whole: each recording may have as many pieces as it likes."""

HANDFUL = 8
"""In a group of more tracks, each has to be like the one in the middle: a chain of likenesses is none."""


def group_recordings(
    exact: pd.Series, titles: pd.Series, stems: pd.Series, continued: pd.Series, pairs: dict[str, pd.DataFrame]
) -> pd.DataFrame:
    """Join tracks that hold the same recording.

    Exact copies, tracks of one artist and title, of names that differ by a counter, and those that go on in one another
    are joined whatever their number. Pairs that are only alike are joined as far as they hang together, and no farther
    than around one track where that would be more than a handful.

    Parameters
    ----------
    exact : pd.Series of str [shape=(n,)]
        the first track of the same content, by track in their order
    titles : pd.Series of str [shape=(n,)]
        a label that tracks of the same artist and title share; missing where unknown
    stems : pd.Series of str [shape=(n,)]
        what a name shares with those of other pieces of the same recording, maybe; missing where it is no piece
    continued : pd.Series [shape=(n,)]
        a number that tracks share that were cut from one recording, as is heard; missing for others
    pairs : dict of pd.DataFrame
        by the reason (``fingerprint``, ``features``): ``track_a``, ``track_b``

    Returns
    -------
    pd.DataFrame [shape=(n, 2)]
        ``first``, the first track of the same recording; ``by``, the reasons why the track is with others, None where
        it is with none
    """
    tracks = exact.index
    place = pd.Series(np.arange(len(tracks)), index=tracks)
    labels = {
        "content": exact.to_numpy(),
        "title": titles.to_numpy(),
        "name": stems.to_numpy(),
        "joint": continued.to_numpy(),
    }
    for reason, alike in pairs.items():
        labels[reason] = _around(len(tracks), place[alike["track_a"]].to_numpy(), place[alike["track_b"]].to_numpy())
    numbers = join(*labels.values())
    first = pd.Series(tracks).groupby(numbers).transform("first").to_numpy()
    shared = {reason: _shared(of_kind) for reason, of_kind in labels.items()}
    by = [",".join(reason for reason in shared if shared[reason][i]) or None for i in range(len(tracks))]
    return pd.DataFrame({"first": first, "by": by}, index=tracks)


def say_large(groups: pd.DataFrame) -> Iterable[str]:
    """Name the groups of more than a handful of tracks, and how they were found.

    Parameters
    ----------
    groups : pd.DataFrame
        as `group_recordings` returns them
    """
    sizes = groups.groupby("first")["first"].transform("size")
    for first, same in groups[sizes > HANDFUL].groupby("first"):
        reasons = {reason for listed in same["by"].dropna() for reason in listed.split(",")}
        if reasons <= TOLD:
            continue
        how = " and ".join(sorted(reasons))
        yield f"{len(same)} tracks are taken for one recording, {first} the first of them, by {how}"


def _shared(labels: Sequence) -> np.ndarray:
    """Tell which tracks share their label with another one."""
    of_kind = pd.Series(labels, dtype=object)
    return (of_kind.duplicated(keep=False) & of_kind.notna()).to_numpy()


def _around(n: int, a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Number `n` tracks so that those that pairs join have one number; of a large group, only those around a centre.

    The centre is the track with the most pairs: it and its mates are one group, and so on with what is left.

    Parameters
    ----------
    n : int
    a, b : np.ndarray of int
        the two tracks of each pair
    """
    graph = coo_array((np.ones(len(a), dtype=np.int8), (a, b)), shape=(n, n))
    _, labels = connected_components(graph, directed=False)
    large = np.flatnonzero(np.bincount(labels) > HANDFUL)
    mates: dict[int, set[int]] = {}
    for one, other in zip(a.tolist(), b.tolist(), strict=True):
        mates.setdefault(one, set()).add(other)
        mates.setdefault(other, set()).add(one)
    chained = np.flatnonzero(np.isin(labels, large)).tolist()
    labels[chained] = n + np.asarray(chained, dtype=labels.dtype)
    left = set(chained)
    for centre in sorted(chained, key=lambda track: (-len(mates[track]), track)):
        if centre in left:
            star = [centre, *(mates[centre] & left)]
            labels[star] = n + centre
            left.difference_update(star)
    return labels
