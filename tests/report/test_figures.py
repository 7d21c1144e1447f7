"""Pictures show all that they are given: any number of models, every split policy there is."""

from dataclasses import replace
from itertools import product

import numpy as np
import pandas as pd
import pytest

from pipeline.errors import InputError
from pipeline.models import display_name
from pipeline.report.figures import (
    draw_comparison,
    draw_confusion,
    draw_contrasts,
    draw_k_search,
    draw_overlaps,
    draw_pairs,
    draw_side_by_side,
    draw_styles,
    draw_subgroups,
)
from pipeline.splits import POLICIES

MODELS = ("adaboost", "extra_trees", "knn_3", "logistic_regression", "random_forest", "svm_rbf")


@pytest.fixture
def five_policies(monkeypatch):
    """The policies there are and one more."""
    fifth = replace(POLICIES["track"], name="folder", label="folders kept whole", line="dotted")
    monkeypatch.setitem(POLICIES, "folder", fifth)
    return tuple(POLICIES)


def pairs_of(models):
    rows = [
        {
            "model": model,
            "window_s": window_s,
            "pair": pair,
            "genre_a": pair[0],
            "genre_b": pair[-1],
            "accuracy": 0.5 + 0.05 * i,
            "ci_low": 0.4,
            "ci_high": 0.9,
        }
        for window_s, pair, (i, model) in product((30.0, 3.0), ("a/b", "b/c"), enumerate(models))
    ]
    return pd.DataFrame(rows)


@pytest.mark.parametrize("n_models", range(1, len(MODELS) + 1))
def test_each_model_has_a_point_of_its_own_on_each_genre_pair(n_models):
    figure = draw_pairs(pairs_of(MODELS[:n_models]))
    for axis in figure.axes:
        drawn = {bars.get_label(): bars.lines[0] for bars in axis.containers}
        assert sorted(drawn) == sorted(map(display_name, MODELS[:n_models]))
        places = np.array([line.get_ydata() for line in drawn.values()], dtype=float)
        assert len(np.unique(places)) == places.size == 2 * n_models
        assert (np.round(places) == [0, 1]).all()  # nearer to their own pair than to another one


def searched(policies):
    rows = [
        {"k": k, "window_s": 3.0, "split_policy": policy, "train_accuracy": 1.0, "test_accuracy": 0.6, "chosen": k == 3}
        for policy, k in product(policies, (1, 3, 5))
    ]
    return pd.DataFrame(rows)


def test_the_k_search_has_a_curve_of_each_policy(five_policies):
    (axis,) = draw_k_search(searched(five_policies)).axes
    curves = {line.get_label() for line in axis.lines if line.get_label().startswith("test, ")}
    assert curves == {f"test, {policy.label}" for policy in POLICIES.values()}


def test_the_comparison_has_a_row_of_each_policy(five_policies):
    rows = [
        {"model": model, "window_s": 3.0, "split_policy": policy, "subset": subset, "level": "segment",
         "metric": "accuracy", "value": 0.5, "ci_low": 0.4, "ci_high": 0.6}
        for model, policy, subset in product(MODELS, five_policies, ("train", "test"))
    ]  # fmt: skip
    figure = draw_comparison(pd.DataFrame(rows))
    assert [axis.get_title() for axis in figure.axes] == [f"3-second rows, {p.label}" for p in POLICIES.values()]


def test_rows_of_a_policy_that_nobody_knows_are_refused_and_not_left_out():
    with pytest.raises(InputError, match="'folder' is not a split policy"):
        draw_k_search(searched(("track", "folder")))


