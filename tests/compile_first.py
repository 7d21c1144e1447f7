"""Compile librosa's own functions before tests call them in several processes.

Where two processes compile a generalised ufunc at once, numba may keep a half of each, and every later call crashes
(https://github.com/numba/numba/issues/10128). The pipeline calls none of those.
"""

import numpy as np

from benchmarks.recipe import published
from pipeline.clip import SAMPLE_RATE_HZ

if __name__ == "__main__":
    published(np.random.default_rng(0).normal(size=SAMPLE_RATE_HZ).astype(np.float32))
