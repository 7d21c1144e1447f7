"""Mean and variance of rows, compiled."""

import numpy as np
from numba import njit


@njit(cache=True, nogil=True, fastmath={"reassoc", "contract"}, error_model="numpy")
def mean_and_variance(rows):
    """Return mean and population variance of each row, one after the other, in double precision."""
    found = np.empty(2 * len(rows))
    for i in range(len(rows)):
        row = rows[i]
        total, squares = 0.0, 0.0
        for j in range(len(row)):
            total += np.float64(row[j])
        mean = total / len(row)
        for j in range(len(row)):
            deviation = np.float64(row[j]) - mean
            squares += deviation * deviation
        found[2 * i], found[2 * i + 1] = mean, squares / len(row)
    return found