def test_a_confusion_matrix_writes_counts_below_shares_nothing_for_zero_and_puts_likes_side_by_side():
    n = {("a", "a"): 8, ("a", "c"): 2, ("b", "b"): 5, ("c", "a"): 4, ("c", "c"): 4}
    rows = pd.DataFrame([(*pair, count) for pair, count in n.items()], columns=["actual", "predicted", "n"])
    rows["share_of_actual"] = rows["n"] / rows.groupby("actual")["n"].transform("sum")
    axes = draw_confusion(rows, "t").axes[0]
    assert sorted(filter(None, (text.get_text() for text in axes.texts))) == sorted(
        ["80%\n8", "20%\n2", "100%\n5", "50%\n4", "50%\n4"]
    )
    order = [label.get_text() for label in axes.get_yticklabels()]
    assert abs(order.index("a") - order.index("c")) == 1


def test_what_guesses_is_a_line_in_the_comparison_and_the_best_test_score_stands_on_top():
    rows = [
        {"model": model, "window_s": 3.0, "split_policy": "track", "subset": subset, "level": "segment",
         "metric": "accuracy", "value": value, "ci_low": value, "ci_high": value}
        for model, train, test in (("knn_3", 0.7, 0.6), ("random_forest", 1.0, 0.5), ("dummy_stratified", 0.1, 0.1))
        for subset, value in (("train", train), ("test", test))
    ]  # fmt: skip
    (axis,) = draw_comparison(pd.DataFrame(rows)).axes
    assert [label.get_text() for label in axis.get_yticklabels()] == ["Random forest", "3 nearest neighbours"]
    assert [line.get_xdata()[0] for line in axis.lines if line.get_label() == "guessing"] == [0.1]


