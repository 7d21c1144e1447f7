"""Checks of places: each finds what is planted, and nothing in a real table that is in order."""

import pandas as pd
import pytest

from pipeline.quality import OF_PLACES
from pipeline.quality.places import check_places

MALI, KENYA = ("Mali", 12.65, -8.0), ("Kenya", -1.26, 36.8)


def tracks(*told: tuple, artists: tuple = ()) -> pd.DataFrame:
    frame = pd.DataFrame(told, columns=["country", "latitude", "longitude"])
    names = artists or (None,) * len(told)
    return frame.assign(track_id=[f"t{i}" for i in range(len(told))], artist=pd.Series(names, dtype=object))


def found(frame: pd.DataFrame) -> dict[str, tuple[int, str]]:
    checks = list(check_places(frame))
    assert tuple(check.check for check in checks) == OF_PLACES
    return {check.check: (check.n, check.detail) for check in checks if check.status == "warning"}


def test_of_tracks_without_places_nothing_is_said():
    assert list(check_places(tracks(("Mali", None, None), (None, None, None)))) == []


def test_what_is_in_order_is_no_warning():
    assert found(tracks(MALI, ("Mali", 16.8, -3.0), KENYA, ("Kenya", -4.0, 39.6))) == {}


@pytest.mark.parametrize("odd", [(None, 12.0, 181.0), ("Mali", 12.65, None), (None, 95.0, 120.0)])
def test_degrees_that_no_place_has_are_named(odd):
    n, detail = found(tracks(MALI, odd))["impossible_places"]
    assert (n, "t1" in detail, "t0" in detail) == (1, True, False)


@pytest.mark.parametrize("odd", [("Japan", 139.7, 35.7), (None, 139.7, 35.7), ("Kenya", 36.8, -1.26)])
def test_swapped_degrees_are_seen_by_their_range_or_by_the_country_and_are_nothing_else(odd):
    assert {name: n for name, (n, _) in found(tracks(MALI, odd)).items()} == {"swapped_places": 1}


def test_nowhere_in_the_sea_is_named_and_is_not_told_again_as_outside_its_country():
    assert {name: n for name, (n, _) in found(tracks(MALI, ("Peru", 0.0, 0.0))).items()} == {"null_island": 1}


def test_a_place_far_outside_its_country_is_named_with_how_far():
    warned = found(tracks(MALI, ("Peru", 48.9, 2.4)))
    assert list(warned) == ["places_elsewhere"]
    assert "t1 (Peru, " in warned["places_elsewhere"][1]


def test_a_country_that_is_not_known_is_never_told_to_be_elsewhere():
    assert found(tracks(("Cabo Verde", 14.9, -23.5), ("Atlantis", 30.0, -40.0))) == {}


def test_a_country_from_one_point_or_of_one_artist_may_be_one_session():
    of_point = found(tracks(MALI, MALI, KENYA, ("Kenya", -4.0, 39.6)))
    assert of_point["one_session_countries"][1].startswith("a score says nothing of Mali:")
    several = (MALI, ("Mali", 16.8, -3.0), KENYA, ("Kenya", -4.0, 39.6))
    of_artist = found(tracks(*several, artists=("A", "a", "B", "C")))
    assert of_artist["one_session_countries"][1].startswith("a score says nothing of Mali:")


@pytest.mark.realdata
def test_nothing_is_found_in_the_table_of_the_paper(real_data):
    columns = ["country", "latitude", "longitude"]
    frame = pd.read_csv(real_data / "tables/geographical_origin.csv", usecols=columns)[columns]
    assert found(tracks(*frame.itertuples(index=False, name=None))) == {}
