"""Places as unit vectors: distances are a metric, and nothing depends on where the poles are."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from pipeline.globe import EARTH_RADIUS_KM, distance_km, distances_km, mean_of, median_of, to_degrees, to_vectors

HALF_WAY_ROUND = np.pi * EARTH_RADIUS_KM
degrees = st.tuples(st.floats(-90, 90), st.floats(-180, 180))


def place(at: tuple[float, float]) -> np.ndarray:
    return to_vectors(*at)


@given(degrees, degrees, degrees)
def test_distances_are_a_metric(a, b, c):
    a, b, c = map(place, (a, b, c))
    assert distance_km(a, a) == 0
    assert distance_km(a, b) == distance_km(b, a)
    assert 0 <= distance_km(a, b) <= HALF_WAY_ROUND
    assert distance_km(a, c) <= distance_km(a, b) + distance_km(b, c) + 1e-3
    assert distances_km(a[None], b[None])[0, 0] == pytest.approx(distance_km(a, b), abs=1e-6)


@given(degrees)
def test_the_antipode_is_half_way_round(at):
    assert distance_km(place(at), -place(at)) == pytest.approx(HALF_WAY_ROUND, abs=1e-3)


@given(degrees)
def test_degrees_come_back(at):
    latitude, longitude = to_degrees(place(at))
    assert distance_km(to_vectors(latitude, longitude), place(at)) < 1e-3


@given(st.floats(0, 179.9), degrees)
def test_the_haversine_of_the_angle_is_that_of_the_formula_in_degrees(turn, at):
    (latitude, longitude), other = at, (at[0] / 2, at[1] + turn)
    lat, lon = np.radians([latitude, other[0]]), np.radians([longitude, other[1]])
    haversine = np.sin(np.diff(lat) / 2) ** 2 + np.cos(lat).prod() * np.sin(np.diff(lon) / 2) ** 2
    expected = 2 * EARTH_RADIUS_KM * np.arcsin(np.sqrt(haversine.clip(0, 1)))[0]
    assert distance_km(place(at), place(other)) == pytest.approx(expected, abs=0.5)  # near the antipode both round


def test_berlin_is_as_far_from_new_york_as_is_known():
    assert distance_km(place((52.52, 13.405)), place((40.7128, -74.006))) == pytest.approx(6385, abs=5)


@given(st.lists(degrees, min_size=2, max_size=8), st.integers(0, 999))
def test_mean_and_median_turn_with_the_globe(ats, seed):
    places = np.array([place(at) for at in ats])
    weights = np.random.default_rng(seed).uniform(0.1, 1, (1, len(places)))
    turn = Rotation.random(rng=seed)
    if np.linalg.norm(weights @ places) > 1e-3:
        assert turn.apply(mean_of(places, weights)) == pytest.approx(mean_of(turn.apply(places), weights), abs=1e-9)
    of_turned = median_of(turn.apply(places), weights)
    far, of = (weights @ distances_km(where, told) for where, told in (
        (places, median_of(places, weights)), (turn.apply(places), of_turned)))  # fmt: skip
    assert far == pytest.approx(of, abs=1e-3)
    assert far <= (weights @ distances_km(places, places)).min() + 1e-6


def test_across_the_date_line_the_mean_is_there_and_not_in_greenwich():
    latitude, longitude = to_degrees(mean_of(to_vectors([0, 0], [170, -170]), np.ones((1, 2))))
    assert (latitude[0], abs(longitude[0])) == pytest.approx((0, 180))


def test_where_places_cancel_out_the_heaviest_stands_for_them():
    places = to_vectors([0, 0], [0, 180])
    assert mean_of(places, np.array([[1.0, 1.0]]))[0] == pytest.approx(places[0])
