"""The page of scale: measured at tiny sizes, fitted, and told which figures are extrapolated."""

import numpy as np
import pandas as pd
import pytest

from benchmarks import scale


@pytest.fixture(scope="module")
def measures():
    stages = ("settle", "holdout")
    made = [
        {"stage": stage, "n_tracks": n, "seconds": 9.0, "cpu_s": 2 + n / 500, "server_cpu_s": 0.1,
         "server_mib": 150.0, "mib": 300 + n / 10}
        for stage in stages for n in (1_000, 10_000)
    ]  # fmt: skip
    sizes = [
        {"stage": "database", "n_tracks": n, "bytes": 15_000 * n, "disk_bytes": 9_000 * n, "index_bytes": 600 * n}
        for n in (1_000, 10_000)
    ]
    extracted = [
        {"stage": f"extract, {jobs}", "n_tracks": n, "seconds": 5 + n / jobs / 10, "cpu_s": 5 + n / 10}
        for jobs in (1, 2) for n in (50, 150)
    ]  # fmt: skip
    return [*made, *sizes, *extracted]


def test_a_power_law_is_found_with_the_spread_of_its_exponent():
    a, b, low, high = scale.power_law([10, 100, 1000], [3 * n**1.5 for n in (10, 100, 1000)])
    assert (a, b, low, high) == pytest.approx((3, 1.5, 1.5, 1.5))
    _, bent, low, high = scale.power_law([10, 100, 1000], [10, 100, 100_000])
    assert (low, high) == pytest.approx((1, 3))
    assert low < bent < high


def test_a_start_and_a_part_that_grows_are_told_apart():
    assert scale.constant_and_linear([1000, 10_000], [4.0, 22.0]) == pytest.approx((2.0, 0.002))


def test_what_is_measured_stands_upright_and_what_is_extrapolated_in_italics(measures):
    table = scale.cost_table(pd.DataFrame(measures), "cpu_s", "{:.0f}".format).set_index("stage")
    assert table.loc["settle", ["1,000", "10,000", "100,000", "1,000,000"]].tolist() == ["4", "22", "*202*", "*2002*"]
    assert table.loc["settle", "exponent"] == "0.74 (0.74 to 0.74)"


def test_the_page_has_every_part_and_no_figure_that_is_none(measures):
    page = scale.write_page(measures)
    for heading in ("CPU of each stage", "Memory of each stage", "Extraction", "Bytes a track", "Models that learn"):
        assert f"## {heading}" in page
    assert "15,000 a track" in page
    assert "nan" not in page.split("## What bounds")[0]
    assert '{dataset: 1, track_id: "hashed"}' in page


def test_a_later_measurement_takes_the_place_of_an_earlier_one(measures):
    again = {**measures[0], "cpu_s": 77.0}
    assert "77 s" in scale.write_page([*measures, again])


def test_more_features_and_splits_have_a_table_of_their_own(measures):
    both = "spectral-v1+musicnn-msd-v1"
    page = scale.write_page([*measures, {**measures[0], "feature_set": both, "splits": 5, "cpu_s": 77.0}])
    assert page.startswith(scale.write_page(measures).split("## Extraction")[0])
    assert "| settle | 1,000 | 107 | 5 | 77 s |" in page


def test_made_tracks_are_settled_and_read_like_extracted_ones():
    measured = list(scale.measure_size(24, ["settle"]))
    assert [each["stage"] for each in measured] == ["database", "settle"]
    assert measured[0]["bytes"] / 24 > 11 * 57 * 8
    assert 50 < measured[1]["mib"] < 2000
    assert measured[1]["cpu_s"] > 0
    assert np.isfinite(measured[1]["seconds"])
