"""Every random stream of the project: one name for each use, so that no two uses ever draw the same numbers.

NumPy takes ``[s, 0]``, ``[s]`` and ``s`` for the same seed. Where a split is drawn by the one and a sample by another,
the sample comes from one side of the split. So the name of what is drawn is a part of the seed here, by a hash.
"""

import hashlib

import numpy as np

STREAMS = {
    "projection trees": "directions along which rows are cut in halves, by tree, to find near ones",
    "split": "the test side of a split, by seed and repeat",
    "sample": "tracks that a model learns from, where it can't bear all",
    "sample of both sides": "tracks of both sides of a split that tears tracks, where a model can't bear all",
    "repeat": "the seed of a model in one repeat of a split that is always the same",
    "validation": "tracks that tell a network when to stop",
    "weights": "first weights of a network, and what it leaves out in training",
    "order": "the order in which a network sees its rows",
    "logistic regression": "the model's own choices",
    "forest": "the same of random forests",
    "chooser": "the forest that chooses features for another",
    "extra trees": "the same of extremely randomised trees",
    "stumps": "the same of AdaBoost",
    "boosting": "the same of gradient boosting",
    "components": "the same of principal components",
    "member": "the seed of a model that votes beside others, by its place",
    "inner folds": "folds of a search for parameters",
    "candidates": "parameters that a search tries",
    "folds": "folds whose tracks a refitted champion votes for, or a calibration is tested on",
    "one of each group": "a track of each group, again and again, for sets of genres",
    "refit": "the seed of a champion that is refitted without a fold",
    "refit of a part": "the seed of a model that learns from one part of the music, to be put to others",
    "bootstrap": "resamples for the interval of a calibration error",
    "bundles": "which groups are drawn together in them, where there are many",
    "choice": "groups that have no say in a choice that is made again, to be scored by it",
    "judged rows": "test rows that permutation looks at",
    "permutation": "shuffled values of a feature, by seed and feature",
    "labels": "the seed of folds and models by which labels are judged, several times",
    "label folds": "folds by which labels are judged",
    "judges' sample": "tracks that a judge of labels learns from, where there are many",
    "learning curve": "splits, apart from those that the champion was chosen on, and models of a learning curve",
    "thinned": "tracks that a point of a learning curve learns from, by seed and repeat",
    "contrasts": "tracks that genres are contrasted on, where there are many",
    "ties": "the order of tracks with equal values of a feature",
    "projection": "principal components of a picture",
    "projected rows": "rows that the map's directions are found from, where there are many",
    "points": "rows that a picture shows",
    "kept predictions": "held-out tracks whose predictions are kept",
    "shown records": "held-out tracks that the page shows",
    "novelty": "tracks whose distances say what is unusual",
    "exported rows": "rows of features.csv",
    "published folds": "folds of a published protocol, repeated",
    "redrawn artists": "sides of whole artists, as large as a published split's",
    "published holdouts": "test rows as many as a published split has",
    "neighbours' folds": "folds in which the nearest row of each is looked up",
    "other genres": "genres that a published choice is compared with",
    "pairs of playlists": "pairs of tracks that weights are learned from",
    "folds of playlists": "playlists that are learned from, and those that are tested",
    "hidden tracks": "tracks of a playlist that are to be found, by seed, playlist and repeat",
    "ties of playlists": "the order of tracks that a baseline takes for alike",
    "bootstrap of playlists": "resamples for the interval of a difference over playlists",
    "features taken away": "features that are taken away instead of those that a reason names",
    "folds of places": "tracks that are told where they are from by models that have not learned from them",
    "trees of places": "trees that tell a place",
    "bootstrap of places": "resamples for the interval of an error in kilometres",
    "compiling": "noise that is analysed to compile the kernels",
    "room": "the reverberation of the room that music is played in, to see whether that matters",
    "files played differently": "labelled files that are played differently, where there are many",
    "hurt more": "genres dealt anew to artists, to see whether a change hurts one genre more than chance does",
    "subgroups": "subgroups dealt anew to artists, to see whether a model is worse on one than chance makes it",
    "warming up": "noise that a worker hears before the first song",
}
"""Each name stands in one place of the code. The holdout is drawn by a hash of names of its own, and the demo corpus
has seeds of its own: neither moves."""


def stream(name: str, *numbers: int) -> np.random.Generator:
    """Return the random stream of one of ``STREAMS``.

    Parameters
    ----------
    name : str
    *numbers : int
        the seed, and what else tells the uses of that name apart, such as the repeat
    """
    return np.random.default_rng(_entropy(name, numbers))


def seed_of(name: str, *numbers: int) -> int:
    """Return the same as a whole number below 2^32, for what takes a ``random_state``."""
    return _entropy(name, numbers) % 2**32


def _entropy(name: str, numbers: tuple[int, ...]) -> int:
    if name not in STREAMS:
        raise ValueError(f"no random stream {name!r}: add it to STREAMS, with what it draws")
    text = "/".join([name, *(str(int(number)) for number in numbers)])
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:16])
