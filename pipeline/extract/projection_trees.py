"""Which rows may have another one very near: a search by random projection trees, in n log n.

A tree cuts the rows in halves along random directions, until a leaf has few enough to compare each two (Dasgupta and
Freund 2008). Rows that are much nearer to each other than to the rest are seldom cut apart, and hardly ever by all of
several trees. `benchmarks/near_copies.md` has how many are found.
"""

from collections.abc import Iterator

import numpy as np
from sklearn.utils import gen_batches
from threadpoolctl import threadpool_limits

from pipeline.extract.compared import Compared, spread
from pipeline.random_streams import stream

TREES, LEAF = 24, 128
TREES_OF_KTH = 4
"""So many tell how far away the k-th is: an upper bound that more would lower little."""

TREES_AT_ONCE = 4
"""By one process: each takes 100 MB where there are a million rows."""

PAIRS_AT_ONCE = 2_000_000
"""Distances that are in memory at a time."""


@threadpool_limits.wrap(limits=1)
def may_have_company(compared: Compared, k: int, ratio: float, jobs: int) -> np.ndarray:
    """Return the rows whose nearest other row may be nearer than a part of the way to their k-th nearest, by number.

    Of those that are so, nearly all, and a few more: the k-th within a leaf is farther than the k-th of all. A tree has
    one thread: products of matrices as small as a leaf's can take ten times as long on two.

    Parameters
    ----------
    compared : Compared
    k : int
        below `LEAF`
    ratio : float
        that part
    jobs : int
        threads, up to `TREES_AT_ONCE`, where no cluster is asked
    """
    n = len(compared.X)
    nearest, kth = np.full(n, np.inf, np.float32), np.full(n, np.inf, np.float32)
    trees = ((compared, k, number) for number in range(TREES))
    threads = min(TREES_AT_ONCE, jobs)
    for nearest_in_leaf, kth_in_leaf in spread(_within_leaves, trees, source=compared.source, threads=threads):
        np.minimum(nearest, nearest_in_leaf, out=nearest)
        if kth_in_leaf is not None:
            np.minimum(kth, kth_in_leaf, out=kth)
    return np.flatnonzero(nearest < ratio**2 * kth)


def _within_leaves(compared: Compared, k: int, number: int) -> tuple[np.ndarray, np.ndarray | None]:
    """Return the squares of the distances to the nearest and to the k-th nearest row in a row's leaf of a tree.

    Both [shape=(n,)]; of a row in no leaf infinite. The second one of the first `TREES_OF_KTH` trees, else None.
    """
    X = compared.single
    nearest, kth = np.full(len(X), np.inf, np.float32), np.full(len(X), np.inf, np.float32)
    for leaves in _leaves(X, number):
        squares = _squared_distances(X[leaves])
        nearest[leaves] = squares.min(axis=2)
        if number < TREES_OF_KTH:
            squares.partition(k - 1, axis=2)
            kth[leaves] = squares[:, :, k - 1]
    return nearest, kth if number < TREES_OF_KTH else None


def _leaves(X: np.ndarray, number: int) -> Iterator[np.ndarray]:
    """Yield some leaves of a tree at a time, as numbers of rows [shape=(n_leaves, size)].

    All are of one size; what remains, fewer rows than there are leaves, is left to other trees.
    """
    n, p = X.shape
    depth = max((n // LEAF).bit_length() - 1, 0)
    rng = stream("projection trees", number)
    order = rng.permutation(n)[: n >> depth << depth].astype(np.int32)
    along = X @ rng.standard_normal((p, depth), np.float32)
    for level in range(depth):
        cells = order.reshape(1 << level, -1)
        halves = np.argpartition(along[cells, level], cells.shape[1] // 2, axis=1)
        order = np.take_along_axis(cells, halves, axis=1)
    leaves = order.reshape(1 << depth, -1)
    for some in gen_batches(len(leaves), max(1, PAIRS_AT_ONCE // leaves.shape[1] ** 2)):
        yield leaves[some]


def _squared_distances(Y: np.ndarray) -> np.ndarray:
    """Return squared distances within each leaf [shape=(n_leaves, size, size)], infinite to a row itself."""
    Y = Y - Y.mean(axis=1, keepdims=True)  # near the middle single precision is finest
    lengths = np.einsum("lip,lip->li", Y, Y)
    squares = lengths[:, :, None] + lengths[:, None, :] - 2 * Y @ Y.transpose(0, 2, 1)
    diagonal = np.arange(Y.shape[1])
    squares[:, diagonal, diagonal] = np.inf
    return squares
