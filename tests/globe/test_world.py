"""Countries by their names, and whether a place lies in them."""

import numpy as np
import pytest

from pipeline.globe import countries, find_country


@pytest.mark.parametrize(
    ("name", "known_as"),
    [
        ("Tanzania, United Republic of", "Tanzania"), ("Iran (Islamic Republic of)", "Iran"),
        ("Myanmar [Burma]", "Myanmar"), ("korea, republic of", "South Korea"), ("USA", "United States of America"),
        ("Côte d’Ivoire", "Côte d'Ivoire"), ("GBR", "United Kingdom"), ("the Gambia", "Gambia"),
    ],
)  # fmt: skip
def test_a_country_is_known_by_its_usual_names(name, known_as):
    assert find_country(name).name == known_as


@pytest.mark.parametrize("name", ["", "Atlantis", "nowhere, far away"])
def test_what_is_no_country_is_none(name):
    assert find_country(name) is None


@pytest.mark.parametrize(
    ("country", "latitude", "longitude"),
    [("Mali", 12.65, -8.0), ("Fiji", -17.8, 178.0), ("Russia", 66.5, 179.0), ("South Africa", -26.2, 28.0)],
)
def test_a_capital_is_in_its_country_on_either_side_of_the_date_line(country, latitude, longitude):
    assert find_country(country).km_from(latitude, longitude) == 0


def test_a_hole_is_outside_and_how_far_off_a_place_is_comes_near_the_truth():
    assert find_country("South Africa").km_from(-29.6, 28.2) > 0  # Lesotho lies within it
    assert find_country("France").km_from(52.52, 13.405) == pytest.approx(540, abs=25)  # Berlin; Lauterbourg is nearest


def test_every_outline_is_closed_and_on_the_globe():
    assert len(countries()) == 177
    for country in countries():
        for ring in country.rings:
            assert (ring[0] == ring[-1]).all(), country.name
            assert (np.abs(ring) <= (180, 90)).all(), country.name
