"""Places as unit vectors: distances between them, their mean, and the place that is nearest to all."""

import numpy as np
from scipy.spatial.distance import cdist

EARTH_RADIUS_KM = 6371.0088
"""The mean radius R1 of the International Union of Geodesy and Geophysics (Moritz 2000)."""


def to_vectors(latitude: np.ndarray, longitude: np.ndarray) -> np.ndarray:
    """Return the unit vectors [shape=(n, 3)] of places in degrees north and east [shape=(n,)]."""
    lat, lon = np.radians(np.asarray(latitude, dtype=float)), np.radians(np.asarray(longitude, dtype=float))
    return np.stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)], axis=-1)


def to_degrees(places: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return latitude, -90 to 90, and longitude, -180 to 180, of vectors [shape=(n, 3)] of any length but 0."""
    x, y, z = places[..., 0], places[..., 1], places[..., 2]
    return np.degrees(np.arctan2(z, np.hypot(x, y))), np.degrees(np.arctan2(y, x))


def distance_km(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Return the great-circle distances [km] of places [shape=(…, 3)] from each other, row by row.

    The haversine formula (Sinnott 1984): the square of half the chord is the haversine of the angle.
    """
    return _along_the_ground(np.linalg.norm(np.asarray(a) - np.asarray(b), axis=-1))


def distances_km(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Return the great-circle distances [km, shape=(n, m)] of each of n places from each of m."""
    return _along_the_ground(cdist(a, b))


def mean_of(places: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Return the mean direction of weighted places (Mardia and Jupp 2000, section 9.2): their sum, as a unit vector.

    It is the place with the least mean square of the chords. Where places cancel each other out there is none, and the
    one of most weight stands for it.

    Parameters
    ----------
    places : np.ndarray [shape=(m, 3)]
    weights : np.ndarray [shape=(n, m)]

    Returns
    -------
    np.ndarray [shape=(n, 3)]
    """
    summed = weights @ places
    length = np.linalg.norm(summed, axis=1, keepdims=True)
    lost = length[:, 0] < 1e-9 * weights.sum(axis=1)
    summed[lost], length[lost] = places[weights[lost].argmax(axis=1)], 1.0
    return summed / length


def median_of(places: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Return the one of the weighted places from which the others are the nearest: least mean distance, by weight.

    The geometric median on a sphere (Fletcher, Venkatasubramanian and Joshi 2009), taken among the places themselves.
    Of a belief it is the answer with the least expected error.

    Parameters
    ----------
    places : np.ndarray [shape=(m, 3)]
    weights : np.ndarray [shape=(n, m)]

    Returns
    -------
    np.ndarray [shape=(n, 3)]
    """
    distinct, of = np.unique(places, axis=0, return_inverse=True)
    summed = np.zeros((len(weights), len(distinct)))
    np.add.at(summed.T, of.ravel(), weights.T)
    return distinct[(summed @ distances_km(distinct, distinct)).argmin(axis=1)]


def _along_the_ground(chord: np.ndarray) -> np.ndarray:
    return 2 * EARTH_RADIUS_KM * np.arcsin(np.minimum(chord / 2, 1.0))
