"""The countries of the world in outline, coarse enough to be drawn small and to see that a place lies elsewhere.

``countries.json`` is made of the 1:110m countries of Natural Earth 4.1 (public domain, naturalearthdata.com), rounded
to a tenth of a degree: 177 countries, without most islands and the smallest states. Borders are Natural Earth's: those
of who controls a place.
"""

import json
import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import pairwise

import numpy as np

from pipeline.globe.sphere import distances_km, to_vectors

STEP = 0.5
"""Degrees: how far the points of an outline are apart at most, where distances from it are told."""


@dataclass(frozen=True)
class Country:
    """A country and its outline.

    Attributes
    ----------
    name : str
    rings : tuple of np.ndarray [shape=(n, 2)]
        degrees east and north; the first point is the last one too
    """

    name: str
    rings: tuple[np.ndarray, ...]

    def km_from(self, latitude: float, longitude: float) -> float:
        """Return how far a place is outside [km]; 0 inside."""
        if sum(_is_inside(ring, latitude, longitude) for ring in self.rings) % 2:
            return 0.0
        here = to_vectors(np.array([latitude]), np.array([longitude]))
        return float(distances_km(here, _border(self.name)).min())


@cache
def countries() -> tuple[Country, ...]:
    """Return all countries."""
    return tuple(Country(names[0], rings) for names, rings in _read())


def find_country(name: str) -> Country | None:
    """Return a country by any of its usual English names, or its code of two or three letters; None where unknown.

    Examples
    --------
    >>> find_country("Tanzania, United Republic of").name
    'Tanzania'
    """
    return next((_by_name()[key] for key in _keys(name) if key in _by_name()), None)


@cache
def _read() -> list[tuple[list[str], tuple[np.ndarray, ...]]]:
    outlines = json.loads(files("pipeline.globe").joinpath("countries.json").read_text(encoding="utf-8"))
    return [(each["names"], tuple(np.array(ring).reshape(-1, 2) for ring in each["rings"])) for each in outlines]


@cache
def _by_name() -> dict[str, Country]:
    found: dict[str, Country] = {}
    for country, (names, _) in zip(countries(), _read(), strict=True):
        for name in names:
            found.setdefault(_folded(name), country)
    return found


@cache
def _border(name: str) -> np.ndarray:
    """Return points of a country's outline as unit vectors, none far from the next."""
    rings = next(country.rings for country in countries() if country.name == name)
    points = []
    for start, end in (ends for ring in rings for ends in pairwise(ring)):
        n = int(np.abs(end - start).max() // STEP) + 1
        points.append(start + (end - start) * np.arange(n)[:, None] / n)
    longitude, latitude = np.concatenate(points).T
    return to_vectors(latitude, longitude)


def _is_inside(ring: np.ndarray, latitude: float, longitude: float) -> bool:
    """Tell whether a place is inside a ring: whether a line from it eastwards crosses it an odd number of times."""
    (x0, y0), (x1, y1) = ring[:-1].T, ring[1:].T
    crosses = (y0 > latitude) != (y1 > latitude)
    slope = np.divide(x1 - x0, y1 - y0, out=np.zeros(len(x0)), where=crosses)
    return bool((crosses & (longitude < x0 + (latitude - y0) * slope)).sum() % 2)


def _keys(name: str) -> list[str]:
    """Return what a name may be known by: as it is, without what is in brackets, and with a comma's parts turned."""
    plain = re.sub(r"[(\[][^)\]]*[)\]]", " ", name)
    first, _, rest = plain.partition(",")
    return [_folded(each) for each in (name, plain, f"{rest} {first}", first)]


def _folded(name: str) -> str:
    letters = unicodedata.normalize("NFKD", name.casefold()).replace("&", " and ")
    plain = "".join(c if c.isalnum() else " " for c in letters if not unicodedata.combining(c))
    return " ".join(word for word in plain.split() if word not in ("the", "of"))
