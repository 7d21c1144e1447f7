"""What the network answers to a signal, patch by patch."""

from functools import lru_cache

import numpy as np

from pipeline.features.musicnn.patches import cut_patches, log_mel
from pipeline.features.musicnn.weights import load_network

_REMEMBERED = 64
"""Patches whose answers are kept: those of a clip, which its 30-second window and its 3-second windows share."""


def answer(y: np.ndarray) -> np.ndarray:
    """Return tags, then the embedding, averaged over patches [shape=(250,), dtype=float64].

    Parameters
    ----------
    y : np.ndarray [shape=(n,), dtype=float32]
        mono, 22 050 Hz

    Raises
    ------
    InputError
        as `load_network` does
    """
    patches = [_hear(patch.tobytes()) for patch in cut_patches(y)]
    return np.asarray(np.mean(patches, axis=0, dtype=np.float64))


@lru_cache(_REMEMBERED)
def _hear(signal: bytes) -> np.ndarray:
    patch = log_mel(np.frombuffer(signal, dtype=np.float32))
    tags, hidden = load_network().run(["tags", "penultimate"], {"patches": patch[None]})
    return np.concatenate([tags[0], hidden[0]])
