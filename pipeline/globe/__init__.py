"""The Earth as a sphere, and the countries on it in outline.

A *place* is a unit vector from the middle of the Earth, which is taken for a sphere of its mean radius. So places have
means, and none is an edge: neither a pole nor the date line.
"""

from pipeline.globe.sphere import EARTH_RADIUS_KM, distance_km, distances_km, mean_of, median_of, to_degrees, to_vectors
from pipeline.globe.world import Country, countries, find_country

__all__ = [
    "EARTH_RADIUS_KM",
    "Country",
    "countries",
    "distance_km",
    "distances_km",
    "find_country",
    "mean_of",
    "median_of",
    "to_degrees",
    "to_vectors",
]
