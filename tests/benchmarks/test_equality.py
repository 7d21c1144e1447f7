"""What is called equal, and what is not."""

import pandas as pd

from benchmarks.equality import judge, summarise


def values(column, pairs):
    return pd.DataFrame(
        [("clip", 3.0, 3.0 * i, column, recipe, ours) for i, (recipe, ours) in enumerate(pairs)],
        columns=["clip", "window_s", "start_s", "column", "recipe", "ours"],
    )


def test_a_value_is_equal_within_a_ten_thousandth():
    assert judge(values("rms_mean", [(1, 1.00009), (1, 1.00011), (3, 3)]))["equal"].tolist() == [True, False, True]


def test_or_within_a_millionth_of_its_columns_spread():
    judged = judge(values("perceptr_mean", [(-1, -1), (1, 1), (1e-9, 5e-7), (1e-9, 5e-6)]))
    assert judged["equal"].tolist() == [True, True, True, False]


def test_tempo_must_be_the_same():
    assert judge(values("tempo", [(120.0, 120.000001), (90.0, 90.0)]))["equal"].tolist() == [False, True]


def test_nothing_that_is_not_a_number_is_equal():
    assert not judge(values("rms_mean", [(1, float("nan")), (2, 2)]))["equal"][0]


def test_the_summary_names_the_columns_that_are_not_equal():
    judged = judge(pd.concat([values("rms_mean", [(1, 1), (2, 3)]), values("tempo", [(90, 90), (91, 91)])]))
    summary = summarise(judged).set_index("column")
    assert summary["not equal"].to_dict() == {"all": 1, "rms_mean": 1}
