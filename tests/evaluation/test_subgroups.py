"""Where a model is worse: what is claimed of a subgroup, what is not, and how it is said."""

import numpy as np
import pandas as pd
import pytest

from benchmarks.subgroups import draw
from pipeline.evaluation import compare_subgroups, say_gaps, say_worse
from pipeline.evaluation.subgroups import OTHERS


def answers(rates, n=200, genre="folk", column="country"):
    """Return as many answers in each subgroup, each to a track by an artist of its own, of which so many are right."""
    rows = [
        {column: name, "genre": genre, "right": float(i < rate * n), "unit": 1000 * place + i}
        for place, (name, rate) in enumerate(rates.items())
        for i in range(n)
    ]
    return pd.DataFrame(rows)


def test_a_subgroup_that_is_much_worse_is_told_with_its_interval_and_how_far_it_is_from_the_same_genres():
    found, gaps = compare_subgroups(answers({"Mali": 0.4, "Peru": 0.7, "Oman": 0.7}), ["country"])
    rows = found.set_index("subgroup")
    assert rows["is_worse"].to_dict() == {"Mali": True, "Oman": False, "Peru": False}
    mali = rows.loc["Mali"]
    assert (mali["accuracy"], mali["accuracy_rest"], mali["difference"]) == pytest.approx((0.4, 0.7, -0.3))
    assert mali["difference_low"] < -0.3 < mali["difference_high"] < 0
    assert mali["beyond_genres"] == pytest.approx(-0.3)
    (gap,) = gaps.itertuples()
    assert (gap.worst, gap.gap, gap.n_subgroups) == ("Mali", pytest.approx(0.3), 3)
    assert 0 < gap.ci_low < 0.3 < gap.ci_high
    assert gap.p_adjusted < 0.001
    (said,) = say_worse(found)
    assert said.startswith("Tracks from Mali: 40% right (95 % interval 33% to 47%) of 200 tracks, 30 points less than")
    assert said.endswith("less than tracks of the same genres elsewhere (22 to 38)")
    (told,) = say_gaps(gaps)
    assert "from 70% (Oman) down to 40% (Mali) right: a gap of 30 points" in told
    assert "more than chance (adjusted p below 0.001)" in told


def test_where_nothing_differs_nothing_is_claimed_and_the_gap_is_one_that_chance_makes():
    found, gaps = compare_subgroups(answers({"Mali": 0.58, "Peru": 0.6, "Oman": 0.62}), ["country"])
    assert not found["is_worse"].any()
    assert say_worse(found) == []
    assert gaps["gap"].item() < 2 * gaps["gap_by_chance"].item()
    assert "no test tells this from chance" in say_gaps(gaps)[0]


def test_a_subgroup_of_a_hard_genre_is_worse_but_not_beyond_its_genres():
    parts = (
        ("Mali", 0.3, 200, "noise"),
        ("Peru", 0.3, 60, "noise"),
        ("Peru", 0.8, 200, "folk"),
        ("Mali", 0.8, 30, "folk"),
    )
    rows = pd.concat([answers({name: rate}, n, genre) for name, rate, n, genre in parts], ignore_index=True)
    found, _ = compare_subgroups(rows.assign(unit=rows.index), ["country"])
    mali = found.set_index("subgroup").loc["Mali"]
    assert mali["is_worse"]
    assert mali["beyond_genres_low"] < 0 < mali["beyond_genres_high"]
    assert mali["difference"] < mali["beyond_genres"] - 0.1
    assert "its genres may be what is hard" in say_worse(found)[0]


def test_a_subgroup_whose_genres_are_nowhere_else_is_compared_with_no_genre():
    rows = pd.concat(
        [answers({"Mali": 0.3}, genre="griot"), answers({"Peru": 0.8}).assign(unit=lambda rows: -rows.unit)]
    )
    found, _ = compare_subgroups(rows, ["country"])
    assert found["accuracy_same_genres"].isna().all()
    assert say_worse(found)[0].endswith("nobody can tell, as they are hardly found elsewhere")


def test_few_tracks_are_one_subgroup_of_which_nothing_is_claimed():
    few = pd.concat([answers({name: 0.0}, n=9).assign(unit=lambda rows: rows["unit"] + 7000) for name in "abc"])
    found, gaps = compare_subgroups(pd.concat([answers({"Mali": 0.9, "Peru": 0.9}), few]), ["country"])
    rows = found.set_index("subgroup")
    assert set(rows.index) == {"Mali", "Peru", OTHERS}
    assert rows.loc[OTHERS, "n"] == 27
    assert np.isnan(rows.loc[OTHERS, "q_value"])
    assert not rows["is_worse"].any()
    assert gaps["n_subgroups"].item() == 2


def test_one_artist_is_one_piece_of_evidence_however_many_tracks_it_has():
    rows = answers({"Mali": 0.2, "Peru": 0.7})
    rows.loc[rows["country"] == "Mali", "unit"] = 99_999
    found, gaps = compare_subgroups(rows, ["country"])
    assert found["q_value"].isna().all()
    assert np.isnan(found.set_index("subgroup").loc["Mali", "ci_low"])
    assert gaps.empty


def test_tracks_whose_value_is_unknown_are_left_out_and_columns_of_one_value_are_no_subgroups():
    rows = answers({"Mali": 0.4, "Peru": 0.7, None: 0.0}).assign(decade="1970s")
    found, gaps = compare_subgroups(rows, ["country", "decade"])
    assert found["n"].sum() == 400
    assert set(found["by"]) == set(gaps["by"]) == {"country"}
    none, no_gap = compare_subgroups(rows, [])
    assert none.empty
    assert no_gap.empty


def test_the_same_seed_tells_the_same_and_the_order_of_tracks_does_not_matter():
    answered = draw(np.random.default_rng(1), "worse", 3, 60, 4)[0]
    told = [compare_subgroups(rows, ["country"], seed=3)[0] for rows in (answered, answered)]
    pd.testing.assert_frame_equal(*told)
    shuffled, _ = compare_subgroups(answered.sample(frac=1, random_state=0), ["country"], seed=3)
    pd.testing.assert_frame_equal(told[0].drop(columns="q_value"), shuffled.drop(columns="q_value"))


@pytest.mark.parametrize("kind", ["nothing", "large", "across"])
def test_where_no_subgroup_differs_one_dataset_in_twenty_is_warned_of_at_most(kind):
    rng = np.random.default_rng(5)
    found = [compare_subgroups(draw(rng, kind, 4, 80, 2)[0], ["country"])[0]["is_worse"].any() for _ in range(60)]
    assert np.mean(found) <= 0.1  # .05, and what 60 draws are off by
