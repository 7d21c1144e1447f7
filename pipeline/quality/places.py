"""Can latitude, longitude and country of the tracks be true, and do they tell a country from a session?"""

from collections.abc import Hashable, Iterable, Iterator

import pandas as pd

from pipeline.globe import find_country
from pipeline.quality.check import Check, named
from pipeline.splits import artist_key

OF_PLACES = ("impossible_places", "swapped_places", "null_island", "places_elsewhere", "one_session_countries")

FAR_KM = 300.0
"""So far from the outline of its country a place lies elsewhere: outlines are coarse, and leave small islands out."""


def check_places(tracks: pd.DataFrame) -> Iterator[Check]:
    """Check where tracks are from; nothing is said where no track has latitude and longitude.

    Parameters
    ----------
    tracks : pd.DataFrame
        ``track_id``, ``artist``, ``country``, ``latitude``, ``longitude``
    """
    tracks = tracks.astype({"latitude": float, "longitude": float})
    placed = tracks[tracks["latitude"].notna() | tracks["longitude"].notna()]
    if placed.empty:
        return
    in_range = placed["latitude"].between(-90, 90) & placed["longitude"].between(-180, 180)
    is_null = (placed["latitude"] == 0) & (placed["longitude"] == 0)
    outside = _outside(placed[in_range & ~is_null])
    swapped = _swapped(placed, in_range, outside)
    elsewhere = outside[outside > FAR_KM].drop(swapped, errors="ignore")
    off = [f"{placed.at[i, 'track_id']} ({placed.at[i, 'country']}, {km:,.0f} km off)" for i, km in elsewhere.items()]
    yield _check(
        "impossible_places", placed.loc[~in_range].index.difference(swapped), placed,
        "degrees that no place has, or only one of the two, so that the tracks are left out where places are told",
        "every place is in range",
    )  # fmt: skip
    yield _check(
        "swapped_places", swapped, placed, "latitude and longitude seem to be the other way round",
        "no latitude and longitude seem swapped",
    )  # fmt: skip
    yield _check(
        "null_island", placed.index[is_null], placed,
        "0 north, 0 east, in the sea: how programs write an unknown place", "no track is from 0, 0",
    )  # fmt: skip
    yield Check.counted(
        "places_elsewhere",
        len(off),
        f"over {FAR_KM:g} km outside the country that is told: {named(off)}"
        if off
        else "every place is in its country, or near, as far as its outline is known",
    )
    yield _check_sessions(placed[in_range])


def _check(name: str, rows: Iterable, tracks: pd.DataFrame, found: str, otherwise: str) -> Check:
    listed = [f"{tracks.at[i, 'track_id']} ({tracks.at[i, 'latitude']:g}, {tracks.at[i, 'longitude']:g})" for i in rows]
    return Check.counted(name, len(listed), f"{found}: {named(listed)}" if listed else otherwise)


def _outside(tracks: pd.DataFrame) -> pd.Series:
    """Return how far each track is outside its country [km]; those of unknown countries are left out."""
    if tracks.empty:
        return pd.Series(dtype=float)
    places = tracks.dropna(subset="country").groupby(["country", "latitude", "longitude"]).groups
    found: dict[Hashable, float] = {}
    for (name, latitude, longitude), rows in places.items():
        country = find_country(name)
        if country is not None:
            found |= dict.fromkeys(rows, country.km_from(latitude, longitude))
    return pd.Series(found, dtype=float).sort_index()


def _swapped(tracks: pd.DataFrame, in_range: pd.Series, outside: pd.Series) -> pd.Index:
    """Return the tracks whose swapped degrees can be where theirs can't, or are in the country where theirs are not."""
    turned = tracks.rename(columns={"latitude": "longitude", "longitude": "latitude"})
    can_be = turned["latitude"].between(-90, 90) & turned["longitude"].between(-180, 180)
    far = outside.index[outside > FAR_KM]
    inside = _outside(turned[can_be & (turned.index.isin(far) | ~in_range)])
    at_home = tracks.index.isin(inside.index[inside <= FAR_KM])
    unknown = ~tracks.index.isin(inside.index)
    return tracks.index[can_be & ((~in_range & (unknown | at_home)) | at_home)]


def _check_sessions(tracks: pd.DataFrame) -> Check:
    """Name the countries whose tracks are all by one artist, or all from one point though other countries have several.

    Where every country has a single point, that is the country's, and tells nothing of sessions.
    """
    known = tracks.dropna(subset="country")
    points = known.groupby("country")[["latitude", "longitude"]].apply(lambda at: len(at.drop_duplicates()))
    several = known["country"].value_counts().reindex(points.index) > 1
    artists = known["artist"].map(artist_key).groupby(known["country"]).agg(["nunique", "count"])
    of_one_artist = several & (artists["nunique"] == 1) & (artists["count"] > 1)
    of_one_point = several & (points == 1) & bool((points > 1).any())
    found = points.index[of_one_artist | of_one_point]
    if len(found):
        detail = (
            f"a score says nothing of {named(sorted(found), ', ')}: all tracks of each are by one artist, or from one "
            "place, and may be one recording session"
        )
    elif len(points) and (points == 1).all():
        detail = "each country has a single place, so that it can't be seen whether it is one session"
    else:
        detail = "every country has several places or artists"
    return Check.counted("one_session_countries", len(found), detail)
