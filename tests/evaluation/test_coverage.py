"""A small run of `benchmarks.coverage`: what intervals promise, where the truth is known."""

import numpy as np
import pytest

from benchmarks import coverage
from benchmarks.population import Cell, draw
from pipeline.evaluation.interval import FEWEST_GROUPS

CELLS = [
    Cell("artist", 120, 5, "balanced", 5),
    Cell("artist", 400, 2, "60/25/10/3/2", 1),
    Cell("predefined", 120, 2, "balanced", 5),
    Cell("track", 120, 5, "60/25/10/3/2", 5),
    Cell("holdout", 400, 2, "balanced", 1),
    Cell("holdout", 60, 1, "60/25/10/3/2", 1),
]


@pytest.fixture(scope="module")
def found():
    return coverage.measure_all(CELLS, 200, 200, seed=3)


def test_intervals_hold_the_truth_and_equally_good_models_are_not_told_apart(found):
    covered = found[[(name, "covered") for name in (*coverage.METRICS, "difference")]]
    assert np.nanmin(covered) > 0.9, "a twentieth of 200, and what 200 can't tell"
    assert np.nanmean(covered) > 0.94
    assert found["alarms"].max() < 0.1
    assert found["alarms"].mean() < 0.06


def test_where_a_genre_has_too_few_artists_no_interval_is_told(found):
    small = found.iloc[-1]
    assert small["macro_f1", "told"] == 0
    assert small["accuracy", "told"] == 1
    four = coverage.measure(Cell("artist", 60, 5, "60/25/10/3/2", 1), 5, np.random.default_rng(0))
    assert four["units"] < FEWEST_GROUPS
    assert four["accuracy", "told"] == 0


def test_tracks_of_an_artist_taken_for_independent_would_hold_too_little():
    drawn = draw(Cell("artist", 400, 5, "balanced", 1), 150, np.random.default_rng(0))
    truth = coverage.metrics(drawn.truth, coverage.K)["accuracy"]
    inside = []
    for sums, true in zip(drawn.sums, truth, strict=True):
        right, n = sums[:, : coverage.K].sum(), sums[:, coverage.K : 2 * coverage.K].sum()
        reach = 1.96 * np.sqrt(right / n * (1 - right / n) / n)
        inside.append(abs(right / n - true) <= reach)
    assert np.mean(inside) < 0.9


def test_small_holdouts_hold_the_truth_on_average_over_accuracies():
    table = coverage.small_holdouts((6, 12, 40))
    assert table["covered, mean"].astype(float).min() > 0.95
    assert table["least"].astype(float).min() > 0.91


def test_there_are_all_the_cells_that_are_promised():
    assert len(set(coverage.cells())) == 3 * 4 * 3 * 2 * 3 + 4 * 3 * 2
