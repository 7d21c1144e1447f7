"""Every check is declared once."""

import pytest

from pipeline.quality import Check, as_table, named
from pipeline.tables import DATA_QUALITY


@pytest.mark.parametrize("check", ["constant_features_3s", "constant_features_1.5s", "constant_features_1e+03s"])
def test_a_check_of_one_window_is_known_by_its_name_without_the_window(check):
    assert Check.counted(check, 0, "").status == "ok"


def test_a_check_that_is_not_declared_cannot_be_made():
    with pytest.raises(ValueError, match="no check 'mood'"):
        Check.counted("mood", 1, "")


def test_no_checks_are_a_table_without_rows():
    assert as_table([]).columns.tolist() == DATA_QUALITY.names


def test_twenty_are_named_and_the_rest_counted():
    assert named(["a", "b"]) == "a; b"
    assert named([f"t{i}" for i in range(20)], ", ").endswith("t18, t19")
    assert named([f"t{i}" for i in range(23)], ", ").endswith("t18, t19, and 3 more")
