"""The table of published figures, and how ours are laid beside them."""

import numpy as np
import pytest

from pipeline.models import find_entry
from pipeline.reproduce import PARTS, read_published
from pipeline.reproduce.beside import COLUMNS, Reproduced, lay_beside
from pipeline.reproduce.published import KEYS


def test_every_figure_is_an_accuracy_with_a_protocol_and_a_source():
    figures = read_published()
    assert figures["value"].dropna().between(0, 1).all()
    assert set(figures["metric"]) == {"accuracy"}
    assert set(figures["subset"]) == {"train", "test"}
    assert (figures[["protocol", "source"]] != "").all(axis=None)
    assert (figures.loc[figures["value"].isna(), "note"] != "").all(), "a model without a figure says that it has none"


def test_every_figure_is_named_once_and_of_a_model_in_the_zoo():
    figures = read_published()
    assert not figures.duplicated(["part", *KEYS]).any()
    for model in figures["model"].unique():
        find_entry(model)


def test_every_part_has_figures_and_every_figure_a_part():
    assert set(read_published()["part"]) == {part.published for part in PARTS.values()}


def test_the_figures_of_the_brief_are_there():
    values = read_published().set_index(["part", *KEYS])["value"]
    assert values["six_seconds", "10 genres, 6 s", "knn_3", "test"] == 0.89
    assert values["spotify", "14 genres", "random_forest_depth_10", "test"] == 0.604
    assert values["spotify", "6 genres", "random_forest_depth_10", "test"] == 0.804
    assert values["gaussians", "10 genres", "knn_kl", "test"] == 0.713
    assert (values["windows", "3 s", "knn_3", "train"], values["windows", "3 s", "knn_3", "test"]) == (0.91, 0.80)
    assert len(values["pairs"]) == 4


def test_ours_stand_in_the_row_of_the_same_name_and_the_rest_says_why_it_is_missing():
    published = read_published("pairs")
    ours = [Reproduced("Hip-Hop/Rock", "logistic_regression", same_way=0.9, honest=0.8, why="a reason")]
    table = lay_beside("pairs_demo", published, ours, "no such music")
    assert list(table.columns) == COLUMNS
    assert table["rows"].tolist() == published["rows"].tolist()
    found = table.set_index("rows").loc["Hip-Hop/Rock"]
    assert (found["published"], found["same_way"], found["honest"], found["why"]) == (0.835, 0.9, 0.8, "a reason")
    others = table[table["rows"] != "Hip-Hop/Rock"]
    assert set(others["why"]) == {"not computed: no such music"}
    assert others[["same_way", "honest"]].isna().all(axis=None)


def test_a_figure_of_ours_for_nothing_published_is_refused():
    twice = [Reproduced("Hip-Hop/Rock", "logistic_regression")] * 2
    with pytest.raises(ValueError, match="one-to-one"):
        lay_beside("pairs_demo", read_published("pairs"), twice, "")


def test_missing_numbers_are_missing_and_not_zero():
    assert np.isnan(Reproduced("rows", "model").honest)