def test_names_of_many_long_genres_stand_inside_the_picture_and_their_figures_have_room():
    genres = [f"post-industrial dark ambient soundscapes {i}" for i in range(60)]
    rows = [{"actual": genres[i], "predicted": genres[i // 2], "share_of_actual": 0.5, "n": 1} for i in range(60)]
    figure = draw_confusion(pd.DataFrame(rows), "of many")
    figure.canvas.draw()
    whole = figure.bbox
    for text in figure.axes[1].texts:
        box = text.get_window_extent()
        assert whole.x0 <= box.x0 < box.x1 <= whole.x1
    pairs = pd.DataFrame(
        [{"model": "knn_3", "window_s": w, "pair": "/".join(genres[:2]), "genre_a": genres[0], "genre_b": genres[1],
          "accuracy": 0.5, "ci_low": 0.4, "ci_high": 0.9} for w in (30.0, 3.0)]
    )  # fmt: skip
    figure = draw_pairs(pairs)
    figure.canvas.draw()
    assert min(axis.bbox.width for axis in figure.axes) > 2.5 * figure.dpi


@pytest.mark.parametrize(("n_genres", "n_drawn"), [(2, 2), (40, 40), (90, 40)])
def test_genres_are_set_apart_by_what_is_no_chance_and_only_as_many_as_can_be_read(n_genres, n_drawn):
    genres, features = [f"g{i:02}" for i in range(n_genres)], [f"f{i}" for i in range(30)]
    rows = pd.DataFrame(product(genres, features), columns=["genre", "feature"])
    rows["cliffs_delta"] = np.linspace(-0.9, 0.9, len(rows))
    sure = rows["cliffs_delta"].abs() > 0.3
    rows = rows.assign(q_value=np.where(sure, 0.01, 0.5), ci_low=rows["cliffs_delta"] - 0.2)
    drawn = draw_contrasts(rows.assign(ci_high=rows["cliffs_delta"] + 0.2)).axes[0]
    cells = drawn.collections[0].get_array()
    assert cells.shape == (n_drawn, 24)
    assert np.abs(cells.compressed()).min() > 0.3
    assert len(drawn.get_yticklabels()) == n_drawn
    assert ("of 90" in drawn.get_title()) == (n_genres > n_drawn)


@pytest.mark.parametrize("n_genres", [2, 10, 70])
def test_each_two_genres_overlap_alike_from_either_side(n_genres):
    genres = [f"g{i:02}" for i in range(n_genres)]
    rows = pd.DataFrame([(a, b) for a, b in product(genres, genres) if a < b], columns=["genre_a", "genre_b"])
    square = draw_overlaps(rows.assign(overlap=np.linspace(0, 1, len(rows)))).axes[0]
    shared = square.collections[0].get_array().filled(np.nan).reshape(n_genres, n_genres)
    np.testing.assert_array_equal(shared, shared.T)
    assert np.isnan(shared).sum() == n_genres


def test_of_nothing_a_picture_says_why():
    for draw in (draw_contrasts, draw_overlaps):
        assert draw(pd.DataFrame()).axes[0].texts[0].get_text().startswith("No ")


def test_genres_side_by_side_have_a_line_each_over_one_feature_of_each_kind_that_a_listener_knows():
    features = ["mfcc1_mean", "tempo", "loudness", "rms_mean"]
    values = pd.DataFrame({"genre": ["a", "a", "b", "b"], **{name: [1.0, 2, 3, 4] for name in features}})
    contrasts = pd.DataFrame({"genre": "a", "feature": features, "cliffs_delta": [0.9, -0.5, 0.3, 0.6]})
    axes = draw_side_by_side(values, contrasts, ["a", "b"]).axes[0]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["quieter", "slower"], "loudness is told once"
    first, second, _ = axes.lines
    assert (first.get_label(), second.get_label()) == ("a", "b")
    np.testing.assert_allclose(first.get_xdata(), -second.get_xdata())
    nameless = contrasts.assign(feature=["x1", "x2", "x3", "x4"])
    renamed = values.rename(columns=dict(zip(features, nameless["feature"], strict=True)))
    assert len(draw_side_by_side(renamed, nameless, ["a"]).axes[0].get_yticklabels()) == 4


def test_styles_are_drawn_below_their_genres_and_what_is_not_named_has_a_column_of_its_own():
    styles = pd.DataFrame({"genre": ["rock", "pop", "pop"], "style": ["punk", "dance", "<b>"], "n": [30, 20, 20]})
    answers = pd.DataFrame(
        {"genre": ["rock", "rock", "pop", "pop"], "style": ["punk", "punk", "dance", "<b>"],
         "answered_genre": ["rock", "jazz", "pop", "pop"], "answered_style": ["punk", "(genre only)", "<b>", "<b>"],
         "share_of_style": [0.75, 0.25, 1.0, 1.0]}
    )  # fmt: skip
    axis = draw_styles(styles, answers).axes[0]
    assert [label.get_text() for label in axis.get_yticklabels()] == ["<b>", "dance", "punk"]
    assert [label.get_text() for label in axis.get_xticklabels()] == [
        "<b>", "dance", "pop, no style", "punk", "rock, no style", "jazz, no style",
    ]  # fmt: skip
    np.testing.assert_allclose(
        axis.collections[0].get_array(), [[1, 0, 0, 0, 0, 0], [1, 0, 0, 0, 0, 0], [0, 0, 0, 0.75, 0, 0.25]]
    )


def test_each_subgroup_is_drawn_with_its_tracks_those_that_are_worse_in_a_colour_of_their_own():
    rows = pd.DataFrame(
        {"by": ["country", "country", "decade"], "subgroup": ["Mali", "a" * 20 + " " + "b" * 20, "1970s"],
         "accuracy": [0.4, 0.6, 0.5], "ci_low": [0.3, None, 0.4], "ci_high": [0.5, None, 0.6],
         "is_worse": [True, False, False], "n": [30, 20, 50]}
    )  # fmt: skip
    countries, decades = draw_subgroups(rows).axes
    assert [label.get_text() for label in countries.get_yticklabels()] == ["Mali  (30)", f"{'a' * 20} …  (20)"]
    assert [label.get_text() for label in decades.get_yticklabels()] == ["1970s  (50)"]
    usual, worse = (points.lines[0] for points in countries.containers)
    assert (usual.get_xdata().tolist(), worse.get_xdata().tolist()) == ([0.6], [0.4])
    assert usual.get_color() != worse.get_color()
