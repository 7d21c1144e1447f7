"""Why a track: the features without which it would not stand where it stands, in words that a listener knows."""

from dataclasses import dataclass

import numpy as np

from pipeline.features.words import compare_feature, equal_feature, same_feature, share_feature
from pipeline.playlist.space import Space

MOST_NAMED = 3
MOST_FEATURES = 5
LEAST_SHARE = 0.25
"""Of the first one's: what helps a track less is not named."""
SAME, CLOSE = 0.01, 0.5
"""Standard deviations within which two are the same, and as much as each other."""
FAR = 1.0
"""Standard deviations from where the seeds are: then it is said that the track differs."""


@dataclass(frozen=True)
class Reason:
    """Why a track is in a list: the features that are named, by place, and the words."""

    features: tuple[int, ...]
    words: str


def helps(space: Space, point: np.ndarray, tracks: list[int], among: np.ndarray | None = None) -> np.ndarray:
    """Return by how much each feature brings each track nearer to a point than tracks are as a rule.

    That is the feature's part of the squared distance, averaged over all tracks, minus that of the track: what a track
    would lose on the others where the feature were taken away.

    Parameters
    ----------
    space : Space
    point : np.ndarray [shape=(p,)]
    tracks : list of int
    among : np.ndarray of bool or int, optional
        rows that the tracks were chosen from; by default all

    Returns
    -------
    np.ndarray [shape=(n_tracks, p)]
    """
    point = np.asarray(point, dtype=np.float32)
    if among is None:  # standardised: their mean is 0, their variance 1, but of features that never vary
        usual = space.varies + np.square(point)
    else:
        usual = space.z[among].var(axis=0) + np.square(space.z[among].mean(axis=0) - point)
    return space.weights * (usual - np.square(space.z[tracks] - point))


def reasons_for(space: Space, point: np.ndarray, tracks: list[int], among: np.ndarray | None = None) -> list[Reason]:
    """Return the reason for each of some tracks that were chosen `among` others, by default among all."""
    gains = helps(space, point, tracks, among)
    return [_reason(space, point, gain, track) for gain, track in zip(gains, tracks, strict=True)]


def _reason(space: Space, point: np.ndarray, gain: np.ndarray, track: int) -> Reason:
    here = space.z[track]
    named: dict[str, None] = {}
    used: list[int] = []
    order = np.argsort(-gain, kind="stable")
    for place in map(int, order):
        if len(used) == MOST_FEATURES or gain[place] <= LEAST_SHARE * max(gain[order[0]], 0):
            break
        words = _say_alike(space.features[place], float(here[place]), float(point[place]))
        if words and (words in named or len(named) < MOST_NAMED):
            named[words] = None
            used.append(place)
    differs = space.weights * (here - point)
    away = [i for i in np.argsort(-np.abs(differs), kind="stable") if i not in used and abs(here[i] - point[i]) > FAR]
    but = next((words for i in away if (words := compare_feature(space.features[i], bool(differs[i] > 0)))), "")
    said = ", ".join(named) or "nearest of what is left"
    return Reason(tuple(used), f"{said}; but {but}" if but else said)


def _say_alike(feature: str, here: float, there: float) -> str:
    """Return what is alike of two values in standard deviations; empty where a listener would not say so."""
    if words := same_feature(feature):  # a key is the same or not
        return words if abs(here - there) < SAME else ""
    if abs(here - there) <= CLOSE:
        return equal_feature(feature, there > 0)
    both = (here > CLOSE and there > CLOSE) or (here < -CLOSE and there < -CLOSE)
    return share_feature(feature, there > 0) if both else ""
