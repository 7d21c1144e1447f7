"""``musicnn-msd-v1`` and ``musicnn-msd-embedding-v1``: what a network hears that was trained on other music.

MusiCNN (Pons and Serra 2019, arXiv:1909.06654) was trained on the Million Song Dataset to name the tags that listeners
gave.
"""

from functools import lru_cache

import numpy as np

from pipeline.features.musicnn.patches import cut_patches, log_mel
from pipeline.features.musicnn.weights import load_network, say_missing
from pipeline.features.registry import FeatureSet
from pipeline.features.signal import Signal

_TAGS = """
rock pop alternative indie electronic female_vocalists dance 00s alternative_rock jazz
beautiful metal chillout male_vocalists classic_rock soul indie_rock mellow electronica 80s
folk 90s chill instrumental punk oldies blues hard_rock ambient acoustic
experimental female_vocalist guitar hip_hop 70s party country easy_listening sexy catchy
funk electro heavy_metal progressive_rock 60s rnb indie_pop sad house happy
"""
TAGS = tuple(_TAGS.split())
"""The 50 tags, in the network's order."""

N_HIDDEN = 200
_REMEMBERED = 64
"""Patches whose answers are kept: those of a clip, which its 30-second window and its 3-second windows share."""


def tag_activations(signal: Signal) -> np.ndarray:
    """Return how much each tag applies, 0 to 1, averaged over patches of 3 s.

    Parameters
    ----------
    signal : Signal
        one shorter than 3 s is filled by repetition

    Returns
    -------
    np.ndarray [shape=(50,), dtype=float64]

    Raises
    ------
    InputError
        where the network's weights, or what runs it, are not installed
    """
    return _answers(signal)[: len(TAGS)]


def embedding(signal: Signal) -> np.ndarray:
    """Return the activations of the last layer before the tags, averaged over patches of 3 s; as `tag_activations`.

    Returns
    -------
    np.ndarray [shape=(200,), dtype=float64]
    """
    return _answers(signal)[len(TAGS) :]


def _answers(signal: Signal) -> np.ndarray:
    """Return tags and embedding [shape=(250,), dtype=float64]."""
    patches = [_hear(patch.tobytes()) for patch in cut_patches(signal.y)]
    return np.asarray(np.mean(patches, axis=0, dtype=np.float64))


@lru_cache(_REMEMBERED)
def _hear(signal: bytes) -> np.ndarray:
    patch = log_mel(np.frombuffer(signal, dtype=np.float32))
    tags, hidden = load_network().run(["tags", "penultimate"], {"patches": patch[None]})
    return np.concatenate([tags[0], hidden[0]])


TRAINED_ON = "the Million Song Dataset"

MUSICNN_MSD_V1 = FeatureSet(
    "musicnn-msd-v1",
    tuple(f"tag_{tag}" for tag in TAGS),
    tag_activations,
    trained_on=TRAINED_ON,
    say_missing=say_missing,
    title="MusiCNN's 50 words",
)
MUSICNN_MSD_EMBEDDING_V1 = FeatureSet(
    "musicnn-msd-embedding-v1",
    tuple(f"musicnn_{i}" for i in range(1, N_HIDDEN + 1)),
    embedding,
    trained_on=TRAINED_ON,
    say_missing=say_missing,
    title="MusiCNN's inner values",
)
