"""``musicnn-msd-v1`` and ``musicnn-msd-embedding-v1``: what a network hears that was trained on other music.

MusiCNN (Pons and Serra 2019, arXiv:1909.06654) was trained on the Million Song Dataset to name the tags that listeners
gave.
"""

from typing import TYPE_CHECKING

import numpy as np

from pipeline.features.musicnn.weights import say_missing
from pipeline.features.registry import FeatureSet

if TYPE_CHECKING:
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


def tag_activations(signal: "Signal") -> np.ndarray:
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


def embedding(signal: "Signal") -> np.ndarray:
    """Return the activations of the last layer before the tags, averaged over patches of 3 s; as `tag_activations`.

    Returns
    -------
    np.ndarray [shape=(200,), dtype=float64]
    """
    return _answers(signal)[len(TAGS) :]


def _answers(signal: "Signal") -> np.ndarray:
    """Return tags and embedding [shape=(250,), dtype=float64]."""
    from pipeline.features.musicnn.answers import answer  # a run of a table needs none of what it imports

    return answer(signal.y)


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
