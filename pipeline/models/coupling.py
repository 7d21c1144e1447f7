"""What each pair of classes says becomes one distribution over all: pairwise coupling, compiled."""

import numpy as np
from numba import njit

REST = 1e-12
"""What a system may leave of the ones on its right side: probabilities are right to ten digits."""

TINY = np.finfo(np.float64).tiny


def couple(odds: np.ndarray, k: int) -> np.ndarray:
    """Return the distributions over k classes that agree best with what is said of each pair.

    This is the second method of Wu, Lin and Weng, "Probability estimates for multi-class classification by pairwise
    coupling", JMLR 5, 2004. With r_ij the probability of class i where it is i or j, it is the p that minimises the sum
    over all i and j of (r_ji p_i - r_ij p_j)², and sums to 1. With Q the matrix of that sum, all parts of Q p are
    equal, and so are those of (Q + 1) p: one linear system a row.

    Parameters
    ----------
    odds : np.ndarray [shape=(n, k * (k - 1) / 2), dtype=float64]
        of each pair i < j in the order of ``np.triu_indices(k, 1)``, r_ji / r_ij; above 0
    k : int

    Returns
    -------
    np.ndarray [shape=(n, k)]
    """
    p, is_solved = _solve(odds, k)
    left = ~is_solved
    if left.any():
        p[left] = np.linalg.solve(_systems(odds[left], k), np.ones((k, 1)))[..., 0]
    p = np.maximum(p, 0.0)
    return p / p.sum(axis=1, keepdims=True)


@njit(cache=True, nogil=True)
def margins_of_pairs(sums: np.ndarray, intercepts: np.ndarray) -> np.ndarray:
    """Return what the machine of each pair says [shape=(n, k * (k - 1) / 2)], above 0 on the side of the first.

    Parameters
    ----------
    sums : np.ndarray [shape=(n, k, k), dtype=float64]
        what the support vectors of a class say against each other class
    intercepts : np.ndarray [shape=(k * (k - 1) / 2,), dtype=float64]
    """
    n, k, _ = sums.shape
    margins = np.empty((n, len(intercepts)))
    for row in range(n):
        start = 0
        for i in range(k):
            end = start + k - i - 1
            said, own, others = margins[row, start:end], sums[row, i, i + 1 :], sums[row, i + 1 :, i]
            for j in range(end - start):
                said[j] = own[j] + others[j] + intercepts[start + j]
            start = end
    return margins


@njit(cache=True, nogil=True, error_model="numpy")
def _solve(odds, k):
    """Return the solution of each row's system [shape=(n, k)], and whether it was found [shape=(n,)].

    Rows do not affect each other. By conjugate gradients, after Hestenes and Stiefel 1952, of which steps are scaled by
    the diagonal, after Jacobi: a dozen products with a vector do, where elimination takes as long as a third of k of
    them. Elimination takes over where k steps leave more than `REST`.
    """
    n = len(odds)
    solutions, is_solved = np.empty((n, k)), np.zeros(n, np.bool_)
    pairs, diagonal = np.empty(odds.shape[1]), np.empty(k)
    rest, scaled, step, along = np.empty(k), np.empty(k), np.empty(k), np.empty(k)
    for row in range(n):
        _fill(odds[row], pairs, diagonal)
        x = solutions[row]
        for i in range(k):
            x[i] = 1 / diagonal[i]
        _multiply(pairs, diagonal, x, along)
        for i in range(k):
            rest[i] = 1 - along[i]
            step[i] = rest[i] / diagonal[i]
        size = _dot(rest, step)
        for number in range(k + 1):
            is_solved[row] = np.abs(rest).max() <= REST
            if is_solved[row] or number == k:
                break
            _multiply(pairs, diagonal, step, along)
            length = size / max(_dot(step, along), TINY)
            for i in range(k):
                x[i] += length * step[i]
                rest[i] -= length * along[i]
                scaled[i] = rest[i] / diagonal[i]
            before, size = size, _dot(rest, scaled)
            again = size / max(before, TINY)
            for i in range(k):
                step[i] = scaled[i] + again * step[i]
    return solutions, is_solved


@njit(cache=True, nogil=True, fastmath={"reassoc", "contract"}, error_model="numpy")
def _fill(odds, pairs, diagonal):
    """Write the matrix Q + 1 of one row, which is symmetric: what it has of each pair, and its diagonal."""
    k, start = len(diagonal), 0
    diagonal[:] = 1.0
    for i in range(k):
        n, beaten = k - i - 1, 0.0
        of_i, to, of_others = odds[start : start + n], pairs[start : start + n], diagonal[i + 1 :]
        for j in range(n):
            first = 1 / (1 + of_i[j])
            second = of_i[j] * first
            to[j] = 1 - first * second
            of_others[j] += first * first
            beaten += second * second
        diagonal[i] += beaten
        start += n


@njit(cache=True, nogil=True, fastmath={"reassoc", "contract"})
def _multiply(pairs, diagonal, vector, product):
    """Write the product of such a matrix and a vector."""
    k, start = len(diagonal), 0
    for i in range(k):
        product[i] = diagonal[i] * vector[i]
    for i in range(k):
        n, value, total = k - i - 1, vector[i], 0.0
        of_i, others, products = pairs[start : start + n], vector[i + 1 :], product[i + 1 :]
        for j in range(n):
            products[j] += of_i[j] * value
            total += of_i[j] * others[j]
        product[i] += total
        start += n


@njit(cache=True, nogil=True, fastmath={"reassoc", "contract"})
def _dot(a, b):
    total = 0.0
    for i in range(len(a)):
        total += a[i] * b[i]
    return total


def _systems(odds: np.ndarray, k: int) -> np.ndarray:
    """Return Q + 1 of each row [shape=(n, k, k)]."""
    systems, pairs = np.empty((len(odds), k, k)), np.empty(odds.shape[1])
    first, second = np.triu_indices(k, 1)
    for row, system in zip(odds, systems, strict=True):
        _fill(row, pairs, diagonal := np.empty(k))
        system[first, second] = system[second, first] = pairs
        np.fill_diagonal(system, diagonal)
    return systems
